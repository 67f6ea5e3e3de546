// Times in which much goes wrong at once, for what calm runs meet once in thousands.
#pragma once

#include "chaos/simulation/sim_config.h"

namespace holdfast {

// Snapshots follow each other closely, processes die often, in the middle of a disk call and again while they recover,
// power fails with them, and output under way may reach the sink after its sender was replaced.
void Trouble(SimConfig& config);

}  // namespace holdfast
