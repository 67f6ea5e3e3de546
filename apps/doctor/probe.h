// Tries and measures on this host. Nothing is left behind, and nothing outside the doctor's own processes, namespaces
// and folder is touched. Takes about three seconds.
#pragma once

#include <string>
#include <vector>

#include "apps/doctor/judge.h"

namespace holdfast::doctor {

// Each fault, tried on a process, namespace or cgroup made for it. `folder` exists and is writable.
std::vector<Attempt> TryFaults(const std::string& folder);
// How late sleeps of a millisecond end, in nanoseconds.
std::vector<std::int64_t> MeasureTimer(std::size_t sleeps);
DiskFigures MeasureDisk(const std::string& folder);

// Everything, judged; stores of a run would go below `folder`.
Findings Examine(const std::string& folder);

}  // namespace holdfast::doctor
