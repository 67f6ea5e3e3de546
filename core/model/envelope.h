// A message on its way: to whom, from whom, what. In memory, on the wire, in queues, snapshots and logs it has one
// form, a fixed header followed by ids and payload, so that forwarding is a copy of bytes and reading is a cast:
//
//   u32 size | u16 target type | u16 caller type | u16 value type | u16 key group | u16 |target id| | u16 |caller id|
//   target id | caller id | payload
//
// Function and value types are numbers of the Application's name tables; the tables travel in every manifest.
#pragma once

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

inline constexpr std::size_t kEnvelopeHeaderBytes = 16;

// Appends the encoded envelope. Requires ids of at most kMaxIdBytes.
void AppendEnvelope(std::string& out, const EnvelopeView& envelope);

// Takes the first envelope off `bytes`. False, and `bytes` unchanged, if they do not begin with a whole one.
bool TakeEnvelope(std::string_view& bytes, EnvelopeView& envelope);

// Size in bytes of the encoded envelope at the start of `bytes`; 0 if there is not even a header.
std::size_t EnvelopeSize(std::string_view bytes);

}  // namespace holdfast
