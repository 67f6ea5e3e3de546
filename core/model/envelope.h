// A message on its way: to whom, from whom, what. In memory, on the wire, in queues, snapshots and logs it has one
// form, a fixed header followed by ids and payload, so that forwarding is a copy of bytes and reading is a cast:
//
//   u32 size | u16 target type | u16 caller type | u16 value type | u16 key group | u16 |target id| | u16 |caller id|
//   target id | caller id | payload
//
// Function and value types are numbers of the Application's name tables; the tables travel in every manifest.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "core/base/hash.h"
#include "core/base/ids.h"
#include "core/model/row.h"

namespace holdfast {

using FunctionId = StrongId<struct FunctionTag, std::uint16_t>;
using ValueTypeId = StrongId<struct ValueTypeTag, std::uint16_t>;

// The caller of a message that came from an ingress.
inline constexpr FunctionId kNoFunction{0xffff};
inline constexpr std::size_t kMaxIdBytes = 0xffff;

// (function type, id): names one instance. Borrowed bytes.
struct AddressView {
  FunctionId type = kNoFunction;
  std::string_view id;
  bool valid() const { return type != kNoFunction; }
  friend bool operator==(const AddressView&, const AddressView&) = default;
};

// Equal ids of different types share a key group, hence a worker.
inline KeyGroup KeyGroupOf(std::string_view id, std::uint16_t max_parallelism) {
  return KeyGroup(static_cast<std::uint16_t>(Hash64(id) % max_parallelism));
}

struct EnvelopeView {
  AddressView target;
  AddressView caller;  // Not valid() for a message from an ingress.
  ValueTypeId value_type;
  KeyGroup group;
  std::string_view payload;
};

struct EnvelopeHeader {
  std::uint32_t size;
  std::uint16_t target_type;
  std::uint16_t caller_type;
  std::uint16_t value_type;
  std::uint16_t group;
  std::uint16_t target_id_size;
  std::uint16_t caller_id_size;
};
inline constexpr std::size_t kEnvelopeHeaderBytes = sizeof(EnvelopeHeader);
static_assert(kEnvelopeHeaderBytes == 16);

// Appends the encoded envelope. Requires ids of at most kMaxIdBytes.
void AppendEnvelope(std::string& out, const EnvelopeView& envelope);
// The same in two steps: how many bytes, and writing them to where there is room; returns the place behind them.
inline std::size_t EncodedSize(const EnvelopeView& envelope) {
  return kEnvelopeHeaderBytes + envelope.target.id.size() + envelope.caller.id.size() + envelope.payload.size();
}
char* PutEnvelope(char* to, const EnvelopeView& envelope);

// Takes the first envelope off `bytes`. False, and `bytes` unchanged, if they do not begin with a whole one.
inline bool TakeEnvelope(std::string_view& bytes, EnvelopeView& envelope) {
  EnvelopeHeader header;
  if (bytes.size() < sizeof header) return false;
  std::memcpy(&header, bytes.data(), sizeof header);
  const std::size_t ids = sizeof header + header.target_id_size + header.caller_id_size;
  if (header.size > bytes.size() || header.size < ids) return false;
  const char* at = bytes.data() + sizeof header;
  envelope.target = {FunctionId(header.target_type), {at, header.target_id_size}};
  envelope.caller = {FunctionId(header.caller_type), {at + header.target_id_size, header.caller_id_size}};
  envelope.value_type = ValueTypeId(header.value_type);
  envelope.group = KeyGroup(header.group);
  envelope.payload = {bytes.data() + ids, header.size - ids};
  bytes.remove_prefix(header.size);
  return true;
}

// Size in bytes of the encoded envelope at the start of `bytes`; 0 if there is not even a header.
inline std::size_t EnvelopeSize(std::string_view bytes) {
  std::uint32_t size = 0;
  if (bytes.size() >= kEnvelopeHeaderBytes) std::memcpy(&size, bytes.data(), sizeof size);
  return size;
}

}  // namespace holdfast
