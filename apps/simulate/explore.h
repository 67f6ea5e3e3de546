// Explores: seed after seed, each with a configuration of its own drawn from wide ranges (protocol, workload, size,
// buffers down to one, intervals, faults with whole classes off: swarm testing, Groce and others, ISSTA 2012), until
// the time is over. A run that fails is shrunk and kept as a file. What was found, and where it stopped, stands in a
// folder: the next exploration of that folder goes on from there.
//
// Runs happen in processes of their own, a batch in each; one that aborts costs its run and nothing else.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "apps/simulate/run_apart.h"
#include "apps/simulate/sim_run.h"

namespace holdfast {

struct ExploreOptions {
  std::string workload = "all";
  std::string protocol = "all";
  std::string skip_sync;
  std::string folder = "results/explore";
  std::chrono::seconds time{60};
  unsigned jobs = 1;                // Processes at a time.
  std::uint64_t max_seeds = ~0ull;  // Stop after this many, if the time is not over before.
};

// What all explorations of a folder found together.
struct Explored {
  std::uint64_t next_seed = 1;  // All before it were run.
  std::uint64_t runs = 0;
  std::uint64_t kills = 0;
  std::uint64_t restores = 0;
  std::uint64_t snapshots = 0;
  Duration virtual_time{0};
  std::map<std::string, std::uint64_t> failures;  // By kind, as "unaligned lost".
  SimProbes probes;

  std::uint64_t failed() const;
};

// The run of one seed of an exploration.
SimRun DrawWideRun(const Parts& parts, const ExploreOptions& options, std::uint64_t seed);

// Goes on until the time is over or `stop` is set. `say` hears what happens, line by line. An error if names are
// unknown, or the folder holds an exploration of something else. The caller must have one thread.
Result<Explored> Explore(const Parts& parts, const ExploreOptions& options, const std::atomic<bool>& stop,
                         const std::function<void(std::string_view)>& say);

// For people: seeds, hours of virtual time, violations, rare paths walked and never walked.
std::string ExploredText(const Explored& explored);

}  // namespace holdfast
