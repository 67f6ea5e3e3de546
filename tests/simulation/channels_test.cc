// What is sent is held back, delayed, doubled and overtaken; whoever is not heard for too long is replaced while it
// runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

SimRun RunWith(const std::string& protocol, const std::vector<SimFault>& faults, std::uint64_t seed = 5) {
  auto run = DrawSimRun(TestParts(), "random-programs", protocol, seed);
  run.config.workers = 3;
  run.config.patience = 4ms;
  run.faults = faults;
  return run;
}

SimFault Hold(SimFaultTarget target, SimFaultTarget to, Duration lasts) {
  return {.at = 5ms, .verb = SimFaultVerb::kHold, .target = target, .restart_after = {}, .lasts = lasts, .to = to};
}
SimFaultTarget Worker(std::uint16_t id) { return {SimFaultRole::kWorker, WorkerId(id)}; }
constexpr SimFaultTarget kCoordinator{SimFaultRole::kCoordinator};
constexpr SimFaultTarget kEverything{SimFaultRole::kEverything};

class ChannelTest : public testing::TestWithParam<std::string> {};

TEST_P(ChannelTest, AShortHoldReplacesNobodyAndAllArrives) {
  for (const auto& target : {Worker(1), kCoordinator}) {
    SimProbes probes;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
      const auto report = RunSimRun(TestParts(), RunWith(GetParam(), {Hold(target, kEverything, 3ms)}, seed));
      EXPECT_EQ(report.violation, "");
      EXPECT_EQ(report.replaced, 0u);
      probes.Add(report.probes);
    }
    EXPECT_GT(probes.count(SimProbe::kHeldBack), 0u);
  }
}

TEST_P(ChannelTest, AWorkerBehindAPartitionIsReplacedWhileItRunsAndHarmsNobody) {
  SimProbes probes;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto report = RunSimRun(TestParts(), RunWith(GetParam(), {Hold(Worker(1), kCoordinator, 30ms)}, seed));
    EXPECT_EQ(report.violation, "");
    EXPECT_EQ(report.replaced, 1u);
    EXPECT_EQ(report.kills, 0u);
    EXPECT_EQ(report.probes.count(SimProbe::kPartitionedReplaced), 1u);
    probes.Add(report.probes);
  }
  EXPECT_GT(probes.count(SimProbe::kZombieSent), 0u) << "its peers hear it all the time";
}

TEST_P(ChannelTest, ACoordinatorThatNobodyHearsIsReplacedAndOneThatSomeHearIsNot) {
  const auto all = RunSimRun(TestParts(), RunWith(GetParam(), {Hold(kCoordinator, kEverything, 30ms)}));
  EXPECT_EQ(all.violation, "");
  EXPECT_EQ(all.probes.count(SimProbe::kPartitionedCoordinatorReplaced), 1u);
  const auto one = RunSimRun(TestParts(), RunWith(GetParam(), {Hold(kCoordinator, Worker(2), 30ms)}));
  EXPECT_EQ(one.violation, "");
  EXPECT_EQ(one.replaced, 0u);
}

TEST_P(ChannelTest, AHoldBetweenTwoWorkersConcernsNoDetector) {
  const auto report = RunSimRun(TestParts(), RunWith(GetParam(), {Hold(Worker(0), Worker(2), 60ms)}));
  EXPECT_EQ(report.violation, "");
  EXPECT_EQ(report.replaced, 0u);
  EXPECT_GT(report.probes.count(SimProbe::kHeldBack), 0u);
}

TEST_P(ChannelTest, ACampaignKeepsItsPromiseThoughChannelsAreAtTheirWorst) {
  auto campaign = WorkloadCampaign("random-programs", GetParam(), 60);
  campaign.adjust = [](SimConfig& config) {
    config.mix.holds = 3;
    config.mix.delay = 2ms;
    config.mix.duplicates = config.mix.reorders = 0.5;
  };
  const auto result = RunCampaign(campaign);
  EXPECT_EQ(result.failed, 0u) << FailureText({result});
  for (auto i = static_cast<std::size_t>(SimProbe::kHeldBack); i <= static_cast<std::size_t>(SimProbe::kControlLate);
       ++i) {
    EXPECT_GT(result.sum.probes.count(static_cast<SimProbe>(i)), 0u) << SimProbeName(static_cast<SimProbe>(i));
  }
}

INSTANTIATE_TEST_SUITE_P(All, ChannelTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

// Frames from worker 0 to worker 2, in the order they left and in the order they came; those sent meanwhile come last.
TEST(ChannelsTest, WhatWasHeldArrivesInTheOrderItWasSent) {
  std::vector<std::uint64_t> sent;
  std::vector<std::uint64_t> arrived;
  int while_held = 0;
  RunSimRun(TestParts(), RunWith("unaligned", {Hold(Worker(0), Worker(2), 20ms)}), [&](const SimEvent& event) {
    const auto& facts = event.facts;
    const bool frame = facts.fact == SimFact::kFrame && facts.place == AtWorker(WorkerId(0));
    if (frame && facts.peer == AtWorker(WorkerId(2))) sent.push_back(facts.flight);
    if (facts.fact != SimFact::kArrived || std::ranges::count(sent, facts.flight) == 0) return;
    arrived.push_back(facts.flight);
    while_held += event.time.nanos > 1'009'000'000 && event.time.nanos < 1'025'000'000;
  });
  EXPECT_GT(sent.size(), 5u);
  EXPECT_EQ(arrived, sent);
  EXPECT_EQ(while_held, 0);
}

TEST(ChannelsTest, TheEndOfAHoldSaysWhatWasVerified) {
  std::vector<std::string> healed;
  RunSimRun(TestParts(), RunWith("unaligned", {Hold(Worker(1), kEverything, 3ms)}), [&](const SimEvent& event) {
    if (event.what == "healed") healed.push_back(event.text);
  });
  EXPECT_THAT(healed, testing::ElementsAre(
                          testing::MatchesRegex("worker 1 is heard again; [0-9]+ messages had waited for 3ms")));
}

}  // namespace
}  // namespace holdfast
