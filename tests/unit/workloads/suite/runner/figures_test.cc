#include "workloads/suite/runner/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/suite/runner/observed_point.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

record::Point FiguresOf(ObservedPoint& point) {
  CountingOracle oracle;
  const Answers answers(point.seen(), oracle);
  return PointFigures(point.seen(), answers);
}

double NearMillis(std::int64_t nanos) { return static_cast<double>(nanos) * 1e-6; }

TEST(FiguresTest, ResponseCountsFromTheIntendedInstantAndServiceFromTheSending) {
  ObservedPoint point({}, 2ms);
  point.Send(3ms);
  point.Answer(0, 0, 10ms);
  const auto figures = FiguresOf(point);
  ASSERT_EQ(figures.latency.size(), 1u);
  EXPECT_NEAR(NearMillis(figures.latency[0].response.max_ns), 10, 0.01);
  EXPECT_NEAR(NearMillis(figures.latency[0].service.max_ns), 7, 0.01);
  EXPECT_NEAR(NearMillis(figures.latency[0].schedule_lag.max_ns), 3, 0.01);
}

TEST(FiguresTest, OnlyTheFirstAnswerCounts) {
  ObservedPoint point({}, 2ms);
  point.Send(2ms);
  point.Answer(0, 0, 5ms);
  point.Answer(0, 0, 50ms);
  const auto figures = FiguresOf(point);
  EXPECT_EQ(figures.latency[0].response.count, 1);
  EXPECT_NEAR(NearMillis(figures.latency[0].response.max_ns), 5, 0.01);
}

TEST(FiguresTest, TheWarmUpCountsNowhere) {
  ObservedPoint point(10ms, 5ms);
  point.Send(15ms);
  point.AnswerPunctually(0, 15, 1ms);
  const auto figures = FiguresOf(point);
  EXPECT_EQ(figures.counts.offered, 10);
  EXPECT_EQ(figures.counts.completed, 10);
  EXPECT_EQ(figures.latency[0].response.count, 10);
  EXPECT_DOUBLE_EQ(figures.latency[0].start_s, 0);
  EXPECT_DOUBLE_EQ(figures.timeseries.front().t_s, -0.01);
}

TEST(FiguresTest, WhatNeverLeftIsDroppedAndWhatWasNeverAnsweredIsPending) {
  ObservedPoint point({}, 5ms);
  point.Send(2ms);  // Three of partition 0, two of partition 1.
  point.Answer(0, 0, 3ms);
  const auto counts = FiguresOf(point).counts;
  EXPECT_EQ(counts.offered, 10);
  EXPECT_EQ(counts.sent, 5);
  EXPECT_EQ(counts.completed, 1);
  EXPECT_EQ(counts.dropped, 5);
  EXPECT_EQ(counts.pending_at_end, 4);
}

// Answers 1 ms after the record until a kill at 40 ms; from 60 ms on the restarted system works off what waited and is
// done with it at 70 ms.
class KilledPoint : public testing::Test {
 protected:
  void SetUp() override {
    point_.Send(100ms);
    point_.AnswerPunctually(0, 38, 1ms);
    for (std::uint64_t offset = 38; offset < 68; ++offset) {
      const auto at = 60ms + (offset - 38) * 333us;
      point_.Answer(0, offset, at);
      point_.Answer(1, offset, at);
    }
    point_.AnswerPunctually(68, 100, 2500us);
    point_.Kill(40ms, 50ms).executed_not_durable = 7;
  }
  ObservedPoint point_;
};

TEST_F(KilledPoint, TheShadowBeginsWithTheOldestUnansweredRecordAndEndsWhenTheBacklogIsGone) {
  CountingOracle oracle;
  const Answers answers(point_.seen(), oracle);
  const auto shadow = FindShadow(point_.seen(), answers);
  ASSERT_TRUE(shadow);
  EXPECT_EQ(Duration(shadow->applied), 40ms);
  EXPECT_EQ(Duration(shadow->begins), 38ms);
  EXPECT_EQ(Duration(*FirstOutputAfter(point_.seen(), 0)), 60ms);
  EXPECT_GE(Duration(*shadow->caught_up), 60ms);
  EXPECT_LE(Duration(*shadow->caught_up), 80ms);
}

