#include "core/model/effects.h"

namespace holdfast {

namespace {

std::size_t SizeOf(std::string_view bytes) { return VarintSize(bytes.size()) + bytes.size(); }
char* PutSized(char* to, std::string_view bytes) { return PutBytes(PutVarint(to, bytes.size()), bytes); }
std::uint64_t Unsigned(AppTime time) { return static_cast<std::uint64_t>(time.millis); }

}  // namespace

void EffectsBuilder::SetValue(StateSlot slot, AppTime expiry, std::string_view value) {
  const auto size = sizeof slot + VarintSize(Unsigned(expiry)) + SizeOf(value);
  char* to = PutFixed(Begin(Effect::Kind::kSetValue, size), slot);
  PutSized(PutVarint(to, Unsigned(expiry)), value);
}

void EffectsBuilder::ClearValue(StateSlot slot) { PutFixed(Begin(Effect::Kind::kClearValue, sizeof slot), slot); }

void EffectsBuilder::TouchValue(StateSlot slot, AppTime expiry) {
  char* to = PutFixed(Begin(Effect::Kind::kTouchValue, sizeof slot + VarintSize(Unsigned(expiry))), slot);
  PutVarint(to, Unsigned(expiry));
}

void EffectsBuilder::Send(const EnvelopeView& envelope) {
  PutEnvelope(Begin(Effect::Kind::kSend, EncodedSize(envelope)), envelope);
}

void EffectsBuilder::SendEncoded(std::string_view envelope) {
  PutBytes(Begin(Effect::Kind::kSend, envelope.size()), envelope);
}

void EffectsBuilder::SendDelayed(AppTime due, std::string_view token, const EnvelopeView& envelope) {
  const auto size = VarintSize(Unsigned(due)) + SizeOf(token) + EncodedSize(envelope);
  char* to = PutVarint(Begin(Effect::Kind::kSendDelayed, size), Unsigned(due));
  PutEnvelope(PutSized(to, token), envelope);
}

void EffectsBuilder::Cancel(std::string_view token) { PutSized(Begin(Effect::Kind::kCancel, SizeOf(token)), token); }

void EffectsBuilder::Emit(EgressId egress, ValueTypeId type, std::string_view key, std::string_view value) {
  const auto size = VarintSize(egress.value) + VarintSize(type.value) + SizeOf(key) + SizeOf(value);
  char* to = PutVarint(Begin(Effect::Kind::kEmit, size), egress.value);
  PutSized(PutSized(PutVarint(to, type.value), key), value);
}

void EffectsBuilder::StartAsync(AsyncOperationId operation, ValueTypeId type, std::string_view request) {
  const auto size = VarintSize(operation.value) + VarintSize(type.value) + SizeOf(request);
  char* to = PutVarint(Begin(Effect::Kind::kStartAsync, size), operation.value);
  PutSized(PutVarint(to, type.value), request);
}

namespace {

std::string_view TakeWholeEnvelope(ByteReader& reader) {
  const auto before = reader.rest();
  auto rest = before;
  EnvelopeView envelope;
  if (!TakeEnvelope(rest, envelope)) {
    reader.Fail();
    return {};
  }
  return reader.Take(before.size() - rest.size());
}

template <class Id>
Id TakeId(ByteReader& reader) {
  return Id(static_cast<typename Id::Value>(reader.Varint()));
}

void TakeEffect(ByteReader& reader, Effect& effect) {
  effect.kind = reader.Fixed<Effect::Kind>();
  switch (effect.kind) {
    case Effect::Kind::kSetValue:
      effect.slot = reader.Fixed<StateSlot>();
      effect.time.millis = static_cast<std::int64_t>(reader.Varint());
      effect.bytes = reader.Bytes();
      break;
    case Effect::Kind::kClearValue:
      effect.slot = reader.Fixed<StateSlot>();
      break;
    case Effect::Kind::kTouchValue:
      effect.slot = reader.Fixed<StateSlot>();
      effect.time.millis = static_cast<std::int64_t>(reader.Varint());
      break;
    case Effect::Kind::kSend:
      effect.envelope = TakeWholeEnvelope(reader);
      break;
    case Effect::Kind::kSendDelayed:
      effect.time.millis = static_cast<std::int64_t>(reader.Varint());
      effect.token = reader.Bytes();
      effect.envelope = TakeWholeEnvelope(reader);
      break;
    case Effect::Kind::kCancel:
      effect.token = reader.Bytes();
      break;
    case Effect::Kind::kEmit:
      effect.egress = TakeId<EgressId>(reader);
      effect.value_type = TakeId<ValueTypeId>(reader);
      effect.token = reader.Bytes();
      effect.bytes = reader.Bytes();
      break;
    case Effect::Kind::kStartAsync:
      effect.operation = TakeId<AsyncOperationId>(reader);
      effect.value_type = TakeId<ValueTypeId>(reader);
      effect.bytes = reader.Bytes();
      break;
    default:
      reader.Fail();
  }
  if (effect.slot.value >= kMaxStateSlots) reader.Fail();
}

}  // namespace

bool EffectsReader::Next(Effect& effect) {
  if (reader_.AtEnd() || !reader_.ok()) return false;
  effect = Effect{};
  auto reader = reader_;
  TakeEffect(reader, effect);
  reader_ = reader;
  return reader_.ok();
}

}  // namespace holdfast
