#include "workloads/suite/runner/fault_course.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class FaultCourseTest : public testing::Test {
 protected:
  void Plan(PlannedFault planned) { faults_.push_back({.planned = std::move(planned)}); }
  PlannedFault Kill(Duration at) { return {.at = at, .fault = {FaultVerb::kKill}}; }
  // The place of the next fault in the list, or -1.
  int Next(Duration now) {
    const auto* fault = course_.Next(begin_ + now, log_);
    return fault == nullptr ? -1 : static_cast<int>(fault - faults_.data());
  }
  void Strike(std::size_t fault, Duration at) {
    log_.recoveries.emplace_back().applied = begin_ + at;
    faults_[fault].recovery = log_.recoveries.size() - 1;
  }
  void Tell(EngineEvent event, Duration at) { log_.events.emplace_back(event, begin_ + at); }
  Duration AskAgain(Duration now) { return course_.AskAgain(begin_ + now, log_) - begin_; }

  const SteadyTime begin_{1'000'000'000};
  std::vector<AppliedFault> faults_;
  EngineLog log_;
  FaultCourse course_{faults_, begin_};
};

TEST_F(FaultCourseTest, FaultsAreDueByTheClockEachOnce) {
  Plan(Kill(30ms));
  Plan(Kill(20ms));
  EXPECT_EQ(Next(19ms), -1);
  EXPECT_EQ(AskAgain(15ms), 20ms);
  EXPECT_EQ(Next(40ms), 1);
  EXPECT_EQ(Next(40ms), 0);
  EXPECT_EQ(Next(40ms), -1);
  EXPECT_EQ(*faults_[1].due, begin_ + 20ms);
}

TEST_F(FaultCourseTest, AFaultAfterAnotherCountsFromWhenThatOneStruck) {
  Plan(Kill(10ms));
  faults_[0].planned.id = "a";
  Plan(Kill(5ms));
  faults_[1].planned.after = "a";
  EXPECT_EQ(Next(12ms), 0);
  EXPECT_EQ(Next(100ms), -1);
  Strike(0, 13ms);
  EXPECT_EQ(Next(17ms), -1);
  EXPECT_EQ(Next(18ms), 1);
}

TEST_F(FaultCourseTest, AFaultAfterOneThatHitNothingDoesNotCome) {
  Plan(Kill(10ms));
  faults_[0].planned.id = "a";
  Plan(Kill(5ms));
  faults_[1].planned.after = "a";
  EXPECT_EQ(Next(12ms), 0);
  faults_[0].trouble = "down";
  EXPECT_EQ(Next(100ms), -1);
  EXPECT_EQ(faults_[1].trouble, "it was to come after a, which hit nothing");
}

TEST_F(FaultCourseTest, AnAwaitedEventCountsFromTheFaultsInstant) {
  Plan(Kill(10ms));
  faults_[0].planned.when = AwaitedEvent{EngineEvent::kSnapshotComplete, 2, ""};
  Tell(EngineEvent::kSnapshotComplete, 9ms);
  Tell(EngineEvent::kSnapshotComplete, 11ms);
  Tell(EngineEvent::kSnapshotBegun, 12ms);
  EXPECT_EQ(Next(15ms), -1);
  EXPECT_EQ(AskAgain(15ms), 16ms);
  Tell(EngineEvent::kSnapshotComplete, 14ms);
  EXPECT_EQ(Next(16ms), 0);
  EXPECT_EQ(*faults_[0].due, begin_ + 14ms);
}

TEST_F(FaultCourseTest, AFaultAtACallIsArmedAtItsInstantAndStrikesWhenTheEngineSaysSo) {
  Plan(Kill(10ms));
  faults_[0].planned.id = "a";
  faults_[0].planned.when = AwaitedEvent{{}, 2, "log.block"};
  Plan(Kill(5ms));
  faults_[1].planned.after = "a";
  EXPECT_EQ(AskAgain(5ms), 10ms);
  EXPECT_EQ(Next(10ms), 0);
  faults_[0].armed = 7;
  EXPECT_EQ(AskAgain(20ms), 21ms);
  EXPECT_EQ(Next(20ms), -1);
  log_.recoveries.emplace_back().applied = begin_ + 12ms;
  log_.recoveries.emplace_back().applied = begin_ + 15ms;
  log_.recoveries.back().armed = 7;
  EXPECT_EQ(Next(20ms), 1);
  EXPECT_EQ(faults_[0].recovery, 1u);
  EXPECT_EQ(*faults_[1].due, begin_ + 20ms);
  course_.End(log_);
  EXPECT_EQ(faults_[0].trouble, "");
}

TEST_F(FaultCourseTest, ACallThatNeverCameIsTold) {
  Plan(Kill(10ms));
  faults_[0].planned.when = AwaitedEvent{{}, 2, "log.block"};
  EXPECT_EQ(Next(10ms), 0);
  faults_[0].armed = 0;
  course_.End(log_);
  EXPECT_EQ(faults_[0].trouble, "the measurement ended before sync log.block 2 came");
}

TEST_F(FaultCourseTest, WhatHasNotComeByTheEndIsToldWhy) {
  Plan(Kill(10ms));
  faults_[0].planned.when = AwaitedEvent{EngineEvent::kRestored, 3, ""};
  Plan(Kill(20ms));
  EXPECT_EQ(Next(30ms), 1);
  course_.End(log_);
  EXPECT_EQ(faults_[0].trouble, "the measurement ended before restored 3 came");
  EXPECT_EQ(faults_[1].trouble, "");
}

}  // namespace
}  // namespace holdfast
