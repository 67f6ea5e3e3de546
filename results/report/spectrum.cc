#include "results/report/spectrum.h"

#include <cmath>

namespace holdfast::report {
namespace {

constexpr int kPerDecade = 24;
constexpr int kDecades = 6;

}  // namespace

const std::vector<double>& SpectrumGrid() {
  static const auto grid = [] {
    std::vector<double> points;
    for (int i = 0; i <= kPerDecade * kDecades; ++i)
      points.push_back(std::pow(10.0, static_cast<double>(i) / kPerDecade));
    return points;
  }();
  return grid;
}

std::vector<std::int64_t> Spectrum(const Histogram& histogram) {
  std::vector<std::int64_t> values;
  if (histogram.empty()) return values;
  for (const double x : SpectrumGrid()) {
    values.push_back(histogram.Percentile(100 * (1 - 1 / x)));
    if (x >= static_cast<double>(histogram.count())) break;
  }
  return values;
}

}  // namespace holdfast::report
