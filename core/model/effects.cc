#include "core/model/effects.h"

namespace holdfast {

void EffectsBuilder::SetValue(StateSlot slot, AppTime expiry, std::string_view value) {
  Kind(Effect::Kind::kSetValue);
  bytes_.push_back(static_cast<char>(slot.value));
  AppendVarint(bytes_, static_cast<std::uint64_t>(expiry.millis));
  AppendBytes(bytes_, value);
}

void EffectsBuilder::ClearValue(StateSlot slot) {
  Kind(Effect::Kind::kClearValue);
  bytes_.push_back(static_cast<char>(slot.value));
}

void EffectsBuilder::TouchValue(StateSlot slot, AppTime expiry) {
  Kind(Effect::Kind::kTouchValue);
  bytes_.push_back(static_cast<char>(slot.value));
  AppendVarint(bytes_, static_cast<std::uint64_t>(expiry.millis));
}

void EffectsBuilder::Send(const EnvelopeView& envelope) {
  Kind(Effect::Kind::kSend);
  AppendEnvelope(bytes_, envelope);
}

void EffectsBuilder::SendEncoded(std::string_view envelope) {
  Kind(Effect::Kind::kSend);
  bytes_.append(envelope);
}

void EffectsBuilder::SendDelayed(AppTime due, std::string_view token, const EnvelopeView& envelope) {
  Kind(Effect::Kind::kSendDelayed);
  AppendVarint(bytes_, static_cast<std::uint64_t>(due.millis));
  AppendBytes(bytes_, token);
  AppendEnvelope(bytes_, envelope);
}

void EffectsBuilder::Cancel(std::string_view token) {
  Kind(Effect::Kind::kCancel);
  AppendBytes(bytes_, token);
}

void EffectsBuilder::Emit(EgressId egress, ValueTypeId type, std::string_view key, std::string_view value) {
  Kind(Effect::Kind::kEmit);
  AppendVarint(bytes_, egress.value);
  AppendVarint(bytes_, type.value);
  AppendBytes(bytes_, key);
  AppendBytes(bytes_, value);
}

void EffectsBuilder::StartAsync(AsyncOperationId operation, ValueTypeId type, std::string_view request) {
  Kind(Effect::Kind::kStartAsync);
  AppendVarint(bytes_, operation.value);
  AppendVarint(bytes_, type.value);
  AppendBytes(bytes_, request);
}

std::string_view EffectsReader::TakeWholeEnvelope() {
  const auto bytes = reader_.Take(EnvelopeSize(reader_.rest()));
  EnvelopeView envelope;
  auto copy = bytes;
  if (!TakeEnvelope(copy, envelope)) reader_.Fail();
  return bytes;
}

bool EffectsReader::Next(Effect& effect) {
  if (reader_.AtEnd() || !reader_.ok()) return false;
  effect = Effect{};
  effect.kind = static_cast<Effect::Kind>(reader_.Fixed<std::uint8_t>());
  switch (effect.kind) {
    case Effect::Kind::kSetValue:
    case Effect::Kind::kTouchValue:
      effect.slot = StateSlot(reader_.Fixed<std::uint8_t>());
      effect.time.millis = static_cast<std::int64_t>(reader_.Varint());
      if (effect.kind == Effect::Kind::kSetValue) effect.bytes = reader_.Bytes();
      break;
    case Effect::Kind::kClearValue:
      effect.slot = StateSlot(reader_.Fixed<std::uint8_t>());
      break;
    case Effect::Kind::kSend:
      effect.envelope = TakeWholeEnvelope();
      break;
    case Effect::Kind::kSendDelayed:
      effect.time.millis = static_cast<std::int64_t>(reader_.Varint());
      effect.token = reader_.Bytes();
      effect.envelope = TakeWholeEnvelope();
      break;
    case Effect::Kind::kCancel:
      effect.token = reader_.Bytes();
      break;
    case Effect::Kind::kEmit:
      effect.egress = EgressId(static_cast<std::uint16_t>(reader_.Varint()));
      effect.value_type = ValueTypeId(static_cast<std::uint16_t>(reader_.Varint()));
      effect.token = reader_.Bytes();
      effect.bytes = reader_.Bytes();
      break;
    case Effect::Kind::kStartAsync:
      effect.operation = AsyncOperationId(static_cast<std::uint16_t>(reader_.Varint()));
      effect.value_type = ValueTypeId(static_cast<std::uint16_t>(reader_.Varint()));
      effect.bytes = reader_.Bytes();
      break;
    default:
      reader_.Fail();
  }
  if (effect.slot.value >= kMaxStateSlots) reader_.Fail();
  return reader_.ok();
}

}  // namespace holdfast
