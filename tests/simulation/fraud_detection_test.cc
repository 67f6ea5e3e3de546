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

TEST(FraudDetectionWithoutProtocolTest, MostRunsAreDamaged) {
  const auto result = RunCampaign(WorkloadCampaign("fraud-detection", "none", 100));
  EXPECT_GT(result.damaged, 40u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace holdfast
