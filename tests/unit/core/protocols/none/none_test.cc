#include "core/protocols/none/none.h"

#include <gtest/gtest.h>

#include "tests/unit/core/protocols/steps.h"

namespace holdfast {
namespace {

using Event = WorkerSteps::Event;

TEST(NoneTest, AnIntervalOnlyReleasesTheIngress) {
  WorkerSteps step(NoneProtocol());
  EXPECT_EQ(step(Event::kTrigger, 1), "release-ingress");
  EXPECT_EQ(step(Event::kTrigger, 2), "release-ingress");
  EXPECT_EQ(step(Event::kMark, 3), "");
  EXPECT_EQ(step(Event::kAbort, 3), "");
}

TEST(NoneTest, NothingIsEverStored) {
  CoordinatorSteps step(NoneProtocol());
  using Step = CoordinatorSteps::Event;
  EXPECT_EQ(step(Step::kBegin), "trigger");
  EXPECT_EQ(step(Step::kUploaded), "");
}

TEST(NoneTest, NothingIsPromised) {
  const auto traits = NoneProtocol().traits;
  EXPECT_FALSE(traits.guarantee.exactly_once_state || traits.guarantee.exactly_once_egress);
  EXPECT_EQ(traits.egress, EgressRelease::kImmediate);
  EXPECT_EQ(traits.restore, RestoreScope::kNothing);
}

}  // namespace
}  // namespace holdfast
