#include "core/model/context.h"

namespace holdfast {

Context::Context(const Application& application, const Invocation& invocation, const std::vector<StateSpec>& states,
                 EffectsBuilder& effects)
    : application_(application), invocation_(invocation), states_(states), effects_(effects) {}

std::optional<std::string_view> Context::Bytes(StateSlot slot) const {
  if (!IsWritten(slot)) return FindValue(invocation_.record, slot, invocation_.now);
  const auto& written = written_[slot.value];
  if (!written.present) return std::nullopt;
  return own_reads_.emplace_front(effects_.bytes().substr(written.offset, written.size));
}

void Context::SetBytes(StateSlot slot, Expire expire, std::string_view bytes) {
  effects_.SetValue(slot, ExpiryOf(expire), bytes);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  NoteWritten(slot, {true, static_cast<std::uint32_t>(effects_.bytes().size() - size), size});
}

EnvelopeView Context::Envelope(const AddressView& target, ValueTypeId type, std::string_view payload) const {
  if (target.id.size() > kMaxIdBytes)
    Fail(fmt::format("an id of {} bytes; at most {} are allowed", target.id.size(), kMaxIdBytes));
  return {target, self(), type, KeyGroupOf(target.id, application_.max_parallelism()), payload};
}

void Context::CheckHandles(const AddressView& target, ValueTypeId type) const {
  if (application_.Handles(target.type, type)) return;
  const bool known = target.type.value < application_.functions().size();
  Fail(fmt::format("function '{}' does not handle message '{}'",
                   known ? application_.functions()[target.type.value].name : "(none)",
                   application_.value_types()[type.value]));
}

FunctionId Context::NeedFunction(std::string_view name) const {
  const auto function = application_.FindFunction(name);
  if (!function.ok()) Fail(function.error().message);
  return *function;
}

void Context::Cancel(CancellationToken token) {
  if (token.value.empty()) Fail("Cancel with an empty token");
  effects_.Cancel(token.value);
}

void Context::Finish() {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const StateSlot slot(static_cast<std::uint8_t>(i));
    if (states_[i].expire.mode != Expire::Mode::kAfterInvoke || IsWritten(slot)) continue;
    if (Bytes(slot)) effects_.TouchValue(slot, ExpiryOf(states_[i].expire));
  }
}

}  // namespace holdfast
