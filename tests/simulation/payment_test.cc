// An application in a closed loop: whom it asks answers late, twice or unasked, and all of it is killed anywhere.
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

SimRun RunWith(const std::string& protocol, std::uint64_t seed, std::vector<std::string> options) {
  auto run = DrawSimRun(TestParts(), "payment", protocol, seed);
  run.workload_options = run.workload_options.set().Parse(options, "workload payment").value();
  return run;
}

class PaymentTest : public testing::TestWithParam<std::string> {};

TEST_P(PaymentTest, KeepsTheProtocolsPromiseAndRunsEachSeedTheSameTwice) {
  auto campaign = WorkloadCampaign("payment", GetParam(), 100);
  campaign.twice = true;
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
}

TEST_P(PaymentTest, WaitsForIntervalsAndAnswersAlsoAcrossRestores) {
  const auto& result = RunCampaign(WorkloadCampaign("payment", GetParam(), 100));
  const auto& sum = result.sum;
  EXPECT_GT(result.Mean(sum.kills), 0.5);
  EXPECT_GT(result.Mean(sum.delayed_fired), 30);
  EXPECT_GT(result.Mean(sum.delayed_cancelled), 5);
  EXPECT_GT(result.Mean(sum.delayed_restored), 1);
  EXPECT_EQ(sum.dead_letters, 0u);
}

// Everything dies at once, again and again, in the middle of asking and being answered.
TEST_P(PaymentTest, NobodyIsChargedTwiceWhenEverythingCrashesAtOnce) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    auto run = RunWith(GetParam(), seed,
                       {"users=20", "interval=10ms", "intervals=3", "refusals=30", "second-answers=30",
                        "unasked-answers=30", "answer-time=3ms", "back-off=2ms", "provider=plain"});
    run.faults.clear();
    for (int at = 15; at <= 60; at += 15) {
      run.faults.push_back({.at = std::chrono::milliseconds(at),
                            .verb = SimFaultVerb::kKill,
                            .target = {.role = SimFaultRole::kEverything},
                            .restart_after = std::chrono::milliseconds(5)});
    }
    const auto report = RunSimRun(TestParts(), run);
    EXPECT_EQ(report.failure, SimFailure::kNone) << "seed " << seed << ": " << report.violation;
    EXPECT_EQ(report.kills, 4u);
  }
}

INSTANTIATE_TEST_SUITE_P(Protocols, PaymentTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

TEST(PaymentIntervalTest, NobodyWaitsForAnIntervalOfThirtyDays) {
  const auto report = RunSimRun(TestParts(), RunWith("unaligned", 7, {"interval=720h", "users=5"}));
  EXPECT_EQ(report.failure, SimFailure::kNone) << report.violation;
  EXPECT_EQ(report.delayed_fired, 0u);
  EXPECT_LT(report.virtual_time, std::chrono::seconds(1));
}

// A run ends only when the provider has said all it has to say.
TEST(PaymentIntervalTest, TheProviderMayTakeItsTime) {
  const auto report = RunSimRun(
      TestParts(), RunWith("unaligned", 7, {"interval=1ms", "users=5", "answer-time=500ms", "second-answers=100"}));
  EXPECT_EQ(report.failure, SimFailure::kNone) << report.violation;
  EXPECT_GT(report.virtual_time, std::chrono::milliseconds(500));
}

TEST(PaymentWithoutProtocolTest, MostRunsAreDamaged) {
  const auto result = RunCampaign(WorkloadCampaign("payment", "none", 100));
  EXPECT_GT(result.damaged, 40u);
  EXPECT_EQ(result.failed, 0u);
}

}  // namespace
}  // namespace holdfast
