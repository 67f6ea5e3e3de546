#include "workloads/load/arrival_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/base/random.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using Spread = ArrivalSchedule::Spread;
constexpr PartitionId kFirst(0);

struct Moments {
  double mean = 0;
  double variance = 0;
};

Moments MomentsOf(const std::vector<double>& values) {
  Moments moments;
  for (const double value : values) moments.mean += value / static_cast<double>(values.size());
  for (const double value : values) {
    moments.variance += (value - moments.mean) * (value - moments.mean) / static_cast<double>(values.size() - 1);
  }
  return moments;
}

// The gaps between the first `count` arrivals of one partition, in seconds.
std::vector<double> Gaps(ArrivalSchedule& schedule, std::uint64_t count) {
  std::vector<double> gaps;
  for (std::uint64_t offset = 1; offset < count; ++offset) {
    gaps.push_back(
        std::chrono::duration<double>(schedule.At(kFirst, offset) - schedule.At(kFirst, offset - 1)).count());
  }
  return gaps;
}

TEST(ArrivalScheduleTest, ConstantArrivalsAreEvenlySpacedOverAllPartitions) {
  ArrivalSchedule schedule(1, {1000}, Spread::kConstant, 2);
  EXPECT_EQ(schedule.At(PartitionId(0), 0), 0ms);
  EXPECT_EQ(schedule.At(PartitionId(1), 0), 1ms);
  EXPECT_EQ(schedule.At(PartitionId(0), 1), 2ms);
  EXPECT_EQ(schedule.At(PartitionId(1), 5000), 10001ms);
}

TEST(ArrivalScheduleTest, PoissonGapsAreExponential) {
  ArrivalSchedule schedule(1, {1000}, Spread::kPoisson, 1);
  const auto gaps = Gaps(schedule, 50'000);
  const auto moments = MomentsOf(gaps);
  EXPECT_NEAR(moments.mean, 0.001, 0.00002);
  EXPECT_NEAR(std::sqrt(moments.variance) / moments.mean, 1, 0.03);
  double longer = 0;
  for (const double gap : gaps) longer += gap > 0.001;
  EXPECT_NEAR(longer / static_cast<double>(gaps.size()), std::exp(-1), 0.01);
}

TEST(ArrivalScheduleTest, PoissonCountsVaryAsMuchAsTheyHaveOnAverage) {
  ArrivalSchedule schedule(2, {1000}, Spread::kPoisson, 1);
  std::vector<double> counts(5000);
  for (std::uint64_t offset = 0;; ++offset) {
    const auto bin = static_cast<std::size_t>(schedule.At(kFirst, offset) / 10ms);
    if (bin >= counts.size()) break;
    ++counts[bin];
  }
  const auto moments = MomentsOf(counts);
  EXPECT_NEAR(moments.mean, 10, 0.1);
  EXPECT_NEAR(moments.variance / moments.mean, 1 - 10.0 / 1024, 0.06);
}

TEST(ArrivalScheduleTest, TheMeanRateIsExactOverWholeWindows) {
  ArrivalSchedule schedule(3, {1024}, Spread::kPoisson, 1);
  EXPECT_EQ(schedule.CountBefore(kFirst, 50s), 50u * 1024);
}

TEST(ArrivalScheduleTest, InstantsRiseAndStartAtOnceInEveryPartition) {
  ArrivalSchedule schedule(4, {8000}, Spread::kPoisson, 8);
  for (std::uint16_t p = 0; p < 8; ++p) {
    Duration last{0};
    for (std::uint64_t offset = 0; offset < 3000; ++offset) {
      const auto at = schedule.At(PartitionId(p), offset);
      EXPECT_GE(at, last);
      last = at;
    }
    EXPECT_LT(schedule.At(PartitionId(p), 0), 20ms);
    EXPECT_NEAR(std::chrono::duration<double>(last).count(), 3, 0.3);
  }
}

TEST(ArrivalScheduleTest, AnyOrderOfAskingGivesTheSameInstants) {
  ArrivalSchedule walking(5, {1000}, Spread::kPoisson, 3);
  ArrivalSchedule jumping(5, {1000}, Spread::kPoisson, 3);
  std::vector<Duration> walked;
  for (std::uint64_t offset = 0; offset < 20'000; ++offset) walked.push_back(walking.At(PartitionId(2), offset));
  Random random(6);
  for (int i = 0; i < 200; ++i) {
    const auto offset = random.Below(walked.size());
    EXPECT_EQ(jumping.At(PartitionId(2), offset), walked[offset]);
  }
}

TEST(ArrivalScheduleTest, AnotherSeedOrPartitionHasOtherInstants) {
  std::set<std::int64_t> instants;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    ArrivalSchedule schedule(seed, {1000}, Spread::kPoisson, 4);
    for (std::uint16_t p = 0; p < 4; ++p) instants.insert(schedule.At(PartitionId(p), 100).count());
  }
  EXPECT_EQ(instants.size(), 16u);
}

TEST(ArrivalScheduleTest, CountBeforeAgreesWithTheInstants) {
  ArrivalSchedule schedule(7, {1000}, Spread::kPoisson, 2);
  for (const Duration end : {0ms, 1ms, 777ms, 12'345ms}) {
    const auto count = schedule.CountBefore(PartitionId(1), end);
    EXPECT_GE(schedule.At(PartitionId(1), count), end);
    EXPECT_TRUE(count == 0 || schedule.At(PartitionId(1), count - 1) < end);
  }
}

TEST(ArrivalScheduleTest, TheMaximalRateHasNoInstants) {
  EXPECT_FALSE(ArrivalSchedule(1, Rate::Max(), Spread::kPoisson, 2).timed());
  EXPECT_TRUE(ArrivalSchedule(1, {0.5}, Spread::kPoisson, 2).timed());
}

}  // namespace
}  // namespace holdfast
