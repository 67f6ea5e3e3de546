// A simulated run in a process of its own, so that one that aborts or never ends is a failure like any other.
#pragma once

#include "apps/simulate/sim_run.h"

namespace holdfast {

struct SimOutcome {
  SimFailure failure = SimFailure::kNone;
  std::uint64_t hash = 0;
  // Of an abort, what the process said last: the place and the check that failed.
  std::string violation;

  // Two runs failed alike if they broke the same promise or ended in the same check.
  bool SameFailure(const SimOutcome& other) const;
};

// `listener` hears in this process what happens in the other, up to the very end, also of a run that aborts. Requires:
// the calling process has one thread.
SimOutcome RunApart(const Parts& parts, const SimRun& run, const SimListener& listener = {});

}  // namespace holdfast
