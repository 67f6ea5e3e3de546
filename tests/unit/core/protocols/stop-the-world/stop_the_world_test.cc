#include "core/protocols/stop-the-world/stop_the_world.h"

#include <gtest/gtest.h>

#include "tests/unit/core/protocols/steps.h"

namespace holdfast {
namespace {

using Event = WorkerSteps::Event;
constexpr auto kPauseActions = "pause send-marks await-marks";

class StopTheWorldTest : public testing::Test {
 protected:
  WorkerSteps step_{StopTheWorldProtocol()};
};

TEST_F(StopTheWorldTest, AWorkerPausesDrainsCutsAndGoesOn) {
  EXPECT_EQ(step_(Event::kTrigger, 1), kPauseActions);
  EXPECT_EQ(step_(Event::kDrained, 1), "cut report-frozen upload");
  EXPECT_EQ(step_(Event::kResume, 1), "resume");
  EXPECT_EQ(step_(Event::kComplete, 1), "release-egress");
}

TEST_F(StopTheWorldTest, NewsFromPeersDoesNotPause) {
  EXPECT_EQ(step_(Event::kMark, 1), "");
  EXPECT_EQ(step_(Event::kColourAhead, 1), "");
  EXPECT_EQ(step_(Event::kTrigger, 1), kPauseActions);
}

TEST_F(StopTheWorldTest, ARepeatedTriggerDoesNothing) {
  step_(Event::kTrigger, 1);
  EXPECT_EQ(step_(Event::kTrigger, 1), "");
}

TEST_F(StopTheWorldTest, AnAbortEndsThePause) {
  step_(Event::kTrigger, 1);
  EXPECT_EQ(step_(Event::kAbort, 1), "drop-cut resume");
}

TEST_F(StopTheWorldTest, ATriggerThatItsAbortOvertookIsTooLate) {
  EXPECT_EQ(step_(Event::kAbort, 1), "drop-cut resume");
  EXPECT_EQ(step_(Event::kTrigger, 1), "");
  EXPECT_EQ(step_(Event::kTrigger, 2), kPauseActions);
}

// RESUME and ABORT may come late: the pause they would end is another one.
TEST_F(StopTheWorldTest, OrdersForAnOlderSnapshotDoNotEndThePauseOfANewer) {
  step_(Event::kTrigger, 1);
  step_(Event::kTrigger, 2);
  EXPECT_EQ(step_(Event::kResume, 1), "");
  EXPECT_EQ(step_(Event::kAbort, 1), "drop-cut");
  EXPECT_EQ(step_(Event::kDrained, 1), "");
  EXPECT_EQ(step_(Event::kDrained, 2), "cut report-frozen upload");
}

TEST(StopTheWorldCoordinatorTest, EverybodyGoesOnOnceAllAreFrozen) {
  CoordinatorSteps step(StopTheWorldProtocol());
  using Step = CoordinatorSteps::Event;
  EXPECT_EQ(step(Step::kBegin), "trigger");
  EXPECT_EQ(step(Step::kFrozen), "resume");
  EXPECT_EQ(step(Step::kUploaded), "store-manifest");
  EXPECT_EQ(step(Step::kStored), "complete");
}

// Else a report of a cut that is overtaken by that of its upload leaves everybody paused until the next snapshot.
TEST(StopTheWorldCoordinatorTest, WhatIsStoredIsFrozenWhateverReportsAreLate) {
  CoordinatorSteps step(StopTheWorldProtocol());
  using Step = CoordinatorSteps::Event;
  EXPECT_EQ(step(Step::kBegin), "trigger");
  EXPECT_EQ(step(Step::kUploaded), "resume store-manifest");
  EXPECT_EQ(step(Step::kFrozen), "");
}

TEST(StopTheWorldTraitsTest, ChannelsAreEmptySoNothingIsLate) {
  const auto traits = StopTheWorldProtocol().traits;
  EXPECT_EQ(traits.name, "stop-the-world");
  EXPECT_FALSE(traits.logs_late_messages);
  EXPECT_EQ(traits.egress, EgressRelease::kOnComplete);
  EXPECT_EQ(traits.restore, RestoreScope::kAll);
}

}  // namespace
}  // namespace holdfast
