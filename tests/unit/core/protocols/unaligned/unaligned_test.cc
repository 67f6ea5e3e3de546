#include "core/protocols/unaligned/unaligned.h"

#include <gtest/gtest.h>

#include "tests/unit/core/protocols/steps.h"

namespace holdfast {
namespace {

using Event = WorkerSteps::Event;
constexpr auto kCutActions = "cut send-marks await-marks";

class UnalignedTest : public testing::Test {
 protected:
  WorkerSteps step_{UnalignedProtocol()};
};

TEST_F(UnalignedTest, TheFirstNewsOfASnapshotCutsWhateverItIs) {
  EXPECT_EQ(step_(Event::kTrigger, 1), kCutActions);
  EXPECT_EQ(step_(Event::kMark, 2), kCutActions);
  EXPECT_EQ(step_(Event::kColourAhead, 3), kCutActions);
}

TEST_F(UnalignedTest, LaterNewsOfTheSameSnapshotDoesNothing) {
  step_(Event::kMark, 1);
  EXPECT_EQ(step_(Event::kTrigger, 1), "");
  EXPECT_EQ(step_(Event::kMark, 1), "");
  EXPECT_EQ(step_(Event::kColourAhead, 1), "");
}

TEST_F(UnalignedTest, TheCutIsStoredOnceTheChannelsAreDrained) {
  step_(Event::kTrigger, 1);
  EXPECT_EQ(step_(Event::kDrained, 1), "upload");
  EXPECT_EQ(step_(Event::kComplete, 1), "release-egress");
}

TEST_F(UnalignedTest, ChannelsThatDrainForAnOvertakenCutStoreNothing) {
  step_(Event::kTrigger, 1);
  step_(Event::kMark, 2);
  EXPECT_EQ(step_(Event::kDrained, 1), "");
}

TEST_F(UnalignedTest, ATriggerThatItsAbortOvertookIsTooLate) {
  EXPECT_EQ(step_(Event::kAbort, 1), "drop-cut");
  EXPECT_EQ(step_(Event::kTrigger, 1), "");
  EXPECT_EQ(step_(Event::kMark, 1), "");
  EXPECT_EQ(step_(Event::kTrigger, 2), kCutActions);
}

TEST_F(UnalignedTest, AnAbortThatComesLateLeavesTheNextCutAlone) {
  step_(Event::kTrigger, 1);
  step_(Event::kTrigger, 2);
  EXPECT_EQ(step_(Event::kAbort, 1), "drop-cut");  // Of cut 1: the mechanism knows that it is gone.
  EXPECT_EQ(step_(Event::kDrained, 2), "upload");
}

TEST(UnalignedCoordinatorTest, NobodyIsWaitedForButTheParts) {
  CoordinatorSteps step(UnalignedProtocol());
  using Step = CoordinatorSteps::Event;
  EXPECT_EQ(step(Step::kBegin), "trigger");
  EXPECT_EQ(step(Step::kFrozen), "");
  EXPECT_EQ(step(Step::kUploaded), "store-manifest");
  EXPECT_EQ(step(Step::kStored), "complete");
}

TEST(UnalignedTraitsTest, EverybodyRollsBackAndOutputWaitsForTheSnapshot) {
  const auto traits = UnalignedProtocol().traits;
  EXPECT_EQ(traits.name, "unaligned");
  EXPECT_TRUE(traits.logs_late_messages);
  EXPECT_FALSE(traits.effect_log);
  EXPECT_EQ(traits.egress, EgressRelease::kOnComplete);
  EXPECT_EQ(traits.restore, RestoreScope::kAll);
  EXPECT_TRUE(traits.guarantee.exactly_once_state && traits.guarantee.exactly_once_egress);
}

}  // namespace
}  // namespace holdfast
