// Processes that stand still for longer than anybody waits: they are replaced, go on, and harm nobody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/fault_text.h"
#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

SimRun RunWith(const std::string& protocol, const std::vector<SimFault>& faults) {
  auto run = DrawSimRun(TestParts(), "random-programs", protocol, 5);
  run.config.workers = 3;
  run.config.patience = 4ms;
  run.faults = faults;
  return run;
}

SimFault Pause(SimFaultTarget target, Duration lasts) {
  return {.at = 5ms, .verb = SimFaultVerb::kPause, .target = target, .restart_after = {}, .lasts = lasts};
}
SimFault PauseWorker(Duration lasts) { return Pause({SimFaultRole::kWorker, WorkerId(1)}, lasts); }
SimFault PauseCoordinator(Duration lasts) { return Pause({SimFaultRole::kCoordinator}, lasts); }

class PauseTest : public testing::TestWithParam<std::string> {};

TEST_P(PauseTest, AShortOneReplacesNobody) {
  for (const auto& pause : {PauseWorker(3ms), PauseCoordinator(3ms)}) {
    const auto report = RunSimRun(TestParts(), RunWith(GetParam(), {pause}));
    EXPECT_EQ(report.violation, "");
    EXPECT_EQ(report.replaced, 0u);
  }
}

TEST_P(PauseTest, AWorkerThatIsReplacedGoesOnBesideItsSuccessorAndHarmsNobody) {
  const auto report = RunSimRun(TestParts(), RunWith(GetParam(), {PauseWorker(20ms)}));
  EXPECT_EQ(report.violation, "");
  EXPECT_EQ(report.replaced, 1u);
  EXPECT_EQ(report.kills, 0u);
  EXPECT_GT(report.restores, 1u);
  EXPECT_GT(report.probes.count(SimProbe::kZombieSent), 0u);
}

TEST_P(PauseTest, ACoordinatorThatIsReplacedFindsItsFenceAndEnds) {
  const auto report = RunSimRun(TestParts(), RunWith(GetParam(), {PauseCoordinator(20ms)}));
  EXPECT_EQ(report.violation, "");
  EXPECT_EQ(report.replaced, 1u);
  EXPECT_EQ(report.probes.count(SimProbe::kCoordinatorReplaced), 1u);
}

// Two of a worker's processes are behind it, and its coordinator is replaced in between.
TEST_P(PauseTest, ReplacementsMayBeReplaced) {
  auto again = PauseWorker(30ms);
  again.at = 12ms;
  auto coordinator = PauseCoordinator(20ms);
  coordinator.at = 18ms;
  const auto run = RunWith(GetParam(), {PauseWorker(40ms), again, coordinator});
  const auto report = RunSimRun(TestParts(), run);
  EXPECT_EQ(report.violation, "");
  EXPECT_EQ(report.replaced, 3u);
  EXPECT_EQ(RunSimRun(TestParts(), run).hash, report.hash);
}

INSTANTIATE_TEST_SUITE_P(All, PauseTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

TEST(PausesTest, TheEndOfOneSaysWhatWasVerified) {
  std::vector<std::string> healed;
  RunSimRun(TestParts(), RunWith("unaligned", {PauseWorker(3ms), PauseCoordinator(20ms)}), [&](const SimEvent& event) {
    if (event.what == "healed") healed.push_back(event.text);
  });
  EXPECT_THAT(healed, testing::ElementsAre(testing::MatchesRegex("worker 1 goes on; [0-9]+ events had waited for 3ms"),
                                           HasSubstr("coordinator goes on, replaced; ")));
}

TEST(PausesTest, NothingHappensInAProcessThatStandsStill) {
  int runs = 0;
  bool still = false;
  RunSimRun(TestParts(), RunWith("unaligned", {PauseWorker(3ms)}), [&](const SimEvent& event) {
    if (event.what == "fault") still = true;
    if (event.what == "healed") still = false;
    runs += still && event.what == "run" && event.text.starts_with("worker 1 ") && event.time.nanos < 1'008'000'000;
  });
  EXPECT_EQ(runs, 0);
}

TEST(PausesTest, ACampaignKeepsItsPromiseAndMeetsZombiesOfEveryKind) {
  SimProbes probes;
  for (const auto* protocol : {"stop-the-world", "unaligned", "message-logging"}) {
    auto campaign = WorkloadCampaign("random-programs", protocol, 80);
    campaign.adjust = [](SimConfig& config) { config.mix.pauses = 3; };
    const auto result = RunCampaign(campaign);
    EXPECT_EQ(result.failed, 0u) << FailureText({result});
    probes.Add(result.sum.probes);
  }
  for (auto i = static_cast<std::size_t>(SimProbe::kZombieFenced);
       i <= static_cast<std::size_t>(SimProbe::kZombieCoordinatorStopped); ++i) {
    EXPECT_GT(probes.count(static_cast<SimProbe>(i)), 0u) << SimProbeName(static_cast<SimProbe>(i));
  }
}

}  // namespace
}  // namespace holdfast
