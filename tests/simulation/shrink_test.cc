// A failing run becomes a small one that fails alike.
#include "apps/simulate/shrink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/simulate/run_file.h"
#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

// Many faults, and a sync left out that they make felt.
SimRun TroubledRun(std::uint64_t seed) {
  return DrawSimRun(TestParts(), "greeter", "message-logging", seed, [](SimConfig& config) {
    config.workers = 3;
    config.mix = {.kills = 8, .kill_everything = 0.3, .kill_again = 0.5, .store_errors = 0.001, .slow_work = 0.02};
    config.skip_sync = "log.block";
  });
}

// The first of them that fails with at least ten faults.
SimRun FailingRun(std::uint64_t from = 1) {
  for (auto seed = from;; ++seed) {
    auto run = TroubledRun(seed);
    if (run.faults.size() >= 10 && RunApart(TestParts(), run).failure != SimFailure::kNone) return run;
  }
}

TEST(ShrinkTest, FewFaultsAndFewRecordsAreLeftAndFailAlike) {
  for (const auto from : {1, 40, 80}) {
    const auto run = FailingRun(static_cast<std::uint64_t>(from));
    std::vector<std::string> said;
    const auto shrunk = Shrink(TestParts(), run, [&](std::string_view line) { said.emplace_back(line); });
    ASSERT_TRUE(shrunk.ok()) << shrunk.status().error().message;
    const auto text = WriteSimRun(shrunk->run, shrunk->outcome.violation);
    EXPECT_LE(shrunk->run.faults.size(), 3u) << text;
    EXPECT_LT(shrunk->run.config.records, run.config.records / 2) << text;
    EXPECT_EQ(shrunk->outcome.failure, RunApart(TestParts(), run).failure) << text;
    EXPECT_THAT(said, testing::Contains(testing::StartsWith("faults: ")));
  }
}

TEST(ShrinkTest, TheSmallRunReplaysIdenticallyFromItsText) {
  const auto shrunk = Shrink(TestParts(), FailingRun(), [](std::string_view) {});
  ASSERT_TRUE(shrunk.ok());
  const auto again = ReadSimRun(TestParts(), WriteSimRun(shrunk->run, ""), "shrunk.yaml");
  ASSERT_TRUE(again.ok()) << again.status().error().message;
  for (int i = 0; i < 2; ++i) {
    const auto outcome = RunApart(TestParts(), *again);
    EXPECT_EQ(outcome.hash, shrunk->outcome.hash);
    EXPECT_EQ(outcome.violation, shrunk->outcome.violation);
  }
}

TEST(ShrinkTest, ARunThatKeepsItsPromiseIsRefused) {
  auto run = TroubledRun(1);
  run.config.skip_sync.clear();
  EXPECT_THAT(Shrink(TestParts(), run, [](std::string_view) {}).status().error().message,
              testing::HasSubstr("nothing to shrink"));
}

TEST(RunApartTest, WhatHappensApartIsWhatHappensHere) {
  const auto run = TroubledRun(1);
  const auto here = RunSimRun(TestParts(), run);
  const auto apart = RunApart(TestParts(), run);
  EXPECT_EQ(apart.hash, here.hash);
  EXPECT_EQ(apart.failure, here.failure);
  EXPECT_EQ(apart.violation, here.violation);
}

TEST(RunApartTest, AFailedCheckIsAFailureNamedByItsPlace) {
  auto run = TroubledRun(1);
  run.config.workers = 0;  // No cluster has none.
  const auto outcome = RunApart(TestParts(), run);
  EXPECT_EQ(outcome.failure, SimFailure::kAborted);
}

TEST(RunOutcomeTest, AbortsAreAlikeIfTheSameCheckFailed) {
  const SimOutcome one{SimFailure::kAborted, 1, "core/x.cc:12: check failed: a > b: 1 2"};
  const SimOutcome same{SimFailure::kAborted, 2, "core/x.cc:12: check failed: a > b: 7 9"};
  const SimOutcome other{SimFailure::kAborted, 1, "core/x.cc:99: check failed: a > b: 1 2"};
  EXPECT_TRUE(one.SameFailure(same));
  EXPECT_FALSE(one.SameFailure(other));
  EXPECT_FALSE(one.SameFailure({SimFailure::kLost, 1, one.violation}));
  EXPECT_TRUE((SimOutcome{SimFailure::kLost, 1, "a"}).SameFailure({SimFailure::kLost, 2, "b"}));
}

}  // namespace
}  // namespace holdfast
