#include "workloads/suite/runner/drain.h"

#include <gtest/gtest.h>

#include <vector>

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using Step = Drain::Step;

constexpr SteadyTime kBegun = SteadyTime{} + 100s;

class DrainTest : public testing::Test {
 protected:
  Drain::Sight After(Duration waited) const {
    return {.now = kBegun + waited, .quiet_since = kBegun, .snapshots = ended_};
  }
  void Ended(Duration at, bool complete = true) {
    ended_.push_back({.complete = complete, .start = kBegun, .end = kBegun + at});
  }

  const Drain drain_{1s, true, kBegun, 0s};
  std::vector<EngineSnapshot> ended_;
};

TEST_F(DrainTest, WhatIsCompleteIsWatchedForMoreThanAnInterval) {
  auto sight = After(1250ms);
  sight.all_came = true;
  EXPECT_EQ(drain_.Next(sight), Step::kWait);
  sight.now = sight.now + 1ms;
  EXPECT_EQ(drain_.Next(sight), Step::kAllCame);
}

TEST_F(DrainTest, SilenceWhileASnapshotLastsSaysNothing) {
  EXPECT_EQ(drain_.Next(After(20s)), Step::kWait);
  Ended(19s);
  Ended(21s);
  EXPECT_EQ(drain_.Next(After(30s)), Step::kWait);
}

TEST_F(DrainTest, GivesUpWhenSnapshotsEndAndBringNothing) {
  for (const auto at : {1s, 2s, 3s}) Ended(at, at != 2s);
  EXPECT_EQ(drain_.Next(After(4s)), Step::kWait);
  EXPECT_EQ(drain_.Next(After(5s)), Step::kGiveUp);
}

TEST_F(DrainTest, SnapshotsFromBeforeTheLastOutputSayNothing) {
  for (const auto at : {-3s, -2s, -1s}) Ended(at);
  EXPECT_EQ(drain_.Next(After(30s)), Step::kWait);
}

TEST_F(DrainTest, WithoutSnapshotsSilenceIsEnough) {
  const Drain drain(std::nullopt, false, kBegun, 0s);
  EXPECT_EQ(drain.Next(After(2600ms)), Step::kWait);
  EXPECT_EQ(drain.Next(After(2601ms)), Step::kGiveUp);
}

TEST_F(DrainTest, WhatIsNeverHeldBackIsNotWaitedForThoughTheProtocolHasAnInterval) {
  const Drain drain(1s, false, kBegun, 0s);
  EXPECT_EQ(drain.Next(After(4500ms)), Step::kWait);
  EXPECT_EQ(drain.Next(After(4501ms)), Step::kGiveUp);
}

TEST_F(DrainTest, ARecoveryIsWaitedForButNotForEver) {
  for (const auto at : {1s, 2s, 3s}) Ended(at);
  const Drain drain(1s, true, kBegun, 5s);
  auto sight = After(64s);
  sight.recovering = true;
  EXPECT_EQ(drain.Next(sight), Step::kWait);
  sight.now = sight.now + 1s;
  EXPECT_EQ(drain.Next(sight), Step::kGiveUp);
}

}  // namespace
}  // namespace holdfast
