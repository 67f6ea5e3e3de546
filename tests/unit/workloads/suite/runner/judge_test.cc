#include "workloads/suite/runner/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/suite/runner/observed_point.h"
#include "workloads/suite/runner/figures.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using record::Validity;
using record::Verdict;
using testing::HasSubstr;

const record::Guarantee kExactlyOnce{
    .sentence = "exactly once", .exactly_once_state = true, .exactly_once_egress = true};
const record::Guarantee kNothing{.sentence = "nothing", .may_lose = true, .may_duplicate = true};

class JudgeTest : public testing::Test {
 protected:
  void SetUp() override {
    point_.Send(0ms);
    point_.Send(100ms);
    point_.AnswerPunctually(0, 99, 1ms);
    point_.Answer(0, 99, 100ms);
  }
  // The same once more, since output is read once.
  void Repeat() {
    auto log = std::move(point_.seen().log);
    auto faults = std::move(point_.seen().faults);
    point_ = ObservedPoint();
    SetUp();
    point_.seen().log = std::move(log);
    point_.seen().faults = std::move(faults);
  }
  void AnswerTheLast() { point_.Answer(1, 99, 101ms); }
  void Kill(std::uint64_t hit) { point_.Kill(50ms, 60ms).executed_not_durable = hit; }

  record::Point Judged(const record::Guarantee& guarantee) {
    const auto oracle = point_.seen().bench_load.make_oracle();
    const Answers answers(point_.seen(), *oracle);
    auto point = PointFigures(point_.seen(), answers);
    point.guarantee = guarantee;
    JudgeOutput(point_.seen(), *oracle, point);
    JudgeLines(point_.seen(), point);
    point.validity = CheckValidity(point_.seen(), point);
    return point;
  }
  static Validity ValidityOf(const record::Point& point, std::string_view check) {
    const auto found = std::ranges::find(point.validity, check, &record::ValidityCheck::check);
    HOLDFAST_CHECK(found != point.validity.end(), "no check {}", check);
    return found->verdict;
  }

  ObservedPoint point_;
};

TEST_F(JudgeTest, TheOracleHearsOfAFaultBeforeItSeesOutputAndOfNothingWithoutOne) {
  const auto disturbed = [this] {
    CountingOracle oracle;
    const Answers answers(point_.seen(), oracle);
    return oracle.disturbed();
  };
  EXPECT_FALSE(disturbed());
  Kill(5);
  EXPECT_TRUE(disturbed());
}

TEST_F(JudgeTest, EverythingOnceHoldsTheGuarantee) {
  AnswerTheLast();
  Kill(5);
  const auto point = Judged(kExactlyOnce);
  EXPECT_EQ(point.verdict.verdict, Verdict::kHeld);
  EXPECT_EQ(point.ledger.seen, 200);
  EXPECT_EQ(ValidityOf(point, "kill-hit-work"), Validity::kValid);
}

TEST_F(JudgeTest, RepliesThatWereDroppedMayDoWhatAKillMay) {
  const auto drop = [this](std::uint64_t met) {
    point_.Strike(FaultVerb::kTrouble, 50ms, 60ms).met = met;
    point_.seen().faults.back().planned.fault.trouble = PortTrouble::kDropReplies;
  };
  drop(0);
  EXPECT_EQ(Judged(kNothing).verdict.verdict, Verdict::kBroken) << "it befell nobody, and explains nothing";
  Repeat();
  drop(3);
  auto point = Judged(kNothing);
  EXPECT_EQ(point.verdict.verdict, Verdict::kExpectedNotGuaranteed);
  EXPECT_EQ(ValidityOf(point, "control-shows-damage"), Validity::kValid);
  EXPECT_EQ(std::ranges::count(point.validity, "kill-hit-work", &record::ValidityCheck::check), 0);
  Repeat();
  AnswerTheLast();
  EXPECT_EQ(Judged(kNothing).verdict.verdict, Verdict::kInvalid) << "without damage it proves nothing";
}

TEST_F(JudgeTest, ALossBreaksAGuaranteeThatExcludesIt) {
  Kill(5);
  const auto point = Judged(kExactlyOnce);
  EXPECT_EQ(point.verdict.verdict, Verdict::kBroken);
  EXPECT_THAT(point.verdict.sentence, HasSubstr("1 missing of 200 expected outputs; promised was: exactly once"));
}

TEST_F(JudgeTest, OutputHeldBackBecauseSnapshotsFailIsAPointThatCouldNotRunAndSaysWhy) {
  const auto snapshot = [this](bool complete) {
    point_.seen().log.snapshots.push_back({.complete = complete, .trouble = complete ? "" : "no space left"});
  };
  snapshot(true);
  snapshot(false);
  snapshot(false);
  EXPECT_EQ(Judged(kExactlyOnce).verdict.verdict, Verdict::kBroken) << "two failures are no excuse";
  Repeat();
  snapshot(false);
  const auto point = Judged(kExactlyOnce);
  EXPECT_EQ(point.verdict.verdict, Verdict::kFailed);
  EXPECT_EQ(
      point.verdict.sentence,
      "1 of 200 expected outputs never became visible: the last 3 snapshots failed, most recently: no space left");
  EXPECT_EQ(point.snapshots.back().detail, "no space left");
  snapshot(true);
  EXPECT_EQ(Judged(kExactlyOnce).verdict.verdict, Verdict::kBroken) << "a snapshot completed, and it is still missing";
}

