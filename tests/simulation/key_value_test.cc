// A key-value store, killed anywhere: every read must see the last write, and every write be done once.
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

class KeyValueTest : public testing::TestWithParam<std::string> {};

TEST_P(KeyValueTest, KeepsTheProtocolsPromiseAndRunsEachSeedTheSameTwice) {
  auto campaign = WorkloadCampaign("key-value", GetParam(), 100);
  campaign.twice = true;
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
  EXPECT_GT(result.Mean(result.sum.kills), 0.5);
  EXPECT_EQ(result.sum.dead_letters, 0u);
}

INSTANTIATE_TEST_SUITE_P(Protocols, KeyValueTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

TEST(KeyValueWithoutProtocolTest, MostRunsAreDamaged) {
  const auto result = RunCampaign(WorkloadCampaign("key-value", "none", 100));
  EXPECT_GT(result.damaged, 40u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace holdfast
