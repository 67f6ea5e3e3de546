// Time as a shared machine lets it be measured: what a thread or the process was given, not what went by.
#pragma once

#include <ctime>

#include "core/base/time.h"

namespace holdfast::bench {

inline Duration ClockTime(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}
inline Duration ThreadCpuTime() { return ClockTime(CLOCK_THREAD_CPUTIME_ID); }
inline Duration ProcessCpuTime() { return ClockTime(CLOCK_PROCESS_CPUTIME_ID); }
inline Duration WallTime() { return ClockTime(CLOCK_MONOTONIC); }

}  // namespace holdfast::bench
