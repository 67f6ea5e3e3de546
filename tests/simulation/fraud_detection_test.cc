// An application as people write them: joins, windows, a cache and slow calls, all of it killed anywhere.
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

class FraudDetectionTest : public testing::TestWithParam<std::string> {};

TEST_P(FraudDetectionTest, KeepsTheProtocolsPromiseAndRunsEachSeedTheSameTwice) {
  auto campaign = WorkloadCampaign("fraud-detection", GetParam(), 100);
  campaign.twice = true;
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
}

TEST_P(FraudDetectionTest, WaitsForWindowsAndCallsAlsoAcrossRestores) {
  const auto& result = RunCampaign(WorkloadCampaign("fraud-detection", GetParam(), 100));
  const auto& sum = result.sum;
  EXPECT_GT(result.Mean(sum.kills), 0.5);
  EXPECT_GT(result.Mean(sum.delayed_fired), 30);
  EXPECT_GT(result.Mean(sum.delayed_restored), 1);
  EXPECT_GT(result.Mean(sum.outcomes), 10);
  EXPECT_GT(result.Mean(sum.outcomes_unknown), 0.3);
  EXPECT_EQ(sum.dead_letters, 0u);
}

INSTANTIATE_TEST_SUITE_P(Protocols, FraudDetectionTest,
                         testing::Values("stop-the-world", "unaligned", "message-logging"), ProtocolName);

TEST(FraudDetectionWindowTest, NobodyWaitsForAWindowOfThirtyDays) {
  auto run = DrawSimRun(TestParts(), "fraud-detection", "unaligned", 7);
  const auto& options = run.workload_options.set();
  run.workload_options =
      options.Parse(std::vector<std::string>{"window=720h", "accounts=3"}, "workload fraud-detection").value();
  const auto report = RunSimRun(TestParts(), run);
  EXPECT_EQ(report.failure, SimFailure::kNone) << report.violation;
  EXPECT_EQ(report.delayed_fired, 0u);
  EXPECT_LT(report.virtual_time, std::chrono::seconds(1));
}

TEST(FraudDetectionWithoutProtocolTest, MostRunsAreDamaged) {
  const auto result = RunCampaign(WorkloadCampaign("fraud-detection", "none", 100));
  EXPECT_GT(result.damaged, 40u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace holdfast
