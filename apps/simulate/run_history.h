// What a simulated run did and showed, for checkers from outside.
#pragma once

#include "apps/simulate/sim_run.h"
#include "workloads/oracles/elle_history.h"

namespace holdfast {

// Runs `run` once more and returns its history.
ElleHistory HistoryOf(const Parts& parts, const SimRun& run);

}  // namespace holdfast
