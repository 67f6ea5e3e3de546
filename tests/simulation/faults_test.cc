// A run's faults are a list: what is left out of it does not happen, and the rest of the run stays what it was.
#include <gtest/gtest.h>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

// The greeter's run of one seed, with faults of the test's own.
class FaultListTest : public testing::Test {
 protected:
  SimReport Run(std::uint64_t seed, const std::vector<SimFault>& faults, const SimListener& listener = {}) const {
    auto parts = campaign_.make_parts(seed);
    parts.protocol = campaign_.protocol;
    return Simulate(ConfigOf(seed), faults, std::move(parts), listener);
  }
  static SimConfig ConfigOf(std::uint64_t seed) {
    auto config = DrawSimConfig(seed);
    config.workers = 3;
    return config;
  }

 private:
  const Campaign campaign_ = GreeterCampaign("unaligned", 1);
};

SimFault KillWorkerAt(Duration at) { return {.at = at, .target = {SimFaultRole::kWorker, WorkerId(1)}}; }

TEST_F(FaultListTest, WithoutFaultsNothingIsKilledAndNothingRestoredTwice) {
  const auto report = Run(1, {});
  EXPECT_EQ(report.violation, "");
  EXPECT_EQ(report.kills, 0u);
  EXPECT_EQ(report.restores, 1u);
}

TEST_F(FaultListTest, EachKillStrikes) {
  const auto report = Run(1, {KillWorkerAt(std::chrono::milliseconds(3)), KillWorkerAt(std::chrono::milliseconds(30))});
  EXPECT_EQ(report.violation, "");
  EXPECT_EQ(report.kills, 2u);
}

TEST_F(FaultListTest, AKillInACallStrikesInThatCall) {
  SimFault kill{.at = Duration(0), .target = {SimFaultRole::kCaller}};
  kill.when = AwaitedCall{.disk = {SimFaultRole::kStore}, .nth = 3};
  bool awaited = false;
  bool killed = false;
  int calls = 0;
  Run(1, {kill}, [&](const SimEvent& event) {
    awaited |= event.what == "fault";
    killed |= event.what == "kill";
    const bool counts =
        event.what == "disk" && event.text.starts_with("store") && event.text.find("remove") == std::string::npos;
    calls += counts && awaited && !killed;
  });
  EXPECT_TRUE(killed);
  EXPECT_EQ(calls, 3);
}

TEST_F(FaultListTest, LeavingOneOutChangesNothingBeforeIt) {
  const auto first = KillWorkerAt(std::chrono::milliseconds(3));
  const auto second = KillWorkerAt(std::chrono::milliseconds(9));
  const auto before = [&](const std::vector<SimFault>& faults) {
    std::vector<std::uint64_t> hashes;
    Run(1, faults, [&](const SimEvent& event) {
      if (event.time.nanos < 1'009'000'000) hashes.push_back(event.hash);
    });
    return hashes;
  };
  const auto both = before({first, second});
  EXPECT_GT(both.size(), 50u);
  EXPECT_EQ(before({first}), both);
}

}  // namespace
}  // namespace holdfast
