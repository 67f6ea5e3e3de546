// A run as a file is the same run; a bad file is refused where it is bad.
#include "apps/simulate/run_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/fault_text.h"
#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

class RunFileTest : public testing::TestWithParam<std::string> {};

TEST_P(RunFileTest, ARunReadFromItsTextHappensAsItsSeedDid) {
  for (const auto* workload : {"chain", "fraud-bandit", "fraud-detection", "greeter", "iot-aggregates", "key-value",
                               "payment", "random-programs", "shopping-cart"}) {
    const auto campaign = WorkloadCampaign(workload, GetParam(), 1);
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
      const auto text = WriteSimRun(DrawSimRun(TestParts(), workload, GetParam(), seed), "A run.\nOf many.");
      const auto run = ReadSimRun(TestParts(), text, "run.yaml");
      ASSERT_TRUE(run.ok()) << run.error().message << "\n" << text;
      EXPECT_EQ(RunSimRun(TestParts(), *run).hash, RunSeed(campaign, seed).hash) << text;
      EXPECT_EQ(WriteSimRun(*run, "A run.\nOf many."), text);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, RunFileTest, testing::Values("none", "stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

constexpr std::string_view kGood = R"(seed: 17
protocol: unaligned
workload:
  name: greeter
  keys: 20
cluster:
  workers: 3
faults:
  - {at: 3ms, do: kill, target: worker 1, restart-after: 2ms}
  - {at: 7ms, when: {event: sync, of: store, nth: 3}, do: kill, target: caller}
  - {do: disk-errors, target: store, chance: 0.01, for: 2s}
  - {at: 9ms, do: pause, target: worker 2, for: 20ms}
)";

TEST(ReadSimRunTest, ReadsWhatIsWrittenAndDefaultsTheRest) {
  const auto run = ReadSimRun(TestParts(), kGood, "run.yaml");
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ(run->config.seed, 17u);
  EXPECT_EQ(run->workload_options.GetInt("keys"), 20);
  EXPECT_EQ(run->config.slice, 16u);
  ASSERT_EQ(run->faults.size(), 4u);
  EXPECT_EQ(WriteFault(run->faults[0]), "{at: 3ms, do: kill, target: worker 1, restart-after: 2ms}");
  EXPECT_EQ(run->faults[1].when->nth, 3u);
  EXPECT_EQ(run->faults[2].lasts, std::chrono::seconds(2));
  EXPECT_EQ(WriteFault(run->faults[3]), "{at: 9ms, do: pause, target: worker 2, for: 20ms}");
}

// The error that `kGood` gives when `good` in it is replaced with `bad`.
std::string ErrorOf(std::string_view good, std::string_view bad) {
  std::string text(kGood);
  text.replace(text.find(good), good.size(), bad);
  return ReadSimRun(TestParts(), text, "run.yaml").status().error().message;
}

TEST(ReadSimRunTest, UnknownNamesAreRefusedWhereTheyStandWithWhatIsKnown) {
  EXPECT_EQ(ErrorOf("protocol: unaligned", "protocol: unalinged"),
            "HF-CONFIG-004 run.yaml:2: unknown protocol 'unalinged'; known: message-logging, none, stop-the-world, "
            "unaligned (did you mean unaligned?)");
  EXPECT_THAT(ErrorOf("name: greeter", "name: greter"), HasSubstr("run.yaml:4: unknown workload 'greter'"));
  EXPECT_THAT(ErrorOf("workers: 3", "workres: 3"), HasSubstr("run.yaml:7: the cluster has no key 'workres'"));
  EXPECT_THAT(ErrorOf("cluster:", "clusters:"), HasSubstr("run.yaml:6: the run has no key 'clusters'"));
  EXPECT_THAT(ErrorOf("workers: 3", "skip-sync: log"), HasSubstr("run.yaml:7: unknown sync site 'log'; known: "));
}

TEST(ReadSimRunTest, BadFaultsAreRefusedWhereTheyStand) {
  EXPECT_THAT(ErrorOf("do: kill, target: worker 1", "do: kil, target: worker 1"),
              testing::AllOf(testing::StartsWith("HF-CONFIG-004 run.yaml:9: unknown fault 'kil'; known: kill, disk-e"),
                             testing::EndsWith("(did you mean kill?)")));
  EXPECT_EQ(ErrorOf("target: worker 1", "target: worker 3"),
            "HF-CONFIG-004 run.yaml:9: kill: unknown target 'worker 3'; known: worker 0, worker 1, worker 2, "
            "coordinator, everything, caller (did you mean worker 0?)");
  EXPECT_THAT(ErrorOf("at: 3ms", "at: 3"), HasSubstr("run.yaml:9: at of kill: '3' is not a duration"));
  EXPECT_THAT(ErrorOf("target: worker 1, ", ""), HasSubstr("run.yaml:9: kill has no target"));
  EXPECT_THAT(ErrorOf("chance: 0.01", "chance: 1.5"), HasSubstr("run.yaml:11: chance of disk-errors is 1.5"));
  EXPECT_THAT(ErrorOf("chance: 0.01", "restart-after: 1s"), HasSubstr("run.yaml:11: disk-errors has no key"));
  EXPECT_THAT(ErrorOf("target: caller", "target: worker 0"), HasSubstr("run.yaml:10: a kill that waits for a call"));
  EXPECT_THAT(ErrorOf("target: worker 2", "target: store"), HasSubstr("run.yaml:12: pause: unknown target 'store'"));
  EXPECT_THAT(ErrorOf("for: 20ms", "chance: 1"), HasSubstr("run.yaml:12: pause has no key 'chance'"));
  EXPECT_THAT(ErrorOf("target: worker 1", "target: caller"), HasSubstr("run.yaml:9: target: caller needs the call"));
}

// Reads a run whose last fault is this one.
std::string WrittenBack(const char* line) {
  std::string text(kGood);
  text.replace(text.find("{at: 9ms"), text.rfind('}') - text.find("{at: 9ms") + 1, line);
  const auto run = ReadSimRun(TestParts(), text, "run.yaml");
  return run.ok() ? WriteFault(run->faults.back()) : run.error().message;
}

TEST(ReadSimRunTest, FaultsOfPortsReadBack) {
  for (const auto* line : {"{at: 9ms, do: sink-errors, target: worker 1, chance: 0.5, for: 1s}",
                           "{at: 9ms, do: slow-sink, target: everything, by: 1500us, for: 1s}",
                           "{at: 9ms, do: function-errors, target: worker 0, chance: 0.5, for: 1s}",
                           "{at: 9ms, do: wrong-replies, target: everything, chance: 0.5, for: 1s}",
                           "{at: 9ms, do: slow-functions, target: worker 0, chance: 0.5, by: 2ms, for: 1s}",
                           "{at: 9ms, do: clock-forward, target: everything, by: 1s}",
                           "{at: 9ms, do: clock-back, target: worker 1, by: 5ms}",
                           "{at: 9ms, do: clock-drift, target: worker 1, rate: 0.5, for: 5ms}",
                           "{at: 9ms, do: disk-full, target: worker 1, chance: 1, for: 5ms}",
                           "{at: 9ms, do: slow-disk, target: store, by: 2ms, for: 1s}",
                           "{at: 9ms, do: bit-flips, target: store, chance: 0.5, for: 1s}",
                           "{at: 9ms, do: stale-lists, target: store, chance: 0.5, for: 1s}"}) {
    EXPECT_EQ(WrittenBack(line), line);
  }
  EXPECT_THAT(WrittenBack("{at: 9ms, do: bit-flips, target: worker 1}"), HasSubstr("bit-flips: unknown target"));
  EXPECT_THAT(WrittenBack("{at: 9ms, do: clock-back, target: coordinator}"), HasSubstr("unknown target 'coordinator'"));
}

TEST(ReadSimRunTest, ChannelFaultsReadBackAndNameTheirReceivers) {
  const std::string pause = "do: pause, target: worker 2, for: 20ms";
  for (const auto* line : {"{at: 9ms, do: hold, target: worker 2, to: worker 1, for: 20ms}",
                           "{at: 9ms, do: hold, target: coordinator, to: everything, for: 20ms}",
                           "{at: 9ms, do: delay, target: everything, to: coordinator, by: 1500us, for: 1s}",
                           "{at: 9ms, do: duplicate, target: worker 0, chance: 0.5, for: 1s}",
                           "{at: 9ms, do: reorder, target: coordinator, chance: 0.5, by: 2ms, for: 1s}"}) {
    EXPECT_EQ(WrittenBack(line), line);
  }
  EXPECT_THAT(ErrorOf(pause, "do: hold, target: worker 2, to: worker 4"), HasSubstr("run.yaml:12: to: unknown target"));
  EXPECT_THAT(ErrorOf(pause, "do: hold, target: worker 2, to: worker 2"), HasSubstr("sends itself nothing"));
  EXPECT_THAT(ErrorOf(pause, "do: hold, target: store"), HasSubstr("hold: unknown target 'store'"));
}

TEST(ReadSimRunTest, RepeatedRandomAndLaterFaultsAreExpandedWhenRead) {
  std::string text(kGood.substr(0, kGood.find("  - ")));
  text +=
      "  - {id: a, at: 3ms, every: 2ms, times: 2, do: pause, target: worker 1, for: 1ms}\n"
      "  - {after: a-2, at: 4ms, do: kill, target: coordinator}\n"
      "  - random: {faults: [kill, {do: slow-work, target: everything}], count: 5, between: [10ms, 20ms]}\n";
  const auto run = ReadSimRun(TestParts(), text, "run.yaml");
  ASSERT_TRUE(run.ok()) << run.error().message;
  ASSERT_EQ(run->faults.size(), 8u);
  EXPECT_EQ(WriteFault(run->faults[1]), "{at: 5ms, do: pause, target: worker 1, for: 1ms}");
  EXPECT_EQ(WriteFault(run->faults[2]), "{at: 9ms, do: kill, target: coordinator, restart-after: 1ms}");
  EXPECT_EQ(ReadSimRun(TestParts(), WriteSimRun(*run, ""), "run.yaml")->faults, run->faults);
}

TEST(ReadSimRunTest, WhatIsMissingIsNamed) {
  EXPECT_THAT(ErrorOf("seed: 17\n", ""), HasSubstr("the run has no seed"));
  EXPECT_THAT(ErrorOf("  name: greeter\n", ""), HasSubstr("the workload has no name"));
  EXPECT_THAT(LoadSimRun(TestParts(), "no/such.yaml").status().error().message,
              HasSubstr("HF-CONFIG-001 no/such.yaml"));
}

}  // namespace
}  // namespace holdfast
