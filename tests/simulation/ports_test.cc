// Ports misbehave for a while, each in its own way; the promise holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

class PortTest : public testing::TestWithParam<std::string> {
 protected:
  // Runs that keep their promise with this mix and hardly any kill; returns the rare paths they walked.
  static SimProbes Run(const std::string& workload, const std::function<void(FaultMix&)>& mix) {
    auto campaign = WorkloadCampaign(workload, GetParam(), 40);
    campaign.adjust = [mix](SimConfig& config) {
      config.mix = {.kills = 0.5};
      mix(config.mix);
    };
    const auto result = RunCampaign(campaign);
    EXPECT_EQ(result.failed, 0u) << FailureText({result});
    return result.sum.probes;
  }
};

TEST_P(PortTest, OutputComesOnceThoughConnectionsToTheSinkBreak) {
  const auto probes = Run("random-programs", [](FaultMix& mix) {
    mix.sink_errors = 0.3;
    mix.slow_sink = 5ms;
  });
  EXPECT_GT(probes.count(SimProbe::kSinkRefused), 0u);
  EXPECT_GT(probes.count(SimProbe::kSinkAnswerLost), 0u);
  EXPECT_GT(probes.count(SimProbe::kSinkSlow), 0u);
}

TEST_P(PortTest, FunctionsThatFailHangOrAnswerNonsenseRunAgainAndCountOnce) {
  for (const auto* workload : {"random-programs", "greeter"}) {
    const auto probes = Run(workload, [](FaultMix& mix) {
      mix.function_errors = mix.wrong_replies = 0.1;
      mix.slow_functions = 0.01;
    });
    EXPECT_GT(probes.count(SimProbe::kFunctionFailed), 0u);
    EXPECT_GT(probes.count(SimProbe::kWrongReply), 0u);
    EXPECT_GT(probes.count(SimProbe::kFunctionSlow), 0u);
    EXPECT_GT(probes.count(SimProbe::kHangReplaced), 0u);
  }
}

TEST_P(PortTest, DelayedMessagesComeOnceThoughClocksAreSetAndDrift) {
  const auto probes = Run("random-programs", [](FaultMix& mix) { mix.clocks_set = mix.clock_drifts = 4; });
  EXPECT_GT(probes.count(SimProbe::kClockSetBack), 0u);
  EXPECT_GT(probes.count(SimProbe::kClockSetForward), 0u);
}

TEST_P(PortTest, DisksThatAreFullOrSlowAreOutlived) {
  const auto probes = Run("random-programs", [](FaultMix& mix) {
    mix.disks_full = 4;
    mix.slow_disks = 5ms;
  });
  EXPECT_GT(probes.count(SimProbe::kWriteToFullDisk), 0u);
}

TEST_P(PortTest, DamageThatIsReadIsSeenBeforeAnybodyActsOnIt) {
  const auto probes = Run("random-programs", [](FaultMix& mix) {
    mix.kills = 3;
    mix.bit_flips = 0.1;
  });
  EXPECT_GT(probes.count(SimProbe::kDamagedRead), 0u);
  EXPECT_GT(probes.count(SimProbe::kStoppedForDamage), 0u);
}

TEST_P(PortTest, NobodyGoesBackTooFarBecauseAListingIsStale) {
  const auto probes = Run("random-programs", [](FaultMix& mix) {
    mix.kills = 3;
    mix.stale_lists = 0.7;
  });
  EXPECT_GT(probes.count(SimProbe::kStaleList), 0u);
}

INSTANTIATE_TEST_SUITE_P(All, PortTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

}  // namespace
}  // namespace holdfast
