// Figures as people read them: three significant digits and a unit.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast::report {

// 831 -> "831 ns", 2'400'000 -> "2.40 ms", 1.5e9 -> "1.50 s".
std::string FormatNanos(double nanos);
// 950 -> "950", 20'000 -> "20.0k", 1.25e6 -> "1.25M".
std::string FormatCount(double count);
// 0.0312 -> "3.12 %"; signed: "+3.12 %".
std::string FormatPercent(double share, bool with_sign = false);

}  // namespace holdfast::report
