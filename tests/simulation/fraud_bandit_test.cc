// An application that learns from what it is told, in any order, and is changed as it runs; all of it killed anywhere.
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

class FraudBanditTest : public testing::TestWithParam<std::string> {};

TEST_P(FraudBanditTest, KeepsTheProtocolsPromiseAndRunsEachSeedTheSameTwice) {
  auto campaign = WorkloadCampaign("fraud-bandit", GetParam(), 100);
  campaign.twice = true;
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
  EXPECT_GT(result.Mean(result.sum.kills), 0.5);
  EXPECT_EQ(result.sum.dead_letters, 0u);
}

INSTANTIATE_TEST_SUITE_P(Protocols, FraudBanditTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

TEST(FraudBanditWithoutProtocolTest, MostRunsAreDamaged) {
  const auto result = RunCampaign(WorkloadCampaign("fraud-bandit", "none", 100));
  EXPECT_GT(result.damaged, 40u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace holdfast
