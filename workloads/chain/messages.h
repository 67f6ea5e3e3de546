// The messages of the chain workload, and the two sums that stand for a history.
//
// A walk's hash folds in the way it took, each word eight little-endian bytes:
//
//   hash(0) = Hash64(partition, offset, branch)
//   hash(n) = Hash64(hash(n - 1), Hash64(the id of the nth hop), n, Hash64(payload))
//
// A hop's tally does not depend on the order in which walks come by: it counts them, and adds up
// Hash64(partition, offset, branch, step) of each. All sums are modulo 2^64.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/model/context.h"

namespace holdfast::chain {

// An ingress record. Where it stands in the ingress is part of all that follows from it, as its identity.
struct Start {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::string_view payload;
  HOLDFAST_MESSAGE("chain/Start", partition, offset, payload)
};

// To hop number `step` (from 1) of one of a record's branches.
struct Walk {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::uint32_t branch = 0;
  std::uint32_t step = 0;
  std::uint64_t hash = 0;  // Of the step before.
  std::string_view payload;
  HOLDFAST_MESSAGE("chain/Walk", partition, offset, branch, step, hash, payload)
};

// From a branch's last hop to the root.
struct Answer {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  std::uint32_t branch = 0;
  std::uint32_t steps = 0;
  std::uint64_t hash = 0;
  HOLDFAST_MESSAGE("chain/Answer", partition, offset, branch, steps, hash)
};

// What a root knows while it waits: how many answers have come, their steps together, the sum of their hashes.
struct Join {
  std::uint64_t answers = 0;
  std::uint64_t steps = 0;
  std::uint64_t digest = 0;
  HOLDFAST_MESSAGE("chain/Join", answers, steps, digest)
};

struct Tally {
  std::uint64_t visits = 0;
  std::uint64_t digest = 0;
  HOLDFAST_MESSAGE("chain/Tally", visits, digest)
};

// What leaves: one outcome for each record.
struct Outcome {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  Join joined;
  HOLDFAST_MESSAGE("chain/Outcome", partition, offset, joined)
};

inline constexpr std::string_view kStarts = "chain/starts";
// Keyed by root.
inline constexpr Egress<Outcome> kOutcomes{"chain/outcomes"};

}  // namespace holdfast::chain
