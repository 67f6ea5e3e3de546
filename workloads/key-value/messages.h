// The messages of the key-value workload, and what a key holds.
//
// A key counts its writes: what it holds is version 1 after the first, n after the nth. `link` ties a
// read-modify-write to what it read: it is the checksum of the version before, and 0 after a write that reads nothing.
// The checksum of what is held is Hash64(value, link), so that of a key that is modified again and again folds in its
// whole history.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/model/context.h"

namespace holdfast::key_value {

// The numbers travel.
enum class Verb : std::uint32_t { kRead = 0, kUpdate = 1, kModify = 2, kInsert = 3 };

// Where the record stands in the ingress is part of it, as its identity.
struct Request {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::uint32_t verb = 0;
  std::string_view value;  // Of a read empty.
  HOLDFAST_MESSAGE("key-value/Request", partition, offset, verb, value)
};

struct Held {
  std::uint64_t version = 0;
  std::uint64_t link = 0;
  std::string_view value;
  HOLDFAST_MESSAGE("key-value/Held", version, link, value)
};

// Names what is held; both 0 if there is nothing.
struct Mark {
  std::uint64_t version = 0;
  std::uint64_t checksum = 0;
  HOLDFAST_MESSAGE("key-value/Mark", version, checksum)
};

// What leaves: one reply for each request. Of a read and a read-modify-write `found` names what was read, of everything
// but a read `left` names what was written.
struct Reply {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::string_view key;
  std::uint32_t verb = 0;
  Mark found;
  Mark left;
  HOLDFAST_MESSAGE("key-value/Reply", partition, offset, key, verb, found, left)
};

inline constexpr std::string_view kRequests = "key-value/requests";
// Keyed by key.
inline constexpr Egress<Reply> kReplies{"key-value/replies"};

}  // namespace holdfast::key_value
