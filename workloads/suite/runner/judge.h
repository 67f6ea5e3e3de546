// The two judgements on a point. *Validity*: may its figures be believed? That is asked of the bench, not of the
// system. *Verdict*: did the system keep what its configuration states? Oracles always count; the count is compared
// with the promise, so that a configuration that promises nothing may lose, but must be seen to: a kill after which a
// system without any guarantee shows no damage has hit nothing and proves nothing.
#pragma once

#include "workloads/suite/runner/point_run.h"

namespace holdfast {

// A generator that left records later than this had, at the 99th percentile, itself to blame for the latencies shown.
// A tenth of the 99th percentile of the response time is accepted, too.
inline constexpr Duration kMostLag = std::chrono::milliseconds(2);

// What is left of a guarantee once the system was allowed to go back to `snapshot`, because newer ones were damaged.
record::Guarantee AfterRollback(const record::Guarantee& guarantee, SnapshotId snapshot);

// Requires the figures and the ledger of the point.
std::vector<record::ValidityCheck> CheckValidity(const PointObservation& seen, const record::Point& point);

// Puts the oracle's findings, ledger and verdict into the point. Requires its figures and its guarantee.
void JudgeOutput(const PointObservation& seen, const Oracle& oracle, record::Point& point);
// Adds what the audit of recovery lines found, which may take the verdict away and gives none. Requires the verdict.
void JudgeLines(const PointObservation& seen, record::Point& point);

}  // namespace holdfast
