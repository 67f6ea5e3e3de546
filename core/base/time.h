// The two clocks. Steady time is never set or scaled: intervals, time-outs, latency. Application time is UTC, survives
// restarts and may be scaled or shifted by a test: delayed messages, time-to-live, workload timestamps. The types keep
// them apart; the Clock port (core/ports/clock.h) is the only source of either.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace holdfast {

using Duration = std::chrono::nanoseconds;

// Nanoseconds since an arbitrary start, the same for all processes of one machine.
struct SteadyTime {
  std::int64_t nanos = 0;
  friend constexpr auto operator<=>(const SteadyTime&, const SteadyTime&) = default;
  friend constexpr SteadyTime operator+(SteadyTime t, Duration d) { return {t.nanos + d.count()}; }
  friend constexpr Duration operator-(SteadyTime a, SteadyTime b) { return Duration(a.nanos - b.nanos); }
};

// Milliseconds since 1970-01-01T00:00:00Z on the application's clock.
struct AppTime {
  std::int64_t millis = 0;
  friend constexpr auto operator<=>(const AppTime&, const AppTime&) = default;
  friend constexpr AppTime operator+(AppTime t, std::chrono::milliseconds d) { return {t.millis + d.count()}; }
  friend constexpr std::chrono::milliseconds operator-(AppTime a, AppTime b) {
    return std::chrono::milliseconds(a.millis - b.millis);
  }
};

}  // namespace holdfast
