#include "workloads/suite/runner/resume.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "results/record/run_io.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

// Two points, twice each; the record has what the test puts into it.
class ResumeTest : public testing::Test {
 protected:
  ResumeTest() {
    Suite suite{.name = "small", .about = {}, .seed = 7, .repetitions = 2, .points = {}};
    for (const auto* name : {"a", "b"}) suite.points.push_back({.name = name, .axes = {}, .parts = {}});
    variants_.push_back({"", suite});
    plan_ = PlanRun(variants_);
    fresh_.suite = "small";
    fresh_.seed = 7;
    fresh_.config_text = "suite: small\n# argument: run\n";
    fresh_.code.commit = "c0ffee";
    kept_ = fresh_;
    kept_.run_id = "r1";
    kept_.complete = false;
    for (const std::size_t place : {std::size_t{0}, std::size_t{2}}) Keep(plan_[place]);
  }
  void Keep(const PlannedPoint& planned) {
    record::Point point;
    point.name = planned.point->name;
    point.block = planned.block;
    point.seed = planned.seed;
    kept_.points.push_back(point);
  }
  std::string ErrorOf() {
    record::WriteRun(folder_.path(), kept_).OrDie();
    const auto run = ReadInterrupted(folder_.path(), fresh_, plan_);
    return run.ok() ? "no error" : run.error().message;
  }

  TemporaryFolder folder_;
  std::vector<SuiteVariant> variants_;
  std::vector<PlannedPoint> plan_;
  record::Run fresh_, kept_;
};

TEST_F(ResumeTest, WhatTheRecordLacksIsLeftToDoInTheOrderOfThePlan) {
  EXPECT_EQ(ErrorOf(), "no error");
  const auto left = LeftToDo(plan_, kept_);
  ASSERT_EQ(left.size(), 2u);
  EXPECT_EQ(left[0].block, plan_[1].block);
  EXPECT_EQ(left[0].point, plan_[1].point);
  EXPECT_EQ(left[1].point, plan_[3].point);
}

TEST_F(ResumeTest, WhatTheSystemReportedIsNoOtherConfiguration) {
  kept_.points[0].configuration = {{"reported.kernel", "x"}};
  EXPECT_EQ(ErrorOf(), "no error");
}

TEST_F(ResumeTest, OtherArgumentsOfTheCommandAreNoOtherSuite) {
  fresh_.config_text = "suite: small\n# argument: run\n# argument: --resume\n# argument: r1\n";
  EXPECT_EQ(ErrorOf(), "no error");
}

TEST_F(ResumeTest, ACompleteRunIsRefused) {
  kept_.complete = true;
  EXPECT_EQ(ErrorOf(), "run r1 is complete: nothing is left to do");
}

TEST_F(ResumeTest, AnythingElseThatDiffersIsNamed) {
  kept_.seed = 8;
  EXPECT_THAT(ErrorOf(), HasSubstr("run r1 cannot be gone on with: the seed was 8, and is 7 now"));
  kept_.seed = 7;
  kept_.code.modified = true;
  EXPECT_THAT(ErrorOf(), HasSubstr("the program was commit c0ffee with changes, and is commit c0ffee now"));
  kept_.code.modified = false;
  kept_.config_text = "suite: small\nabout: more\n";
  EXPECT_THAT(ErrorOf(), HasSubstr("the suite was another, and is edited now"));
  kept_.config_text = fresh_.config_text;
  kept_.points[1].seed ^= 1;
  EXPECT_THAT(ErrorOf(), HasSubstr("point " + kept_.points[1].name + " was configured differently"));
  kept_.points[1].seed ^= 1;
  kept_.points[1].name = "c";
  EXPECT_THAT(ErrorOf(), HasSubstr("point c was configured differently"));
}

TEST_F(ResumeTest, AFolderWithoutARecordIsNamed) {
  const auto run = ReadInterrupted(folder_ / "r2", fresh_, plan_);
  EXPECT_THAT(run.error().message, HasSubstr("r2"));
}

}  // namespace
}  // namespace holdfast