TEST_F(JudgeTest, FailingSnapshotsExcuseNothingButMissingOutput) {
  for (int i = 0; i < 3; ++i) point_.seen().log.snapshots.push_back({.trouble = "no space left"});
  point_.Answer(0, 1, 120ms);
  EXPECT_EQ(Judged(kExactlyOnce).verdict.verdict, Verdict::kBroken);
}

TEST_F(JudgeTest, WhatTheTestbedDidNotKeepIsNotHeldAgainstTheSystem) {
  const Collector::Options tight{.max_kept_bytes = 1};
  *point_.seen().collector = Collector(tight);
  AnswerTheLast();
  const auto point = Judged(kExactlyOnce);
  EXPECT_EQ(point.verdict.verdict, Verdict::kInvalid);
  EXPECT_EQ(ValidityOf(point, "output-kept"), Validity::kInvalid);
}

TEST_F(JudgeTest, DamageAfterAKillIsExpectedWhereNothingIsGuaranteed) {
  Kill(5);
  const auto point = Judged(kNothing);
  EXPECT_EQ(point.verdict.verdict, Verdict::kExpectedNotGuaranteed);
  EXPECT_EQ(ValidityOf(point, "control-shows-damage"), Validity::kValid);
}

TEST_F(JudgeTest, ALossWithoutAFaultIsBrokenWhateverIsGuaranteed) {
  EXPECT_EQ(Judged(kNothing).verdict.verdict, Verdict::kBroken);
}

TEST_F(JudgeTest, ADuplicateIsNotCoveredByAnAllowanceToLose) {
  AnswerTheLast();
  AnswerTheLast();
  Kill(5);
  EXPECT_EQ(Judged({.sentence = "at most once", .may_lose = true}).verdict.verdict, Verdict::kBroken);
}

TEST_F(JudgeTest, AControlWithoutDamageProvesNothing) {
  AnswerTheLast();
  Kill(5);
  const auto point = Judged(kNothing);
  EXPECT_EQ(point.verdict.verdict, Verdict::kInvalid);
  EXPECT_EQ(ValidityOf(point, "control-shows-damage"), Validity::kInvalid);
}

TEST_F(JudgeTest, AnInconsistentLineBreaksThePromiseThoughAllOutputIsRight) {
  AnswerTheLast();
  point_.seen().lines_audited = 3;
  auto point = Judged(kExactlyOnce);
  EXPECT_EQ(point.verdict.verdict, Verdict::kHeld);
  EXPECT_EQ(point.checks.back().detail, "3 recovery lines are consistent");
  EXPECT_EQ(point.counts.lines_audited, 3);
  Repeat();
  AnswerTheLast();
  point_.seen().lines_audited = 3;
  point_.seen().line_findings.Add(Damage::kInconsistentLine, [] { return "snapshot 1.2: a visit is lost"; });
  point = Judged(kExactlyOnce);
  EXPECT_EQ(point.verdict.verdict, Verdict::kBroken);
  EXPECT_THAT(point.verdict.sentence, HasSubstr("a recovery line is inconsistent"));
  EXPECT_THAT(point.checks.back().detail, HasSubstr("snapshot 1.2: a visit is lost"));
}

TEST_F(JudgeTest, AConsistentLineGivesNoVerdict) {
  point_.seen().lines_audited = 3;
  EXPECT_EQ(Judged(kExactlyOnce).verdict.verdict, Verdict::kBroken) << "an output is missing";
}

TEST_F(JudgeTest, APauseExcusesNoDamageAndNeedsNone) {
  point_.Strike(FaultVerb::kPause, 50ms, 60ms);
  EXPECT_EQ(Judged(kNothing).verdict.verdict, Verdict::kBroken);
  Repeat();
  AnswerTheLast();
  EXPECT_EQ(Judged(kNothing).verdict.verdict, Verdict::kHeld);
}

TEST_F(JudgeTest, SurvivingAKillThatHitNoWorkProvesNothing) {
  AnswerTheLast();
  Kill(0);
  const auto point = Judged(kExactlyOnce);
  EXPECT_EQ(point.verdict.verdict, Verdict::kInvalid);
  EXPECT_EQ(ValidityOf(point, "kill-hit-work"), Validity::kInvalid);
}

TEST_F(JudgeTest, AGeneratorThatIsLateByItsOwnFaultMakesThePointInvalid) {
  AnswerTheLast();
  // All records left at 100 ms, up to 100 ms late, though there was room from the beginning.
  EXPECT_EQ(ValidityOf(Judged(kExactlyOnce), "generator-kept-up"), Validity::kInvalid);
}

TEST_F(JudgeTest, FewRecordsMakeTheFiguresSuspect) {
  AnswerTheLast();
  EXPECT_EQ(ValidityOf(Judged(kExactlyOnce), "enough-samples"), Validity::kSuspect);
}

TEST(JudgeValidityTest, RecordsThatNeverLeftMakeThePointInvalid) {
  ObservedPoint point;
  point.Send(50ms);
  CountingOracle oracle;
  const Answers answers(point.seen(), oracle);
  const auto figures = PointFigures(point.seen(), answers);
  const auto checks = CheckValidity(point.seen(), figures);
  const auto found = std::ranges::find(checks, "all-records-left", &record::ValidityCheck::check);
  ASSERT_NE(found, checks.end());
  EXPECT_EQ(found->verdict, Validity::kInvalid);
}

}  // namespace
}  // namespace holdfast
