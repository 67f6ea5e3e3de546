// Finds for every point of a suite the highest rate at which the system keeps up: output comes whole, the 99th
// percentile of the response time (from the intended instant, so that waiting counts) stays under a bound, and the
// backlog does not grow. Each try is a run of its own in a fresh process. The searches of all points advance side by
// side, one try each per round in random order, so that whatever the machine does in that minute, it does to all of
// them.
//
// After every try the record is written: all tries are points in it, and `rates` has what was found so far.
#pragma once

#include <functional>
#include <string>

#include "workloads/suite/runner/rate_search.h"
#include "workloads/suite/runner/runner.h"

namespace holdfast {

struct RateRequest {
  RunRequest run;  // Of one variant, whose points are without faults; nothing is resumed.
  RateRange range;
  Duration p99{};  // The bound.
  // The same suite with every load at this rate, in records per second.
  std::function<Result<Suite>(double rate)> at_rate;
};

struct JudgedTry {
  TryOutcome outcome = TryOutcome::kSustained;
  std::string reason{};  // Why not.
};
// Of a point that ran to its end.
JudgedTry JudgeTry(const record::Point& point, Duration p99);

// Refuses points with faults: a rate found under a fault is that of the fault.
Status CheckSearchable(const Suite& suite);
// Requires a suite that is searchable.
Result<RunOutcome> FindRates(const BenchParts& parts, const RateRequest& request);

}  // namespace holdfast
