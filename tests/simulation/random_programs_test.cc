// What the greeter does not touch: delayed messages and their tokens, operations, failures, values that expire.
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

class RandomProgramsTest : public testing::TestWithParam<std::string> {};

TEST_P(RandomProgramsTest, KeepTheProtocolsPromiseAndRunEachSeedTheSameTwice) {
  auto campaign = WorkloadCampaign("random-programs", GetParam(), 100);
  campaign.twice = true;
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
}

TEST_P(RandomProgramsTest, UseWhatTheyAreForAlsoAcrossRestores) {
  const auto& result = RunCampaign(WorkloadCampaign("random-programs", GetParam(), 100));
  const auto& sum = result.sum;
  EXPECT_GT(result.Mean(sum.kills), 0.5);
  EXPECT_GT(result.Mean(sum.delayed_fired), 30);
  EXPECT_GT(result.Mean(sum.delayed_cancelled), 8);
  EXPECT_GT(result.Mean(sum.delayed_restored), 1);
  EXPECT_GT(result.Mean(sum.outcomes), 10);
  EXPECT_GT(result.Mean(sum.outcomes_unknown), 0.3);
  EXPECT_GT(result.Mean(sum.failed_attempts), 20);
  EXPECT_GT(result.Mean(sum.dead_letters), 4);
}

INSTANTIATE_TEST_SUITE_P(Protocols, RandomProgramsTest,
                         testing::Values("stop-the-world", "unaligned", "message-logging"), ProtocolName);

TEST(RandomProgramsWithoutProtocolTest, MostRunsAreDamaged) {
  const auto result = RunCampaign(WorkloadCampaign("random-programs", "none", 100));
  EXPECT_GT(result.damaged, 40u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace holdfast
