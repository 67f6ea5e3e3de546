// A chain store, killed anywhere: every read must see the last write, and every write be done once.
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

class ChainTest : public testing::TestWithParam<std::string> {};

TEST_P(ChainTest, KeepsTheProtocolsPromiseAndRunsEachSeedTheSameTwice) {
  auto campaign = WorkloadCampaign("chain", GetParam(), 100);
  campaign.twice = true;
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
  EXPECT_GT(result.Mean(result.sum.kills), 0.5);
  EXPECT_EQ(result.sum.dead_letters, 0u);
}

INSTANTIATE_TEST_SUITE_P(Protocols, ChainTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

TEST(ChainWithoutProtocolTest, MostRunsAreDamaged) {
  const auto result = RunCampaign(WorkloadCampaign("chain", "none", 100));
  EXPECT_GT(result.damaged, 40u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace holdfast
