#include "apps/mutants/forked_runs.h"

#include <gtest/gtest.h>

#include <csignal>

namespace holdfast {
namespace {

class ForkedRunsTest : public testing::Test {
 protected:
  ForkedResult Run() { return RunForked(runs_); }

  ForkedRuns runs_{.run = {}, .runs = 10};
};

TEST_F(ForkedRunsTest, GoodRunsGiveNoFailure) {
  runs_.run = [](std::uint64_t) { return ""; };
  const auto result = Run();
  EXPECT_FALSE(result.failure);
  EXPECT_EQ(result.crashes, 0u);
}

TEST_F(ForkedRunsTest, TheFirstFailureIsToldWithItsWords) {
  runs_.run = [](std::uint64_t run) { return run >= 7 ? fmt::format("run {} broke a promise", run) : ""; };
  const auto result = Run();
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->run, 7u);
  EXPECT_EQ(result.failure->what, "run 7 broke a promise");
  EXPECT_FALSE(result.failure->crash);
}

TEST_F(ForkedRunsTest, ACrashIsCountedAndTheNextRunFollows) {
  runs_.run = [](std::uint64_t run) {
    if (run == 3 || run == 4) std::raise(SIGKILL);
    return run == 9 ? "found" : "";
  };
  const auto result = Run();
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->run, 9u);
  EXPECT_EQ(result.crashes, 2u);
}

TEST_F(ForkedRunsTest, ACrashOfTheLastRunIsNoFailureEither) {
  runs_.run = [](std::uint64_t run) {
    if (run == 10) std::abort();
    return "";
  };
  const auto result = Run();
  EXPECT_FALSE(result.failure);
  EXPECT_EQ(result.crashes, 1u);
}

TEST_F(ForkedRunsTest, ACrashThatCountsEndsTheRuns) {
  runs_.crash_fails = true;
  runs_.run = [](std::uint64_t run) {
    if (run == 3) std::abort();
    return run == 5 ? "too late" : "";
  };
  const auto result = Run();
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->run, 3u);
  EXPECT_TRUE(result.failure->crash);
  EXPECT_EQ(result.failure->what, "a check failed");
}

TEST_F(ForkedRunsTest, ARunWithoutEndIsEnded) {
  runs_.crash_fails = true;
  runs_.seconds = 1;
  runs_.run = [](std::uint64_t run) {
    for (volatile bool forever = run == 2; forever;) {
    }
    return "";
  };
  const auto result = Run();
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->run, 2u);
  EXPECT_EQ(result.failure->what, "it did not come to an end");
}

TEST_F(ForkedRunsTest, WhatARunChangesStaysInItsProcess) {
  int changed = 0;
  runs_.run = [&](std::uint64_t) { return ++changed, ""; };
  Run();
  EXPECT_EQ(changed, 0);
}

}  // namespace
}  // namespace holdfast
