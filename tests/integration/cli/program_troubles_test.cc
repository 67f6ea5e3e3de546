// The program's runs on ports that misbehave: real processes, real kills, and what stands in the record.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "results/record/run_io.h"
#include "tests/integration/cli/program_rig.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Each trouble takes hold, ends, and the promise holds; the clock stays as it was set.
TEST_F(ProgramTest, PortsThatMisbehaveAreStoodAndThatTheyDidIsOnRecord) {
  std::ofstream(folder_ / "faults.yaml")
      << "- {at: 100ms, do: disk-errors, chance: 0.2, for: 150ms}\n"
         "- {at: 700ms, do: slow-disk, by: 20ms, for: 200ms}\n"  // Something waits at the kill.
         "- {at: 400ms, do: function-errors, chance: 0.05, for: 100ms}\n"
         "- {at: 550ms, do: wrong-replies, chance: 0.05, for: 100ms}\n"
         "- {at: 600ms, do: clock-forward, by: 1s}\n"
         "- {at: 700ms, do: slow-functions, by: 1ms, for: 100ms}\n"
         "- {at: 800ms, do: kill}\n"
         "- {at: 1s, do: disk-full, for: 100ms}\n"
         "- {at: 1100ms, do: clock-back, by: 1500ms}\n";
  const auto outcome =
      Run({"--set", "load.duration=1500ms", "--set", "workload=random-programs", "--set", "load.rate=500/s", "--set",
           "protocol=message-logging", "--fault", folder_ / "faults.yaml"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto point = record::ReadRun(OnlyRun()).value().points.front();
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 9u);
  for (const auto& fault : point.faults) {
    EXPECT_TRUE(fault.verified) << fault.verb << " " << fault.detail;
    const bool stays = fault.verb.starts_with("clock");
    EXPECT_EQ(fault.heal_verified, !stays) << fault.verb;
    EXPECT_EQ(fault.healed_s.has_value(), !stays) << fault.verb;
  }
}

TEST_F(ProgramTest, WhatKeepsTheStateMayNotAnswerForAWhile) {
  const auto outcome = Run({"--set", "load.duration=1200ms", "--fault", "state-outage@300ms..600ms"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto point = record::ReadRun(OnlyRun()).value().points.front();
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 1u);
  EXPECT_TRUE(point.faults[0].verified && point.faults[0].heal_verified);
  ASSERT_EQ(point.recovery.size(), 1u);
  EXPECT_GE(point.recovery[0].first_output_s.value_or(0), 0.2) << "output went on without a disk";
}

// A partition that a kill ends, one that heals, messages that are late or come twice, and a sink that breaks off: each
// is met, is over, and the promise holds.
class TroubledWaysTest : public ProgramTest, public testing::WithParamInterface<const char*> {};

TEST_P(TroubledWaysTest, AreStoodBesideKillsAndThatTheyWereMetIsOnRecord) {
  std::ofstream(folder_ / "faults.yaml")
      << "- {at: 100ms, do: hold, target: worker 1, to: worker 2, for: 200ms}\n"
         "- {at: 100ms, do: hold, target: worker 2, to: worker 1, for: 200ms}\n"
         "- {id: first, at: 200ms, do: kill}\n"
         "- {after: first, when: {event: first-unit}, do: delay, target: everything, by: 5ms, for: 200ms}\n"
         "- {after: first, when: {event: first-unit}, do: reorder, target: everything, chance: 0.5, by: 30ms, for: "
         "500ms}\n"
         "- {id: twice, after: first, when: {event: first-unit}, do: duplicate, target: everything, chance: 0.5, for: "
         "500ms}\n"
         "- {id: second, after: twice, at: 250ms, do: kill}\n"
         "- {id: silent, after: second, when: {event: first-unit}, do: hold, target: coordinator, for: 250ms}\n"
         "- {id: sink, after: silent, at: 300ms, do: sink-errors, target: everything, chance: 0.7, for: 500ms}\n"
         "- {after: silent, at: 300ms, do: slow-sink, target: worker 0, by: 20ms, for: 500ms}\n"
         "- {after: sink, at: 250ms, do: kill}\n";
  const auto outcome =
      Run({"--set", "load.duration=3500ms", "--set", "workload=random-programs", "--set", "load.rate=1000/s", "--set",
           fmt::format("protocol={}", GetParam()), "--set", "engine.audit=on", "--fault", folder_ / "faults.yaml"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto point = record::ReadRun(OnlyRun()).value().points.front();
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 11u);
  for (const auto& fault : point.faults) {
    EXPECT_TRUE(fault.verified) << fault.verb << " " << fault.detail;
    EXPECT_TRUE(fault.heal_verified) << fault.verb << " " << fault.detail;
  }
  EXPECT_EQ(point.faults[0].target, "worker 1");
  EXPECT_THAT(point.faults[0].detail, testing::MatchesRegex("to worker 2: .* messages met it, .* of which were on "
                                                            "their way when the system was killed"));
  EXPECT_GE(*point.faults[7].healed_s, *point.faults[7].applied_s + 0.25) << "a hold is over when it was to be";
}

INSTANTIATE_TEST_SUITE_P(Protocols, TroubledWaysTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         [](const auto& protocol) {
                           std::string name = protocol.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST_F(ProgramTest, ATroubleThatAimsAtNobodyOrCannotBeMetIsRefusedWithItsLine) {
  std::ofstream(folder_ / "faults.yaml") << "- {at: 100ms, do: hold, target: worker 2}\n"
                                            "- {at: 100ms, do: hold, target: worker 3}\n";
  const auto nobody = Run({"--fault", folder_ / "faults.yaml"});
  EXPECT_EQ(nobody.code, 2);
  EXPECT_THAT(nobody.output, HasSubstr("faults.yaml:2: hold: unknown target 'worker 3'; known: worker 0, worker 1, "));
  std::ofstream(folder_ / "faults.yaml") << "- {at: 1ms, do: sink-errors, target: everything}\n";
  const auto unanswered = Run({"--set", "protocol=none", "--fault", folder_ / "faults.yaml"});
  EXPECT_EQ(unanswered.code, 2);
  EXPECT_THAT(unanswered.output, HasSubstr("faults.yaml:1: this protocol sends its output without asking for an "));
  EXPECT_FALSE(fs::exists(runs()));
}

}  // namespace
}  // namespace holdfast
