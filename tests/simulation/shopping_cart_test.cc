// Carts that compete for the last pieces, killed anywhere: no piece may be sold twice, or get lost.
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

class ShoppingCartTest : public testing::TestWithParam<std::string> {};

TEST_P(ShoppingCartTest, KeepsTheProtocolsPromiseAndRunsEachSeedTheSameTwice) {
  auto campaign = WorkloadCampaign("shopping-cart", GetParam(), 100);
  campaign.twice = true;
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
  const auto& sum = result.sum;
  EXPECT_GT(result.Mean(sum.kills), 0.5);
  EXPECT_GT(result.Mean(sum.delayed_fired), 10);
  EXPECT_GT(result.Mean(sum.delayed_cancelled), 3);
  EXPECT_GT(result.Mean(sum.delayed_restored), 1);
  EXPECT_EQ(sum.dead_letters, 0u);
}

INSTANTIATE_TEST_SUITE_P(Protocols, ShoppingCartTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

TEST(ShoppingCartTimeOutTest, NobodyWaitsForATimeOutOfAnHour) {
  auto run = DrawSimRun(TestParts(), "shopping-cart", "unaligned", 7);
  const std::vector<std::string> options = {"time-out=1h", "carts=5", "items=3"};
  run.workload_options = run.workload_options.set().Parse(options, "workload shopping-cart").value();
  const auto report = RunSimRun(TestParts(), run);
  EXPECT_EQ(report.failure, SimFailure::kNone) << report.violation;
  EXPECT_EQ(report.delayed_fired, 0u);
  EXPECT_LT(report.virtual_time, std::chrono::seconds(1));
}

TEST(ShoppingCartWithoutProtocolTest, MostRunsAreDamaged) {
  const auto result = RunCampaign(WorkloadCampaign("shopping-cart", "none", 100));
  EXPECT_GT(result.damaged, 40u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace holdfast
