// What the oracle knows of one address: its state, replayed from the receipts of its units.
#pragma once

#include <chrono>
#include <string>

#include "workloads/random-programs/program.h"

namespace holdfast::random_programs {

// A value that expires: the version that wrote it, and when it goes.
struct Expiring {
  std::int64_t version = 0;
  std::int64_t expiry = 0;
  std::int64_t At(std::int64_t now) const { return expiry > now ? version : 0; }
};

struct Address {
  Witness witness;  // Its chain starts when the first unit is seen.
  std::int64_t count = 0;
  Expiring lease;
  Expiring idle;
  std::int64_t last_unit = 0;    // Its application time.
  std::uint64_t next_start = 0;  // One past the offset of the latest program seen to start here.

  // The witness that must follow this one with the unit of `receipt`.
  Witness After(const Receipt& receipt) const;
  // Carries out what `node` does to the state; nothing for an outcome that is not known.
  void Apply(const Node& node, const Receipt& receipt, const ProgramOptions& options);
};

}  // namespace holdfast::random_programs
