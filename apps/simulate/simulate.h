// Simulated runs of the parts this program has: filesystem stores and logs on simulated disks, the heap backend, and
// workload, host and store options drawn from the seed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/parts/parts.h"
#include "apps/simulate/sim_run.h"
#include "chaos/simulation/campaign.h"
#include "core/base/mutation.h"

namespace holdfast {

struct SimulateOptions {
  std::string workload = "greeter";
  std::string protocol = "all";
  std::uint64_t from = 1;
  std::uint64_t seeds = 100;
  std::optional<std::uint16_t> workers;  // Instead of one to four, drawn.
  bool twice = false;
  unsigned jobs = 1;
  std::string skip_sync;
  bool troubled = false;  // chaos/simulation/trouble.h
  // In a mutation build only (core/base/mutation.h): what was switched on or off for the whole process.
  std::string mutant;
  bool checks = true;
};

// One campaign for each protocol asked for. An error names what is unknown, and what is known. `parts` must outlive
// the campaigns.
Result<std::vector<Campaign>> PlanCampaigns(const Parts& parts, const SimulateOptions& options);

// The one run of seed `from` and of one protocol, as PlanCampaigns would plan it.
Result<SimRun> PlanRun(const Parts& parts, const SimulateOptions& options);
// In a mutation build: the mutant of that name. The error says how to see which there are.
Result<MutantNumber> ReadMutant(std::string_view name);
// The command that repeats it.
std::string ReplayOf(const SimulateOptions& options);
// A campaign of exactly this run, which `replay` repeats.
Campaign CampaignOf(const Parts& parts, const SimRun& run, const std::string& replay);

// What the campaigns did, on average: one column each.
std::string CampaignTable(const std::vector<Campaign>& campaigns, const std::vector<CampaignResult>& results);
// How often each rare path was walked, and which were not.
std::string ProbeTable(const std::vector<Campaign>& campaigns, const std::vector<CampaignResult>& results);
// The runs that went wrong and how to see them again; empty if there is none.
std::string FailureText(const std::vector<CampaignResult>& results);
// One line of a trace.
std::string TraceLine(const SimEvent& event);

}  // namespace holdfast
