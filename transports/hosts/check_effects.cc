#include "transports/hosts/check_effects.h"

namespace holdfast {
namespace {

std::string WrongEnvelope(const Application& application, const AddressView& self, std::string_view bytes) {
  EnvelopeView envelope;
  HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "the effects reader let a broken envelope through");
  if (envelope.caller != self) return "a message in another sender's name";
  if (!application.Handles(envelope.target.type, envelope.value_type)) {
    return fmt::format("a message of type number {} to function number {}, which does not handle it",
                       envelope.value_type, envelope.target.type);
  }
  if (envelope.group != KeyGroupOf(envelope.target.id, application.max_parallelism())) {
    return fmt::format("a message to '{}' in key group {}, which is not its own", envelope.target.id, envelope.group);
  }
  return "";
}

// What is wrong with one effect; empty if nothing.
std::string Wrong(const Application& application, const AddressView& self, const Effect& effect) {
  const auto states = application.functions()[self.type.value].states.size();
  switch (effect.kind) {
    case Effect::Kind::kSetValue:
    case Effect::Kind::kClearValue:
    case Effect::Kind::kTouchValue:
      if (effect.slot.value < states) return "";
      return fmt::format("state slot {} of {}", effect.slot, states);
    case Effect::Kind::kSend:
    case Effect::Kind::kSendDelayed:
      return WrongEnvelope(application, self, effect.envelope);
    case Effect::Kind::kCancel:
      return effect.token.empty() ? "a cancellation without token" : "";
    case Effect::Kind::kEmit:
      if (effect.egress.value >= application.egresses().size()) {
        return fmt::format("egress number {} of {}", effect.egress, application.egresses().size());
      }
      if (effect.value_type.value < application.value_types().size()) return "";
      return fmt::format("value type number {} of {}", effect.value_type, application.value_types().size());
    case Effect::Kind::kStartAsync:
      if (effect.operation.value >= application.async_operations().size()) {
        return fmt::format("operation number {} of {}", effect.operation, application.async_operations().size());
      }
      if (!application.Handles(self.type, effect.value_type)) return "an operation whose outcome it does not handle";
      return "";
  }
  return "";
}

}  // namespace

Status CheckEffects(const Application& application, const AddressView& self, std::string_view effects) {
  const auto& name = application.functions()[self.type.value].name;
  EffectsReader reader(effects);
  std::size_t place = 0;
  for (Effect effect; reader.Next(effect); ++place) {
    if (const auto wrong = Wrong(application, self, effect); !wrong.empty()) {
      return MakeError(ErrorCode::kInvalidArgument, "effect {} of '{}' is {}", place, name, wrong);
    }
  }
  if (reader.ok()) return {};
  return MakeError(ErrorCode::kInvalidArgument, "effect {} of '{}' does not parse ({} bytes of effects)", place, name,
                   effects.size());
}

}  // namespace holdfast
