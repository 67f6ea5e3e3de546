// Everything one simulated run is made of, by name and value: what a seed draws, and what a file keeps. Equal runs
// happen alike, bit for bit.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/parts/parts.h"
#include "chaos/simulation/sim_config.h"
#include "core/base/options.h"

namespace holdfast {

// Where the object store and the log come from: everything below them is simulated.
inline constexpr std::string_view kSimStore = "filesystem";

struct SimRun {
  std::string workload;
  OptionValues workload_options;
  std::string protocol;
  std::string host;
  OptionValues store_options;  // Of the object store
  OptionValues log_options;    // and the log; both stand on simulated disks.
  SimConfig config;            // Its seed is the run's: also of the input.
  std::vector<SimFault> faults;
};

// The run of `seed`: what may vary is drawn; `adjust` may change what was, before faults are. Requires: both names are
// known.
SimRun DrawSimRun(const Parts& parts, const std::string& workload, const std::string& protocol, std::uint64_t seed,
                  const std::function<void(SimConfig& config)>& adjust = {});
// The named parts, with the heap backend and filesystem stores. Requires: the names are known.
SimParts MakeSimParts(const Parts& parts, const SimRun& run);
SimReport RunSimRun(const Parts& parts, const SimRun& run, SimListener listener = {});

// Refuses a sync site that does not exist; empty is none.
Status CheckSyncSite(const std::string& site, const ConfigPlace& place = {});

}  // namespace holdfast
