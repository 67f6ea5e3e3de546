// Statistics by windows that durable messages close, killed anywhere: each reading must be counted once.
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

class IotAggregatesTest : public testing::TestWithParam<std::string> {};

TEST_P(IotAggregatesTest, KeepsTheProtocolsPromiseAndRunsEachSeedTheSameTwice) {
  auto campaign = WorkloadCampaign("iot-aggregates", GetParam(), 100);
  campaign.twice = true;
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
  const auto& sum = result.sum;
  EXPECT_GT(result.Mean(sum.kills), 0.5);
  EXPECT_GT(result.Mean(sum.delayed_fired), 10);
  EXPECT_GT(result.Mean(sum.delayed_restored), 1);
  EXPECT_EQ(sum.dead_letters, 0u);
}

INSTANTIATE_TEST_SUITE_P(Protocols, IotAggregatesTest,
                         testing::Values("stop-the-world", "unaligned", "message-logging"), ProtocolName);

TEST(IotAggregatesWithoutProtocolTest, MostRunsAreDamaged) {
  const auto result = RunCampaign(WorkloadCampaign("iot-aggregates", "none", 100));
  EXPECT_GT(result.damaged, 40u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace holdfast
