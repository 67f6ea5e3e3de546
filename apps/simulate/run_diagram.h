// The page with the space-time diagram of a run, beside the run's file.
#pragma once

#include <string>

#include "apps/simulate/run_apart.h"
#include "apps/simulate/sim_run.h"

namespace holdfast {

// Runs `run` once more and writes its page to `path`; `replay` is the command that repeats it. Returns what the run
// did. Requires: the calling process has one thread.
Result<SimOutcome> SaveDiagram(const Parts& parts, const SimRun& run, const std::string& replay,
                               const std::string& path);
// "folder/run.html" for "folder/run.yaml".
std::string DiagramPath(const std::string& run_path);

}  // namespace holdfast
