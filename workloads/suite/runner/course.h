// The course of a point in time: the backlog, where the fault's shadow begins, when the system had caught up, and the
// time series of the record.
#pragma once

#include <optional>
#include <vector>

#include "results/record/run.h"
#include "workloads/suite/runner/answers.h"

namespace holdfast {

inline constexpr Duration kBucket = std::chrono::milliseconds(100);

struct Phase {
  std::string_view name;
  std::int64_t from = 0, to = 0;  // Nanoseconds from the point's zero; intended instants in [from, to) belong to it.
};

// What the faults did, from the first to the last, in nanoseconds from the point's zero.
struct Shadow {
  std::int64_t applied = 0;  // The first.
  std::int64_t begins = 0;   // The intended instant of the oldest record that was unanswered when it struck.
  std::optional<std::int64_t> caught_up;  // The backlog was back at its highest level before the first, after the last.
};

// The first output that came after a fault was healed and before the next one struck. Nanoseconds from the point's
// zero. `recovery` is a place in the log.
std::optional<std::int64_t> FirstOutputAfter(const PointObservation& seen, std::size_t recovery);
// The shadow of the point's faults, if there were any.
std::optional<Shadow> FindShadow(const PointObservation& seen, const Answers& answers);

// The whole window; with a fault also what lies before, in and after its shadow. Empty phases are left out.
std::vector<Phase> Phases(const PointObservation& seen, const std::optional<Shadow>& shadow);

// Buckets of 100 ms from the beginning of the warm-up until output was no longer awaited.
std::vector<record::TimeBucket> TimeSeries(const PointObservation& seen, const Answers& answers);

}  // namespace holdfast
