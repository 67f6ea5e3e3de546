// The fields of a SimConfig as options with names, bounds and units: what a run's file says of them, and how plain they
// can become.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "chaos/simulation/sim_config.h"
#include "core/base/options.h"

namespace holdfast {

// The defaults are the plainest values.
OptionSet SimOptions();
// Requires: values of SimOptions().
SimConfig ConfigFromOptions(const OptionValues& values, std::uint64_t seed);
// Every option with its value as text, in the order declared. Reads back to the same configuration, but for its seed
// and its mix.
std::vector<std::pair<std::string, std::string>> ConfigAsOptions(const SimConfig& config);

}  // namespace holdfast
