// Percentile spectra for plotting: one latency value for each point of a grid that is even on the scale 1 / (1 - p), so
// that 90 %, 99 %, 99.9 % ... are equally far apart.
#pragma once

#include <cstdint>
#include <vector>

#include "results/record/histogram.h"

namespace holdfast::report {

// The grid from 1 (the minimum) to 10^6 (99.9999 %).
const std::vector<double>& SpectrumGrid();

// Latencies at the grid's points in nanoseconds, up to the first that lies at or beyond the maximum. Empty for an empty
// histogram.
std::vector<std::int64_t> Spectrum(const Histogram& histogram);

}  // namespace holdfast::report
