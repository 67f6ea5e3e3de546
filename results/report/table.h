// The run as a table for the terminal: plain ASCII, at most `columns` wide, which are 80 at least.
#pragma once

#include <cstddef>
#include <string>

#include "results/record/run.h"

namespace holdfast::report {

inline constexpr std::size_t kWideColumns = 120;

// One row per point and phase, with less than kWideColumns under a row with the point's name and outcome; then the
// reason behind every verdict other than "held" and every stamp other than VALID. Of a run that looked for rates, one
// row per point with what was found, as wide as it is.
std::string RenderTable(const record::Run& run, std::size_t columns = kWideColumns);

}  // namespace holdfast::report
