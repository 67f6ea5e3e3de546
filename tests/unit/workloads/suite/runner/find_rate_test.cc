#include "workloads/suite/runner/find_rate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A try at 1000 records per second for three seconds that sustained it under a bound of 100 ms.
record::Point GoodTry() {
  record::Point point;
  point.offered_rate = 1000;
  point.measured_s = 3;
  point.verdict = {record::Verdict::kHeld, "all came"};
  auto& whole = point.latency.emplace_back();
  whole.phase = record::kWhole;
  whole.response.count = 3000;
  whole.response.p99_ns = 90'000'000;
  for (int i = 0; i < 30; ++i) point.timeseries.push_back({.t_s = i * 0.1, .backlog = 40});
  return point;
}

TEST(JudgeTry, ATryThatKeptUpSustainsItsRate) {
  const auto judged = JudgeTry(GoodTry(), 100ms);
  EXPECT_EQ(judged.outcome, TryOutcome::kSustained);
  EXPECT_EQ(judged.reason, "");
}

TEST(JudgeTry, TooLongAWaitIsRefused) {
  const auto judged = JudgeTry(GoodTry(), 89ms);
  EXPECT_EQ(judged.outcome, TryOutcome::kRefused);
  EXPECT_EQ(judged.reason, "p99 of 90 ms");
}

TEST(JudgeTry, ABacklogThatGrowsIsRefusedHoweverShortTheWaitsStillAre) {
  auto point = GoodTry();
  for (auto& bucket : point.timeseries) bucket.backlog = static_cast<std::int64_t>(bucket.t_s * 30);
  EXPECT_EQ(JudgeTry(point, 100ms).outcome, TryOutcome::kRefused);  // From 15 to 75.
  EXPECT_THAT(JudgeTry(point, 100ms).reason, HasSubstr("backlog from 14 to 74"));
  EXPECT_EQ(JudgeTry(point, 200ms).outcome, TryOutcome::kSustained);
}

TEST(JudgeTry, DamageIsNoSuccess) {
  auto point = GoodTry();
  point.verdict = {record::Verdict::kBroken, "3 missing"};
  EXPECT_EQ(JudgeTry(point, 100ms).reason, "3 missing");
}

TEST(JudgeTry, FiguresThatMayNotBeBelievedAreNoSuccess) {
  auto point = GoodTry();
  point.validity.push_back({"generator-kept-up", record::Validity::kInvalid, 90, 10, "ms", "late"});
  EXPECT_EQ(JudgeTry(point, 100ms).reason, "late");
  point.validity.front().verdict = record::Validity::kSuspect;
  EXPECT_EQ(JudgeTry(point, 100ms).outcome, TryOutcome::kSustained);
}

TEST(JudgeTry, WhatWasNotMeasuredIsNoSuccess) {
  auto point = GoodTry();
  point.latency.clear();
  EXPECT_EQ(JudgeTry(point, 100ms).reason, "nothing was measured");
}

}  // namespace
}  // namespace holdfast
