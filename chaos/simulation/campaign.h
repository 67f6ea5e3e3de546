// A campaign: one protocol through many simulated runs, seed after seed, on as many threads as wanted (worlds share
// nothing). It adds up what happened and keeps the runs that went wrong, each with the command that replays it.
//
//   Campaign campaign{.protocol = UnalignedProtocol(), .make_parts = ..., .seeds = 10'000, .twice = true};
//   const auto result = RunCampaign(campaign);
//   for (const auto& failure : result.failures) ...failure.seed, failure.what, failure.replay...
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "chaos/simulation/sim_config.h"

namespace holdfast {

struct Campaign {
  ProtocolFactory protocol;
  // The other parts of the run of one seed; on any thread. What it draws, it draws from the seed.
  std::function<SimParts(std::uint64_t seed)> make_parts;
  // Changes what DrawSimConfig drew; may be empty.
  std::function<void(SimConfig& config)> adjust;
  std::function<std::vector<SimFault>(const SimConfig& config)> make_faults = DrawFaults;
  std::uint64_t from = 1;
  std::uint64_t seeds = 100;
  bool twice = false;  // Each seed runs twice, and the hashes must be equal.
  unsigned jobs = 1;   // Threads.
  // The command that replays a run.
  std::function<std::string(std::uint64_t seed)> replay;
};

struct CampaignFailure {
  std::uint64_t seed = 0;
  std::string config;  // And its faults, one a line.
  std::string what;    // The violation, or where two runs of the seed parted.
  std::string replay;
};

struct CampaignResult {
  static constexpr std::size_t kKeptFailures = 5;

  std::uint64_t runs = 0;     // Seeds. The second run of a seed counts nowhere.
  SimReport sum;              // Its hash is one of all the runs' hashes, whatever thread they ran on.
  std::uint64_t damaged = 0;  // Runs that showed damage, whether or not the protocol promised none.
  std::uint64_t failed = 0;
  std::vector<CampaignFailure> failures;  // The first few, by seed.
  double cpu_seconds = 0;                 // Of all runs, second ones included.
  double wall_seconds = 0;

  double Mean(std::uint64_t total) const { return static_cast<double>(total) / static_cast<double>(runs); }
  // Of the messages between functions and to owners, the share that crossed from one worker to another.
  double RemoteShare() const;
  // Seeds a core gets through in a second.
  double RunsPerCpuSecond() const { return static_cast<double>(runs) / cpu_seconds; }
};

// If a run aborts the process, the command that replays it is the last thing on standard error.
CampaignResult RunCampaign(const Campaign& campaign);

// The one run of `seed` in a campaign, with somebody listening.
SimReport RunSeed(const Campaign& campaign, std::uint64_t seed, SimListener listener = {});

}  // namespace holdfast
