#include "results/report/spectrum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "results/report/format.h"

namespace holdfast::report {
namespace {

TEST(SpectrumTest, HoldsThePercentilesOfTheGrid) {
  Histogram h;
  for (std::int64_t v = 1; v <= 1000; ++v) h.Record(v);
  const auto values = Spectrum(h);
  const auto& grid = SpectrumGrid();
  const auto at = [&](double x) {
    const auto found = std::ranges::find_if(grid, [x](double g) { return std::abs(g - x) < 1e-9; });
    return values[static_cast<std::size_t>(found - grid.begin())];
  };
  EXPECT_EQ(at(1), 1);
  EXPECT_EQ(at(10), 900);
  EXPECT_EQ(at(100), 990);
}

TEST(SpectrumTest, EndsAtTheMaximum) {
  Histogram h;
  for (std::int64_t v = 1; v <= 500; ++v) h.Record(v);
  const auto values = Spectrum(h);
  EXPECT_EQ(values.back(), 500);
  EXPECT_GE(SpectrumGrid()[values.size() - 1], 500);
  EXPECT_LT(SpectrumGrid()[values.size() - 2], 500);
}

TEST(SpectrumTest, OfNothingIsEmpty) { EXPECT_TRUE(Spectrum(Histogram()).empty()); }

TEST(FormatTest, KeepsThreeDigitsAcrossUnits) {
  EXPECT_EQ(FormatNanos(831), "831 ns");
  EXPECT_EQ(FormatNanos(9'996), "10.0 us");
  EXPECT_EQ(FormatNanos(999'400), "999 us");
  EXPECT_EQ(FormatNanos(999'600), "1.00 ms");
  EXPECT_EQ(FormatNanos(1.5e9), "1.50 s");
  EXPECT_EQ(FormatNanos(3.6e12), "3600 s");
  EXPECT_EQ(FormatCount(950), "950");
  EXPECT_EQ(FormatCount(20'000), "20.0k");
  EXPECT_EQ(FormatCount(999'600), "1.00M");
  EXPECT_EQ(FormatPercent(0.0312), "3.12 %");
  EXPECT_EQ(FormatPercent(0.0312, true), "+3.12 %");
  EXPECT_EQ(FormatPercent(-0.25, true), "-25.0 %");
}

}  // namespace
}  // namespace holdfast::report
