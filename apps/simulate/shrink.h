// Makes a failing run small: as few faults as possible, then as little workload, then every option at its plain value.
// A smaller run counts only if it fails alike (SimOutcome::SameFailure).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "apps/simulate/run_apart.h"
#include "apps/simulate/sim_run.h"

namespace holdfast {

struct Shrunk {
  SimRun run;
  SimOutcome outcome;
  std::uint64_t tried = 0;  // Runs that it took.
};

// `say` hears what was tried and what came of it, line by line. An error if the run does not fail. Each try is a
// process of its own, so the caller must have one thread.
Result<Shrunk> Shrink(const Parts& parts, const SimRun& run, const std::function<void(std::string_view)>& say);

}  // namespace holdfast
