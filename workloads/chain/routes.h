// Which hops the branches of a record visit: a pure function of (seed, record, branch, step), so that each hop knows
// the next one and an oracle the whole way. Part of the input, like the records.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/application.h"
#include "workloads/load/keys.h"

namespace holdfast::chain {

struct RouteOptions {
  std::uint32_t hops = 3;  // Of each branch.
  std::uint32_t fan_out = 1;
  std::uint64_t instances = 1000;      // Hops there are.
  Skew skew;                           // How often each is chosen.
  std::uint32_t locality = 0;          // Percent of messages to a hop that stay near the sender.
  bool near_is_same_instance = false;  // Else: the same key group, hence the same worker.
  std::uint16_t max_parallelism = kDefaultMaxParallelism;
};

// A branch of a record.
struct Branch {
  PartitionId partition;
  std::uint64_t offset = 0;
  std::uint32_t branch = 0;
};

class Routes {
 public:
  // Requires hops, fan_out and instances of at least 1.
  Routes(std::uint64_t seed, const RouteOptions& options);

  const RouteOptions& options() const { return options_; }
  // The number of the hop that a branch visits first.
  std::uint64_t First(const Branch& branch) const;
  // Of the one it visits in `step`, from 2, after hop number `from`.
  std::uint64_t Next(const Branch& branch, std::uint32_t step, std::uint64_t from) const;
  // Visits (step, hop) along a branch.
  template <class Visit>
  void ForEachStep(const Branch& branch, const Visit& visit) const {
    auto hop = First(branch);
    for (std::uint32_t step = 1;; ++step) {
      visit(step, hop);
      if (step == options_.hops) return;
      hop = Next(branch, step + 1, hop);
    }
  }

  // "hop-17".
  static std::string HopId(std::uint64_t hop);
  // The root of the record at an offset: "root-3-17".
  static std::string RootId(PartitionId partition, std::uint64_t offset);

 private:
  Random Draws(const Branch& branch, std::uint32_t step) const;
  // Any hop of the key group of this id; any at all if it has none.
  std::uint64_t Neighbour(std::string_view id, Random& random) const;

  std::uint64_t seed_;
  RouteOptions options_;
  KeyChooser chooser_;
  std::vector<std::vector<std::uint32_t>> by_group_;  // Hops, if the near ones are those of a group.
};

}  // namespace holdfast::chain
