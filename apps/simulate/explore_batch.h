// A batch of seeds in a process of its own, which tells what became of each.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/simulate/explore.h"
#include "apps/simulate/forked.h"

namespace holdfast {

// What one run of a batch tells; written through a pipe as it stands.
struct BatchEntry {
  std::uint64_t seed = 0;
  bool ended = false;  // False for the entry that announces a run.
  SimFailure failure = SimFailure::kNone;
  std::uint64_t kills = 0;
  std::uint64_t restores = 0;
  std::uint64_t snapshots = 0;
  Duration virtual_time{0};
  SimProbes probes{};
};

class Batch {
 public:
  // Starts running the seeds from `from` up to, not including, `to`.
  Batch(const Parts& parts, const ExploreOptions& options, std::uint64_t from, std::uint64_t to);

  std::uint64_t from() const { return from_; }
  int pipe() const { return child_.pipe(); }
  bool ended() const { return child_.waited(); }
  // Takes what has come, or that nothing more will; call when the pipe is readable.
  void Read();
  // One for each run that ended or aborted, by seed. If the process aborted, the last is the run that did it, and seeds
  // behind it were not run.
  const std::vector<BatchEntry>& entries() const { return entries_; }

 private:
  const std::uint64_t from_;
  Forked child_;
  std::string bytes_;
  std::vector<BatchEntry> entries_;
};

}  // namespace holdfast
