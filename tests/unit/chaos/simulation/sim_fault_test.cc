#include "chaos/simulation/sim_fault.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "chaos/simulation/sim_config.h"

namespace holdfast {
namespace {

// Of 500 seeds.
std::vector<SimFault> DrawMany(const FaultMix& mix, std::uint16_t workers = 3) {
  std::vector<SimFault> all;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SimConfig config{.seed = seed, .workers = workers};
    config.mix = mix;
    std::ranges::copy(DrawFaults(config), std::back_inserter(all));
  }
  return all;
}

double Share(const std::vector<SimFault>& faults, const auto& is) {
  return static_cast<double>(std::ranges::count_if(faults, is)) / static_cast<double>(faults.size());
}

FaultMix KillsOnly(double kills) { return {.kills = kills, .kill_again = 0}; }

TEST(DrawFaultsTest, EqualSeedsGiveEqualFaultsAndOthersOthers) {
  SimConfig config{.seed = 7};
  config.mix.kills = 5;
  const auto faults = DrawFaults(config);
  EXPECT_EQ(DrawFaults(config), faults);
  config.seed = 8;
  EXPECT_NE(DrawFaults(config), faults);
}

TEST(DrawFaultsTest, TheyStandInTheOrderOfTheirInstants) {
  SimConfig config{.seed = 7};
  config.mix = {.kills = 20, .store_errors = 0.01};
  const auto faults = DrawFaults(config);
  ASSERT_GT(faults.size(), 10u);
  EXPECT_TRUE(std::ranges::is_sorted(faults, {}, &SimFault::at));
}

TEST(DrawFaultsTest, KillsAreAsManyAsAskedForOnAverage) {
  EXPECT_NEAR(static_cast<double>(DrawMany(KillsOnly(0.9)).size()) / 500, 0.9, 0.1);
  EXPECT_TRUE(DrawMany(KillsOnly(0)).empty());
}

TEST(DrawFaultsTest, AFollowerComesWhileThingsRecover) {
  auto mix = KillsOnly(1);
  mix.kill_again = 0.5;
  EXPECT_NEAR(static_cast<double>(DrawMany(mix).size()) / 500, 2, 0.2);
}

TEST(DrawFaultsTest, SharesOfKillsAreAsTheMixSays) {
  const auto faults = DrawMany({.kills = 4, .kill_everything = 0.2, .kill_coordinator = 0.1, .kill_in_call = 0.3});
  const auto role = [](SimFaultRole wanted) {
    return [wanted](const SimFault& fault) { return fault.target.role == wanted; };
  };
  EXPECT_NEAR(Share(faults, role(SimFaultRole::kEverything)), 0.2, 0.05);
  EXPECT_NEAR(Share(faults, role(SimFaultRole::kCoordinator)), 0.1, 0.05);
  EXPECT_NEAR(Share(faults, role(SimFaultRole::kCaller)), 0.3, 0.05);
  EXPECT_NEAR(Share(faults, role(SimFaultRole::kWorker)), 0.4, 0.05);
}

TEST(DrawFaultsTest, OnlyAKillOfTheCallerWaitsForACall) {
  for (const auto& fault : DrawMany({.kills = 4, .kill_in_call = 0.5})) {
    EXPECT_EQ(fault.when.has_value(), fault.target.role == SimFaultRole::kCaller) << DescribeFault(fault);
  }
}

TEST(DrawFaultsTest, EveryWorkerIsHitAndNoOther) {
  std::array<int, 3> hits{};
  for (const auto& fault : DrawMany(KillsOnly(2))) {
    if (fault.target.role == SimFaultRole::kWorker) ++hits.at(fault.target.worker.value);
  }
  EXPECT_GT(std::ranges::min(hits), 0);
}

TEST(DrawFaultsTest, TroubleOfDisksAndSlownessEnd) {
  auto mix = KillsOnly(0);
  mix.store_errors = mix.log_errors = mix.slow_work = 0.5;
  const auto faults = DrawMany(mix, 2);
  EXPECT_EQ(faults.size(), 500u * 4);  // The store, two workers' disks, and slowness.
  for (const auto& fault : faults) EXPECT_GT(fault.lasts, Duration(0));
}

TEST(DescribeFaultTest, SaysWhatHappensToWhomAndWhen) {
  SimFault kill{.at = std::chrono::milliseconds(3), .target = {SimFaultRole::kWorker, WorkerId(1)}};
  kill.restart_after = std::chrono::microseconds(1500);
  EXPECT_EQ(DescribeFault(kill), "at 3ms, kill worker 1, back after 1500us");
  kill.target = {SimFaultRole::kCaller};
  kill.when = AwaitedCall{.disk = {SimFaultRole::kStore}, .nth = 4, .only_syncs = true};
  EXPECT_EQ(DescribeFault(kill), "at 3ms, kill the caller of sync 4 on the disk of store, back after 1500us");
}

// A class of faults that is off draws nothing, and one that is on leaves the others as they were.
TEST(DrawFaultsTest, PausesComeBesideTheOtherFaultsOfASeed) {
  SimConfig config{.seed = 11};
  config.mix = {.kills = 3, .store_errors = 0.01};
  const auto without = DrawFaults(config);
  config.mix.pauses = 5;
  auto with = DrawFaults(config);
  std::erase_if(with, [](const SimFault& fault) { return fault.verb == SimFaultVerb::kPause; });
  EXPECT_EQ(with, without);
}

TEST(DrawFaultsTest, ChannelFaultsComeBesideTheOtherFaultsOfASeed) {
  SimConfig config{.seed = 11};
  config.mix = {.kills = 3, .pauses = 2};
  const auto without = DrawFaults(config);
  config.mix.holds = 5;
  config.mix.delay = std::chrono::milliseconds(1);
  config.mix.duplicates = config.mix.reorders = 0.5;
  auto with = DrawFaults(config);
  EXPECT_EQ(
      std::erase_if(with, [](const SimFault& fault) { return IsChannelFault(fault.verb) && fault.at.count() == 0; }),
      3u);
  EXPECT_GT(std::erase_if(with, [](const SimFault& fault) { return fault.verb == SimFaultVerb::kHold; }), 0u);
  EXPECT_EQ(with, without);
}

TEST(DrawFaultsTest, FaultsOfPortsComeBesideTheOtherFaultsOfASeed) {
  SimConfig config{.seed = 11};
  config.mix = {.kills = 3, .pauses = 2, .holds = 2};
  const auto without = DrawFaults(config);
  config.mix.sink_errors = 0.5;
  config.mix.slow_sink = std::chrono::milliseconds(1);
  config.mix.function_errors = config.mix.wrong_replies = config.mix.slow_functions = 0.1;
  auto with = DrawFaults(config);
  EXPECT_EQ(std::erase_if(with, [](const SimFault& fault) { return fault.verb >= SimFaultVerb::kSinkErrors; }), 5u);
  EXPECT_EQ(with, without);
}

TEST(DrawFaultsTest, FaultsOfClocksAndDisksComeBesideTheOtherFaultsOfASeed) {
  SimConfig config{.seed = 11};
  config.mix = {.kills = 3, .pauses = 2, .holds = 2, .sink_errors = 0.5};
  const auto without = DrawFaults(config);
  config.mix.clocks_set = config.mix.clock_drifts = config.mix.disks_full = 20;
  config.mix.slow_disks = std::chrono::milliseconds(1);
  config.mix.bit_flips = config.mix.stale_lists = 0.1;
  auto with = DrawFaults(config);
  std::set<SimFaultVerb> drawn;
  std::erase_if(with, [&](const SimFault& fault) {
    const bool is = IsClockFault(fault.verb) || fault.verb >= SimFaultVerb::kDiskFull;
    if (is) drawn.insert(fault.verb);
    return is;
  });
  EXPECT_EQ(drawn.size(), 7u);
  EXPECT_EQ(with, without);
}

TEST(DrawFaultsTest, OnlyAWorkerThatNeverSpillsHasAFullDisk) {
  SimConfig config{.queue_memory = 500};
  config.mix = {.kills = 0, .disks_full = 20};
  for (const auto& full : DrawFaults(config)) EXPECT_EQ(full.target.role, SimFaultRole::kStore) << DescribeFault(full);
}

TEST(LosesTimeTest, AClockThatIsBehindMakesWhatIsDueLate) {
  using std::chrono::milliseconds;
  EXPECT_EQ(LosesTime({.verb = SimFaultVerb::kClockBack, .by = milliseconds(3)}), milliseconds(3));
  EXPECT_EQ(LosesTime({.verb = SimFaultVerb::kClockForward, .by = milliseconds(3)}), Duration(0));
  EXPECT_EQ(LosesTime({.verb = SimFaultVerb::kClockDrift, .lasts = milliseconds(8), .rate = 0.25}), milliseconds(6));
  EXPECT_EQ(LosesTime({.verb = SimFaultVerb::kClockDrift, .lasts = milliseconds(8), .rate = 4}), Duration(0));
}

TEST(DrawFaultsTest, NobodyIsHeldFromItself) {
  auto mix = KillsOnly(0);
  mix.holds = 4;
  for (const auto& hold : DrawMany(mix, 2)) EXPECT_NE(hold.target, hold.to) << DescribeFault(hold);
}

TEST(DrawFaultsTest, PausesAreShorterAndLongerThanTheDetectorsPatience) {
  auto mix = KillsOnly(0);
  mix.pauses = 2;
  const auto faults = DrawMany(mix);
  EXPECT_NEAR(Share(faults, [](const auto& pause) { return pause.lasts > SimConfig().patience; }), 0.5, 0.1);
}

}  // namespace
}  // namespace holdfast
