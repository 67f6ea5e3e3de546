#include "core/protocols/message-logging/message_logging.h"

#include <gtest/gtest.h>

#include "tests/unit/core/protocols/steps.h"

namespace holdfast {
namespace {

using Event = WorkerSteps::Event;

class MessageLoggingTest : public testing::Test {
 protected:
  WorkerSteps step_{MessageLoggingProtocol()};
};

TEST_F(MessageLoggingTest, AWorkerCutsForItselfAndAsksNobody) {
  EXPECT_EQ(step_(Event::kTrigger, 3), "cut upload");
  EXPECT_EQ(step_(Event::kTrigger, 3), "");
  EXPECT_EQ(step_(Event::kTrigger, 7), "cut upload");
}

TEST_F(MessageLoggingTest, WhatPeersDoIsNoNews) {
  EXPECT_EQ(step_(Event::kMark, 1), "");
  EXPECT_EQ(step_(Event::kColourAhead, 1), "");
  EXPECT_EQ(step_(Event::kDrained, 1), "");
}

TEST_F(MessageLoggingTest, OutputWaitsForTheLogNotForTheSnapshot) {
  step_(Event::kTrigger, 1);
  EXPECT_EQ(step_(Event::kComplete, 1), "");
  EXPECT_EQ(MessageLoggingProtocol().traits.egress, EgressRelease::kOnDurable);
}

TEST_F(MessageLoggingTest, AnAbortedCutIsForgotten) {
  step_(Event::kTrigger, 1);
  EXPECT_EQ(step_(Event::kAbort, 1), "drop-cut");
}

TEST_F(MessageLoggingTest, ATriggerThatItsAbortOvertookIsTooLate) {
  step_(Event::kAbort, 1);
  EXPECT_EQ(step_(Event::kTrigger, 1), "");
  EXPECT_EQ(step_(Event::kTrigger, 2), "cut upload");
}

TEST(MessageLoggingCoordinatorTest, APartAndItsManifestMakeASnapshot) {
  CoordinatorSteps step(MessageLoggingProtocol());
  using Step = CoordinatorSteps::Event;
  EXPECT_EQ(step(Step::kBegin), "trigger");
  EXPECT_EQ(step(Step::kUploaded), "store-manifest");
  EXPECT_EQ(step(Step::kStored), "complete");
}

TEST(MessageLoggingTraitsTest, AFailedWorkerRecoversAlone) {
  const auto traits = MessageLoggingProtocol().traits;
  EXPECT_EQ(traits.name, "message-logging");
  EXPECT_TRUE(traits.effect_log);
  EXPECT_FALSE(traits.snapshots_are_global);
  EXPECT_EQ(traits.restore, RestoreScope::kFailed);
}

}  // namespace
}  // namespace holdfast
