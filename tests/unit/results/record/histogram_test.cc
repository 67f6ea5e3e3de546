#include "results/record/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/random.h"

namespace holdfast {
namespace {

TEST(HistogramTest, ReturnsSmallValuesExactly) {
  Histogram h;
  for (std::int64_t v = 1; v <= 1000; ++v) h.Record(v);
  EXPECT_EQ(h.Percentile(0), 1);
  EXPECT_EQ(h.Percentile(50), 500);
  EXPECT_EQ(h.Percentile(99.9), 999);
  EXPECT_EQ(h.Percentile(100), 1000);
  EXPECT_EQ(h.count(), 1000);
  EXPECT_DOUBLE_EQ(h.Mean(), 500.5);
}

TEST(HistogramTest, KeepsThreeDigitsFromMicrosecondsToAnHour) {
  Random random(7);
  Histogram h;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    const auto v = static_cast<std::int64_t>(std::exp2(random.Unit() * 41.0)) + 1;
    values.push_back(v);
    h.Record(v);
  }
  std::sort(values.begin(), values.end());
  for (const double p : {1.0, 25.0, 50.0, 90.0, 99.0, 99.9, 99.99}) {
    const auto exact = static_cast<double>(values[static_cast<std::size_t>(std::ceil(p / 100 * 20'000)) - 1]);
    EXPECT_NEAR(static_cast<double>(h.Percentile(p)), exact, exact * 0.001) << p;
  }
  EXPECT_EQ(h.min(), values.front());
  EXPECT_EQ(h.max(), values.back());
}

TEST(HistogramTest, PercentileOfOneRepeatedValueIsThatValue) {
  Histogram h;
  h.Record(1'234'567, 100);
  EXPECT_EQ(h.Percentile(50), 1'234'567);
  EXPECT_EQ(h.Percentile(99.99), 1'234'567);
}

TEST(HistogramTest, MergingEqualsRecordingInOne) {
  Histogram a, b, both;
  for (std::int64_t v = 1; v < 3'000'000; v = v * 3 / 2 + 1) {
    (v % 2 == 0 ? a : b).Record(v, v % 5 + 1);
    both.Record(v, v % 5 + 1);
  }
  a.Add(b);
  EXPECT_EQ(a.counts(), both.counts());
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.min(), both.min());
  EXPECT_EQ(a.max(), both.max());
}

TEST(HistogramTest, MergingAWiderHistogramGrowsOnlyTheGrowingOne) {
  Histogram narrow = Histogram::Growing(), wide;
  narrow.Record(10);
  wide.Record(5'000'000'000);
  narrow.Add(wide);
  EXPECT_EQ(narrow.max(), 5'000'000'000);
  EXPECT_EQ(narrow.Percentile(50), 10);
  EXPECT_EQ(narrow.clamped(), 0);
}

TEST(HistogramTest, ClampsAndCountsValuesAboveAFixedRange) {
  Histogram h({.highest = 1'000'000});
  h.Record(5'000'000, 2);
  h.Record(-3);
  EXPECT_EQ(h.clamped(), 2);
  EXPECT_EQ(h.max(), 1'000'000);
  EXPECT_EQ(h.min(), 0);
  EXPECT_EQ(h.count(), 3);
}

TEST(HistogramTest, RecordingWithinAFixedRangeNeverMovesTheCounters) {
  Histogram h;
  const auto* before = h.counts().data();
  for (std::int64_t v = 0; v < h.range().highest / 2; v = v * 2 + 1) h.Record(v);
  EXPECT_EQ(h.counts().data(), before);
}

TEST(HistogramTest, ResetForgetsEverything) {
  Histogram h;
  h.Record(3);
  h.Record(4'000'000'000'000);
  h.Reset();
  EXPECT_TRUE(h.empty());
  EXPECT_EQ(h.max(), 0);
  EXPECT_EQ(h.counts(), Histogram().counts());
  h.Record(9);
  EXPECT_EQ(h.min(), 9);
}

TEST(HistogramTest, MeanAndDeviationMatchArithmetic) {
  Histogram h;
  for (const std::int64_t v : {2, 4, 4, 4, 5, 5, 7, 9}) h.Record(v);
  EXPECT_DOUBLE_EQ(h.Mean(), 5.0);
  EXPECT_DOUBLE_EQ(h.StandardDeviation(), 2.0);
}

TEST(HistogramTest, ShareUpToCountsValuesNotAboveALimit) {
  Histogram h;
  h.Record(100, 3);
  h.Record(200, 1);
  EXPECT_DOUBLE_EQ(h.ShareUpTo(99), 0.0);
  EXPECT_DOUBLE_EQ(h.ShareUpTo(100), 0.75);
  EXPECT_DOUBLE_EQ(h.ShareUpTo(1'000), 1.0);
}

TEST(HistogramTest, AnEmptyHistogramAnswersZero) {
  const Histogram h;
  EXPECT_EQ(h.Percentile(99), 0);
  EXPECT_EQ(h.min(), 0);
  EXPECT_EQ(h.Mean(), 0.0);
  EXPECT_EQ(h.StandardDeviation(), 0.0);
}

}  // namespace
}  // namespace holdfast