TEST_F(KilledPoint, PercentilesBeforeTheFaultAndDuringRecoveryStandApart) {
  const auto figures = FiguresOf(point_);
  const auto* before = FindPhase(figures, record::kBeforeFault);
  const auto* recovery = FindPhase(figures, record::kRecovery);
  ASSERT_TRUE(before != nullptr && recovery != nullptr);
  EXPECT_NEAR(NearMillis(before->response.max_ns), 1, 0.01);
  EXPECT_NEAR(NearMillis(recovery->response.max_ns), 22, 0.1);
  EXPECT_EQ(before->end_s, recovery->start_s);
  EXPECT_EQ(before->response.count, 76);
}

TEST_F(KilledPoint, TheFaultAndTheWayBackAreOnRecord) {
  const auto figures = FiguresOf(point_);
  ASSERT_EQ(figures.faults.size(), 1u);
  EXPECT_NEAR(*figures.faults[0].applied_s, 0.040, 1e-9);
  EXPECT_TRUE(figures.faults[0].verified);
  EXPECT_NEAR(*figures.recovery[0].restarted_s, 0.010, 1e-9);
  EXPECT_NEAR(*figures.recovery[0].first_output_s, 0.020, 1e-9);
  EXPECT_EQ(figures.counts.executed_not_durable_at_kill, 7);
}

TEST_F(KilledPoint, OfSeveralFaultsEachHasItsOwnOutputAndTheLastIsCaughtUpWith) {
  point_.Strike(FaultVerb::kPause, 61ms, 65ms);
  const PlannedFault missed{70ms, {FaultVerb::kKill, {}}};
  point_.seen().faults.push_back({missed, std::nullopt, "there was nothing to hit"});
  const auto figures = FiguresOf(point_);
  ASSERT_EQ(figures.faults.size(), 3u);
  EXPECT_EQ(figures.faults[1].verb, "pause");
  EXPECT_NEAR(*figures.recovery[0].first_output_s, 0.020, 1e-9);
  EXPECT_FALSE(figures.recovery[0].caught_up_s.has_value());
  EXPECT_GE(*figures.recovery[1].first_output_s, 0.004);
  EXPECT_TRUE(figures.recovery[1].caught_up_s.has_value());
  EXPECT_FALSE(figures.faults[2].applied_s.has_value());
  EXPECT_EQ(figures.faults[2].detail, "there was nothing to hit");
  EXPECT_EQ(figures.recovery.size(), 2u);
}

TEST_F(KilledPoint, OutputAfterTheNextFaultIsNotOfTheOneBefore) {
  point_.Kill(55ms, 58ms);
  EXPECT_FALSE(FirstOutputAfter(point_.seen(), 0).has_value());
  EXPECT_EQ(Duration(*FirstOutputAfter(point_.seen(), 1)), 60ms);
}

TEST(FiguresTest, TheTimeSeriesCountsOfferAnswersAndBacklog) {
  ObservedPoint point({}, 200ms);
  point.Send(200ms);
  point.AnswerPunctually(0, 50, 1ms);
  point.AnswerPunctually(50, 200, 100ms);
  point.seen().stopped = point.seen().end + 110ms;
  const auto series = FiguresOf(point).timeseries;
  ASSERT_EQ(series.size(), 4u);
  EXPECT_EQ(series[0].offered, 200);
  EXPECT_EQ(series[0].completed, 100);
  EXPECT_EQ(series[0].backlog, 100);
  EXPECT_NEAR(NearMillis(series[1].p50_ns), 100, 0.1);
  EXPECT_EQ(series[3].backlog, 0);
}

TEST(FiguresTest, CpuAndMemoryComeFromTheSamples) {
  ObservedPoint point({}, 200ms);
  const auto zero = point.seen().zero;
  for (int i = 0; i <= 4; ++i) {
    auto& sample = point.seen().log.usage.emplace_back();
    sample.at = zero + i * 50ms;
    sample.cpu = i * 25ms;
    sample.resident_bytes = 1000 + i;
  }
  const auto series = FiguresOf(point).timeseries;
  EXPECT_NEAR(series[0].cpu_cores, 0.5, 1e-6);
  EXPECT_EQ(series[0].rss_bytes, 1002);
}

}  // namespace
}  // namespace holdfast
