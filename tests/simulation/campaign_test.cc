#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

class ProtocolTest : public testing::TestWithParam<std::string> {};

TEST_P(ProtocolTest, KeepsItsPromiseAndRunsEachSeedTheSameTwice) {
  auto campaign = GreeterCampaign(GetParam(), 150);
  campaign.twice = true;
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
}

TEST_P(ProtocolTest, TakesALargerClusterToo) {
  auto campaign = GreeterCampaign(GetParam(), 15);
  campaign.adjust = [](SimConfig& config) {
    config.workers = 8;
    config.mix.kills = 2;
  };
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
}

INSTANTIATE_TEST_SUITE_P(All, ProtocolTest, testing::Values("none", "stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

// The negative control: if nothing is lost without protection, the kills hit nothing and the other runs prove nothing.
TEST(CampaignTest, WithoutAProtocolMostRunsAreDamaged) {
  const auto result = RunCampaign(GreeterCampaign("none", 150));
  EXPECT_GT(result.damaged, 50u);
  EXPECT_GT(result.sum.ledger.missing, 0u);
  EXPECT_GT(result.sum.ledger.duplicate + result.sum.ledger.contradictory, 0u);
}

TEST(CampaignTest, ASmallRunHasAKillTwoSnapshotsAndMostMessagesBetweenWorkers) {
  for (const auto* protocol : {"stop-the-world", "unaligned", "message-logging"}) {
    const auto result = RunCampaign(GreeterCampaign(protocol, 300));
    EXPECT_NEAR(result.Mean(result.sum.kills), 1, 0.3) << protocol;
    EXPECT_GT(result.Mean(result.sum.snapshots), 2) << protocol;
    EXPECT_GT(result.RemoteShare(), 0.5) << protocol;
  }
}

// The one that no run can walk: a position is committed once.
bool NobodyWalks(SimProbe probe) { return probe == SimProbe::kEgressRepeated; }

TEST(CampaignTest, EveryRarePathIsWalkedBySomeRun) {
  SimProbes probes;
  for (const auto* protocol : {"stop-the-world", "unaligned", "message-logging"}) {
    for (const auto* workload : {"greeter", "random-programs"}) {
      auto campaign = WorkloadCampaign(workload, protocol, 150);
      campaign.adjust = [](SimConfig& config) {
        config.mix.kills = 2;
        config.mix.pauses = 1;
      };
      probes.Add(RunCampaign(campaign).sum.probes);
    }
  }
  for (std::size_t i = 0; i < kSimProbes; ++i) {
    const auto probe = static_cast<SimProbe>(i);
    EXPECT_EQ(probes.count(probe) > 0, !NobodyWalks(probe)) << SimProbeName(probe);
  }
}

TEST(CampaignTest, ACampaignSaysWhichRarePathsNoRunWalked) {
  auto campaign = GreeterCampaign("stop-the-world", 5);
  campaign.adjust = [](SimConfig& config) { config.mix = {.kills = 0}; };
  const auto text = ProbeTable({campaign}, {RunCampaign(campaign)});
  EXPECT_THAT(text, testing::ContainsRegex("never walked: .*kill in a manifest's write;"));
}

TEST(CampaignTest, TwoThreadsSeeWhatOneSees) {
  auto campaign = GreeterCampaign("unaligned", 60);
  const auto alone = RunCampaign(campaign);
  campaign.jobs = 2;
  const auto together = RunCampaign(campaign);
  EXPECT_EQ(together.runs, alone.runs);
  EXPECT_EQ(together.sum.hash, alone.sum.hash);
  EXPECT_EQ(together.sum.units, alone.sum.units);
}

TEST(CampaignTest, AFailureNamesItsSeedAndTheCommandThatReplaysIt) {
  SimulateOptions options;
  options.protocol = "message-logging";
  options.seeds = 20;
  options.skip_sync = "log.block";
  const auto campaign = PlanCampaigns(TestParts(), options)->front();
  const auto result = RunCampaign(campaign);
  ASSERT_FALSE(result.failures.empty());
  const auto& failure = result.failures.front();
  EXPECT_EQ(failure.replay, fmt::format("holdfast simulate --workload greeter --protocol message-logging --skip-sync "
                                        "log.block --seed {}",
                                        failure.seed));
  EXPECT_EQ(RunSeed(campaign, failure.seed).violation, failure.what);
}

TEST(CampaignTest, ARunThatAbortsTheProcessLeavesTheCommandThatReplaysIt) {
  auto campaign = GreeterCampaign("none", 1);
  campaign.adjust = [](SimConfig& config) { HOLDFAST_CHECK(config.seed == 0, "a broken invariant"); };
  EXPECT_DEATH(RunCampaign(campaign), "a broken invariant.*\n.*holdfast simulate .* --protocol none --seed 1\n");
}

// An input that answers differently each time it is asked stands for any nondeterminism.
class ForgetfulInput final : public Input {
 public:
  explicit ForgetfulInput(std::shared_ptr<const Input> input) : input_(std::move(input)) {}
  std::uint16_t partitions() const override { return input_->partitions(); }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override {
    input_->Record(partition, offset, record);
    static int asked = 0;
    record.key += std::to_string(asked++);
  }

 private:
  std::shared_ptr<const Input> input_;
};

TEST(CampaignTest, RunsThatPartAreShownWhereTheyPart) {
  auto campaign = GreeterCampaign("none", 1);
  campaign.twice = true;
  campaign.make_parts = [make = campaign.make_parts](std::uint64_t seed) {
    auto parts = make(seed);
    parts.input = std::make_shared<ForgetfulInput>(parts.input);
    return parts;
  };
  const auto result = RunCampaign(campaign);
  ASSERT_EQ(result.failed, 1u);
  EXPECT_TRUE(result.failures.front().what.starts_with("two runs part at event ")) << result.failures.front().what;
}

TEST(CampaignTest, AListenerHearsTheStoryAndChangesNothing) {
  const auto campaign = GreeterCampaign("unaligned", 1);
  std::map<std::string, int> heard;
  const auto report = RunSeed(campaign, 1, [&](const SimEvent& event) { ++heard[std::string(event.what)]; });
  EXPECT_EQ(report.hash, RunSeed(campaign, 1).hash);
  EXPECT_EQ(heard["complete"], static_cast<int>(report.snapshots));
  for (const auto* what : {"frame", "order", "report", "disk", "run", "commit", "triggered"}) EXPECT_GT(heard[what], 0);
}

std::string RefusalOf(std::string SimulateOptions::*option, const std::string& value) {
  SimulateOptions options;
  options.*option = value;
  return PlanCampaigns(TestParts(), options).status().error().message;
}

TEST(SimulateTest, WhatIsUnknownIsRefusedWithWhatIsKnown) {
  EXPECT_THAT(RefusalOf(&SimulateOptions::workload, "greter"), testing::HasSubstr("did you mean greeter?"));
  EXPECT_THAT(RefusalOf(&SimulateOptions::protocol, "aligned"), testing::HasSubstr("known: "));
  EXPECT_THAT(RefusalOf(&SimulateOptions::skip_sync, "log"), testing::HasSubstr("log.block"));
}

}  // namespace
}  // namespace holdfast
