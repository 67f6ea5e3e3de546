#include "apps/simulate/explore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "apps/simulate/explore_batch.h"
#include "apps/simulate/run_diagram.h"
#include "apps/simulate/run_file.h"
#include "tests/simulation/campaigns.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

class ExploreTest : public testing::Test {
 protected:
  ExploreOptions Options(const std::string& folder, std::uint64_t seeds) const {
    ExploreOptions options;
    options.folder = base_ / folder;
    options.max_seeds = seeds;
    options.time = std::chrono::minutes(10);
    return options;
  }
  Explored ExploreNow(const ExploreOptions& options) {
    auto explored = Explore(TestParts(), options, stop_, [this](std::string_view line) { said_.emplace_back(line); });
    EXPECT_TRUE(explored.ok()) << explored.status().error().message;
    return std::move(explored).value();
  }

  TemporaryFolder base_;
  std::atomic<bool> stop_{false};
  std::vector<std::string> said_;
};

TEST_F(ExploreTest, NothingIsFoundWhereNothingIsWrong) {
  const auto explored = ExploreNow(Options("all", 100));
  EXPECT_EQ(explored.runs, 100u);
  EXPECT_EQ(explored.failed(), 0u) << ExploredText(explored);
  EXPECT_GT(explored.kills, 100u);
}

TEST_F(ExploreTest, AnotherExplorationOfAFolderGoesOnWhereTheLastStopped) {
  const auto at_once = ExploreNow(Options("at-once", 100));
  ExploreNow(Options("in-two", 40));
  const auto in_two = ExploreNow(Options("in-two", 60));
  EXPECT_EQ(ExploredText(in_two), ExploredText(at_once));
}

TEST_F(ExploreTest, HoweverShortTheTimeASeedIsRunAndWhatIsRunCounts) {
  auto options = Options("short", 40);
  options.time = std::chrono::seconds(0);
  const auto begun = ExploreNow(options);
  ASSERT_GE(begun.runs, 1u);
  EXPECT_EQ(begun.next_seed, begun.runs + 1);
  const auto rest = ExploreNow(Options("short", 40 - begun.runs));
  EXPECT_EQ(ExploredText(rest), ExploredText(ExploreNow(Options("at-once", 40))));
}

TEST_F(ExploreTest, TwoProcessesSeeWhatOneSees) {
  auto options = Options("two", 150);
  options.jobs = 2;
  EXPECT_EQ(ExploredText(ExploreNow(options)), ExploredText(ExploreNow(Options("one", 150))));
}

TEST_F(ExploreTest, AFailureIsShrunkAndKeptAsAFileThatFails) {
  auto options = Options("skipped", 30);
  options.protocol = "message-logging";
  options.skip_sync = "log.block";
  const auto explored = ExploreNow(options);
  ASSERT_GT(explored.failed(), 0u);
  int kept = 0;
  for (const auto& file : std::filesystem::directory_iterator(options.folder)) {
    if (!file.path().string().ends_with(".shrunk.yaml")) continue;
    ++kept;
    const auto run = LoadSimRun(TestParts(), file.path());
    ASSERT_TRUE(run.ok()) << run.status().error().message;
    EXPECT_NE(RunApart(TestParts(), *run).failure, SimFailure::kNone) << file.path();
    EXPECT_TRUE(std::filesystem::exists(DiagramPath(file.path()))) << file.path();
  }
  EXPECT_GT(kept, 0);
  EXPECT_THAT(said_, testing::Contains(testing::AllOf(HasSubstr(".html"), HasSubstr("shrinking it"))));
  EXPECT_THAT(said_, testing::Contains(HasSubstr(".shrunk.html")));
}

TEST_F(ExploreTest, AFolderOfSomethingElseIsRefused) {
  ExploreNow(Options("folder", 1));
  auto options = Options("folder", 1);
  options.protocol = "unaligned";
  const auto refused = Explore(TestParts(), options, stop_, [](std::string_view) {});
  EXPECT_THAT(refused.status().error().message, HasSubstr("this folder explores protocol 'all', not 'unaligned'"));
}

TEST_F(ExploreTest, UnknownNamesAreRefused) {
  auto options = Options("folder", 1);
  options.protocol = "unalinged";
  const auto refused = Explore(TestParts(), options, stop_, [](std::string_view) {});
  EXPECT_THAT(refused.status().error().message, HasSubstr("did you mean unaligned?"));
  EXPECT_FALSE(std::filesystem::exists(options.folder));
}

TEST_F(ExploreTest, ARunThatAbortsEndsItsBatchAndIsNamed) {
  auto options = Options("none", 1);
  options.protocol = "no such protocol";  // Unchecked here, it ends the process.
  Batch batch(TestParts(), options, 7, 20);
  while (!batch.ended()) batch.Read();
  ASSERT_EQ(batch.entries().size(), 1u);
  EXPECT_EQ(batch.entries()[0].seed, 7u);
  EXPECT_EQ(batch.entries()[0].failure, SimFailure::kAborted);
}

TEST(DrawWideRunTest, AWorkloadThatIsNewChangesOnlyTheRunsItTakesOver) {
  auto before = AllParts();
  before.workloads = WorkloadRegistry(PartKind::kWorkload);
  for (const auto& known : TestParts().workloads.Descriptors()) {
    if (known.name != "key-value") before.workloads.Add(known, TestParts().workloads.Find(known.name).value()->factory);
  }
  int taken_over = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto run = DrawWideRun(TestParts(), {}, seed);
    const bool taken = run.workload == "key-value";
    taken_over += taken;
    if (taken) continue;
    EXPECT_EQ(WriteSimRun(run, ""), WriteSimRun(DrawWideRun(before, {}, seed), ""));
  }
  EXPECT_GT(taken_over, 4);
  EXPECT_LT(taken_over, 30);
}

TEST(DrawWideRunTest, EachClassOfFaultsIsOffInSomeRunsAndOnInOthers) {
  std::map<SimFaultVerb, int> runs_with;
  std::set<std::string> protocols;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto run = DrawWideRun(TestParts(), {}, seed);
    protocols.insert(run.protocol);
    std::set<SimFaultVerb> verbs;
    for (const auto& fault : run.faults) verbs.insert(fault.verb);
    for (const auto verb : verbs) ++runs_with[verb];
  }
  EXPECT_EQ(protocols.size(), 4u);
  for (const auto verb : {SimFaultVerb::kKill, SimFaultVerb::kDiskErrors, SimFaultVerb::kSlowWork}) {
    EXPECT_GT(runs_with[verb], 40);
    EXPECT_LT(runs_with[verb], 180);
  }
}

}  // namespace
}  // namespace holdfast
