// From what was observed at a point to its record: latencies by phase, counts, costs, snapshots, faults and recovery.
#pragma once

#include "workloads/suite/runner/answers.h"
#include "workloads/suite/runner/course.h"

namespace holdfast {

// Everything but the identity of the point, the oracle's findings and the judgements.
record::Point PointFigures(const PointObservation& seen, const Answers& answers);

}  // namespace holdfast
