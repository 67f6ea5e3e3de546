// The greeter's messages, and the witness every instance keeps.
//
// A witness is a hash chain over everything its instance has handled: (version, chain), where version counts the
// inputs and chain folds them in, each on top of the one before:
//
//   chain(0) = Hash64(the instance's id)
//   chain(n) = Hash64(the eight-byte little-endian words: chain(n - 1), then the words of input n)
//
//   words of a visit at a greeter:           partition, offset, Hash64(address), Hash64(note)
//   words of a greeting at an email sender:  partition, offset, visits, chain of the greeter, Hash64(text),
//   Hash64(note)
//
// Both witnesses travel with every email, so that whoever sees the emails of an instance can tell which history its
// state stands for: an input that was lost, handled twice or undone leaves a chain that does not link.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/model/context.h"

namespace holdfast::greeter {

struct Witness {
  std::uint64_t version = 0;
  std::uint64_t chain = 0;
  HOLDFAST_MESSAGE("greeter/Witness", version, chain)
};

// A user came by. Where the record stands in the ingress is part of it, as its identity.
struct Visit {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::string_view user;
  std::string_view address;
  std::string_view note;  // Ballast.
  HOLDFAST_MESSAGE("greeter/Visit", partition, offset, user, address, note)
};

// From a greeter to the email sender of its user's address.
struct Greeting {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::string_view user;
  std::int64_t visits = 0;
  std::string_view text;
  Witness greeter;
  std::string_view note;
  HOLDFAST_MESSAGE("greeter/Greeting", partition, offset, user, visits, text, greeter, note)
};

// What leaves: one email for each visit. `partition` and `offset` are those of the visit.
struct Email {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::string_view user;
  std::int64_t visits = 0;
  std::string_view text;
  Witness greeter;
  std::string_view address;
  Witness sender;
  HOLDFAST_MESSAGE("greeter/Email", partition, offset, user, visits, text, greeter, address, sender)
};

inline constexpr std::string_view kVisits = "greeter/visits";
// Keyed by address.
inline constexpr Egress<Email> kEmails{"greeter/emails"};

}  // namespace holdfast::greeter
