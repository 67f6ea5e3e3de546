#include "workloads/suite/runner/fault_schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view kSites[] = {"object.name", "log.block"};
constexpr EngineCapabilities kAll{.kill = true,
                                  .progress = true,
                                  .snapshots = true,
                                  .events = true,
                                  .store = true,
                                  .ports = true,
                                  .commits = true,
                                  .sync_sites = kSites};
constexpr FaultScope kScope{.measured = 5s, .workers = 3};

SuitePart PartWith(std::string_view lines) {
  SuitePart part{.section = "fault", .name = "schedule", .options = {}, .place = {"suite.yaml", 1, 1}};
  part.steps = ConfigTree::Parse(lines, "suite.yaml").value();
  part.options = OptionSet({StringOption("steps", "[]", "The steps.")}).Defaults();
  return part;
}

std::string RefusalOf(std::string_view lines, const EngineCapabilities& capabilities = kAll) {
  const auto status = CheckFaultSchedule(PartWith(lines), kScope, capabilities);
  return status.ok() ? "no error" : status.error().message;
}

TEST(FaultScheduleTest, StepsBecomeFaultsOfTheSystem) {
  const auto plan = ReadFaultSchedule(PartWith("- {id: a, at: 1s, do: pause, for: 20ms}\n"
                                               "- {after: a, when: {event: restored, nth: 2}, do: kill}\n"),
                                      kScope, 1)
                        .value();
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].fault.verb, FaultVerb::kPause);
  EXPECT_EQ(plan[0].fault.lasts, 20ms);
  EXPECT_FALSE(plan[0].fault.at_once);
  EXPECT_EQ(plan[1].fault.verb, FaultVerb::kKill);
  EXPECT_EQ(plan[1].after, "a");
  EXPECT_EQ(plan[1].when, (AwaitedEvent{EngineEvent::kRestored, 2, ""}));
  EXPECT_TRUE(plan[1].fault.at_once);
}

TEST(FaultScheduleTest, WhatIsWrittenReadsBackToTheSame) {
  const auto drawn =
      ReadFaultSchedule(PartWith("- random: {faults: [kill, pause], count: 9, between: [1s, 4s]}\n"
                                 "- {id: a, at: 1s, do: kill, restart-after: 7ms}\n"
                                 "- {after: a, at: 2ms, when: {event: snapshot-begun}, do: kill}\n"
                                 "- {at: 1s, when: {event: sync, site: log.block, nth: 9}, do: kill}\n"
                                 "- {at: 3s, do: kill, then: older-snapshot}\n"
                                 "- {at: 3100ms, do: kill, target: everything}\n"
                                 "- {at: 3200ms, do: state-outage, for: 3ms}\n"
                                 "- {at: 1200ms, do: disk-errors, chance: 0.5, for: 300ms}\n"
                                 "- {at: 1200ms, do: slow-disk, chance: 0.5, by: 3ms, for: 300ms}\n"
                                 "- {at: 1200ms, do: disk-full}\n"
                                 "- {at: 1200ms, do: function-errors}\n"
                                 "- {at: 1200ms, do: wrong-replies, chance: 1}\n"
                                 "- {at: 1200ms, do: slow-functions, by: 1s}\n"
                                 "- {at: 1200ms, do: clock-forward, by: 1s}\n"
                                 "- {at: 1200ms, do: clock-back, by: 70ms}\n"
                                 "- {at: 1200ms, do: hold, target: worker 1, to: coordinator, for: 3ms}\n"
                                 "- {at: 2s, do: delay, target: coordinator, to: worker 2, by: 2ms}\n"
                                 "- {at: 1200ms, do: duplicate, target: everything, chance: 0.5}\n"
                                 "- {at: 1200ms, do: reorder, target: worker 0, by: 1ms, for: 3ms}\n"
                                 "- {at: 1200ms, do: sink-errors, target: everything, chance: 0.5}\n"
                                 "- {at: 1200ms, do: slow-sink, target: worker 2, by: 9ms}\n"
                                 "- {at: 1200ms, do: drop-replies, chance: 0.5}\n"
                                 "- random: {faults: [hold, delay], count: 5, between: [1s, 3s]}\n"),
                        kScope, 17)
          .value();
  const auto file = WriteFaultFile(drawn, "The faults.");
  EXPECT_THAT(file, HasSubstr("# The faults.\n# Put it into a suite, or give the file to --fault.\nfault:\n  - {at: "));
  const auto tree = ConfigTree::Parse(file, "faults.yaml").value();
  auto part = PartWith("[]");
  part.steps = *tree.Find("fault");
  auto all = kAll;
  all.services = true;
  EXPECT_TRUE(CheckFaultSchedule(part, kScope, all).ok()) << CheckFaultSchedule(part, kScope, all).error().message;
  EXPECT_EQ(WriteFaultFile(ReadFaultSchedule(part, kScope, 4711).value(), "The faults."), file);
}

TEST(FaultScheduleTest, UnknownWordsAreRefusedWhereTheyStand) {
  EXPECT_EQ(RefusalOf("- {at: 1s, do: kill}\n- {at: 2s, do: kill, target: worker 1}"),
            "HF-CONFIG-004 suite.yaml:2: kill: unknown target 'worker 1'; known: system, service, services, database, "
            "everything");
  EXPECT_THAT(RefusalOf("- {at: 1s, do: slow-work}"), HasSubstr("unknown fault 'slow-work'; known: kill, pause"));
  EXPECT_THAT(RefusalOf("- {when: {event: snapshot-completed}, do: kill}"),
              HasSubstr("suite.yaml:1: event of when: unknown value 'snapshot-completed'; known: snapshot-complete"));
  EXPECT_THAT(RefusalOf("- {at: 1s, do: pause, restart-after: 1s}"), HasSubstr("pause has no key 'restart-after'"));
  EXPECT_THAT(RefusalOf("[]"), HasSubstr("the schedule has no steps"));
}

TEST(FaultScheduleTest, ACallOfASyncSiteIsAwaitedByAKillOnly) {
  const auto plan =
      ReadFaultSchedule(PartWith("- {when: {event: sync, site: log.block, nth: 4}, do: kill}"), kScope, 1).value();
  EXPECT_EQ(plan[0].when->site, "log.block");
  EXPECT_EQ(AwaitedEventText(*plan[0].when), "sync log.block 4");
  EXPECT_EQ(RefusalOf("- {at: 1s, when: {event: sync, site: log.blok}, do: kill}"),
            "HF-CONFIG-004 suite.yaml:1: unknown sync site 'log.blok'; known: object.name, log.block (did you mean "
            "log.block?)");
  EXPECT_THAT(RefusalOf("- {when: {event: sync}, do: kill}"), HasSubstr("unknown sync site ''"));
  EXPECT_THAT(RefusalOf("- {when: {event: sync, site: log.block}, do: pause}"),
              HasSubstr("a pause cannot strike in the middle of a sync"));
}

TEST(FaultScheduleTest, WhatTheEngineCannotTakeIsRefused) {
  EXPECT_THAT(RefusalOf("- {at: 1s, do: kill}", {}), HasSubstr("suite.yaml:1: this engine runs in the testbed's own"));
  EXPECT_THAT(RefusalOf("- {at: 1s, do: kill}\n- {when: {event: restored}, do: kill}", {.kill = true}),
              HasSubstr("suite.yaml:2: this engine tells nothing that a step could wait for"));
}

TEST(FaultScheduleTest, AnEngineOfSeveralProgramsIsHitInTheNamedPart) {
  constexpr EngineCapabilities kParts{.kill = true, .services = true};
  constexpr std::string_view kLines =
      "- {at: 1s, do: kill, target: database}\n- {at: 2s, do: pause, target: everything}";
  EXPECT_EQ(RefusalOf(kLines, kParts), "no error");
  const auto plan = ReadFaultSchedule(PartWith(kLines), kScope, 1).value();
  EXPECT_EQ(plan[0].fault.part, SystemPart::kDatabase);
  EXPECT_EQ(FaultTarget(plan[0].fault), "database");
  EXPECT_TRUE(plan[1].fault.everything);
  EXPECT_EQ(FaultTarget(plan[1].fault), "everything");
  EXPECT_EQ(WriteFault(plan[0]), "{at: 1s, do: kill, target: database, restart-after: 0s, then: nothing}");
  EXPECT_THAT(RefusalOf(kLines), HasSubstr("suite.yaml:1: this engine is one program and has no database that could be "
                                           "hit alone"));
  EXPECT_EQ(RefusalOf("- {at: 1s, do: kill, target: everything}"), "no error");
}

TEST(FaultScheduleTest, PortsMisbehaveForAWhile) {
  const auto plan = ReadFaultSchedule(PartWith("- {at: 1200ms, do: slow-disk, chance: 0.5, by: 3ms, for: 300ms}\n"
                                               "- {at: 1200ms, do: clock-back, by: 1s}\n"),
                                      kScope, 1)
                        .value();
  EXPECT_EQ(plan[0].fault.verb, FaultVerb::kTrouble);
  EXPECT_EQ(plan[0].fault.trouble, PortTrouble::kSlowDisk);
  EXPECT_EQ(plan[0].fault.lasts, 300ms);
  EXPECT_EQ(plan[0].fault.size.chance, 0.5);
  EXPECT_EQ(plan[0].fault.size.by, 3ms);
  EXPECT_EQ(FaultName(plan[1].fault), "clock-back");
  EXPECT_EQ(plan[1].fault.lasts, 0s);
  EXPECT_EQ(RefusalOf("- {at: 1200ms, do: disk-full, for: 1s}\n- {at: 1500ms, do: disk-errors}"), "no error");
  EXPECT_THAT(
      RefusalOf("- {at: 1200ms, do: disk-full, for: 1s}\n- {at: 1500ms, do: disk-full}"),
      HasSubstr(
          "suite.yaml:2: the disk-full at 1500ms would change nothing: by the one at 1200ms it holds until 2200ms"));
  EXPECT_THAT(RefusalOf("- {at: 1200ms, do: disk-full, chance: 2}"), HasSubstr("chance of disk-full is 2"));
  EXPECT_THAT(RefusalOf("- {at: 4500ms, do: disk-full}"), HasSubstr("the disk-full lasts until 5500ms"));
  EXPECT_THAT(RefusalOf("- {at: 1200ms, do: disk-full}", {.kill = true}),
              HasSubstr("suite.yaml:1: this engine has no ports that could be made to misbehave"));
}

TEST(FaultScheduleTest, RepliesAreDroppedWhereThereAreServices) {
  constexpr std::string_view kLines = "- {at: 1s, do: kill}\n- {at: 2s, do: drop-replies, chance: 0.2, for: 300ms}";
  const auto plan = ReadFaultSchedule(PartWith(kLines), kScope, 1).value();
  EXPECT_EQ(plan[1].fault.trouble, PortTrouble::kDropReplies);
  EXPECT_EQ(plan[1].fault.size.chance, 0.2);
  EXPECT_EQ(plan[1].fault.lasts, 300ms);
  EXPECT_EQ(RefusalOf(kLines, {.kill = true, .services = true}), "no error");
  EXPECT_EQ(RefusalOf(kLines, {.kill = true, .ports = true}),
            "HF-CONFIG-010 suite.yaml:2: this engine has no services, whose replies could be dropped; use engine "
            "two-tier, or leave drop-replies out");
}

TEST(FaultScheduleTest, ChannelsAndSinkAreTroubledBetweenWhomTheStepSays) {
  const auto plan = ReadFaultSchedule(PartWith("- {at: 1s, do: hold, target: worker 1, to: coordinator, for: 300ms}\n"
                                               "- {at: 1s, do: delay, target: coordinator, by: 2ms}\n"
                                               "- {at: 1s, do: sink-errors, target: worker 2, chance: 0.5}\n"),
                                      kScope, 1)
                        .value();
  const auto worker_1 = TroubleEnd::Worker(WorkerId(1));
  EXPECT_EQ(plan[0].fault.trouble, PortTrouble::kHold);
  EXPECT_EQ(plan[0].fault.lasts, 300ms);
  EXPECT_EQ(plan[0].fault.path, (TroublePath{worker_1, TroubleEnd::Coordinator()}));
  EXPECT_EQ(FaultTarget(plan[0].fault), "worker 1");
  EXPECT_EQ(plan[1].fault.path, (TroublePath{TroubleEnd::Coordinator(), TroubleEnd::Everything()}));
  EXPECT_EQ(plan[1].fault.size.by, 2ms);
  EXPECT_EQ(plan[2].fault.path, (TroublePath{TroubleEnd::Worker(WorkerId(2)), TroubleEnd::Sink()}));
  EXPECT_EQ(FaultTarget({FaultVerb::kKill}), "system");
}

TEST(FaultScheduleTest, AimsThatMakeNoSenseAreRefused) {
  EXPECT_EQ(RefusalOf("- {at: 1s, do: kill}\n- {at: 2s, do: hold}"), "HF-CONFIG-006 suite.yaml:2: hold has no target");
  EXPECT_THAT(RefusalOf("- {at: 1s, do: hold, target: everything}"),
              HasSubstr("suite.yaml:1: hold: unknown target 'everything'; known: worker 0, worker 1, worker 2, "
                        "coordinator"));
  EXPECT_THAT(RefusalOf("- {at: 1s, do: slow-sink, target: coordinator}"),
              HasSubstr("slow-sink: unknown target 'coordinator'; known: worker 0"));
  EXPECT_THAT(RefusalOf("- {at: 1s, do: delay, target: worker 3}"), HasSubstr("unknown target 'worker 3'"));
  EXPECT_THAT(RefusalOf("- {at: 1s, do: delay, target: worker 1, to: sink}"),
              HasSubstr("suite.yaml:1: to of delay: unknown target 'sink'; known: worker 0"));
  EXPECT_THAT(RefusalOf("- {at: 1s, do: hold, target: worker 1, to: worker 1}"),
              HasSubstr("worker 1 sends itself nothing through a channel: name another to:"));
}

TEST(FaultScheduleTest, AnErrorOfTheSinkNeedsAnAnswerToLose) {
  auto emits = kAll;
  emits.commits = false;
  EXPECT_THAT(RefusalOf("- {at: 1s, do: kill}\n- {at: 2s, do: sink-errors, target: everything}", emits),
              HasSubstr("suite.yaml:2: this protocol sends its output without asking for an answer"));
  EXPECT_EQ(RefusalOf("- {at: 2s, do: slow-sink, target: everything}", emits), "no error");
  EXPECT_THAT(RefusalOf("- {at: 2s, do: hold, target: worker 0}", {.kill = true}),
              HasSubstr("suite.yaml:1: this engine has no ports that could be made to misbehave"));
}

TEST(FaultScheduleTest, TroublesOfChannelsAddUp) {
  EXPECT_EQ(RefusalOf("- {at: 1s, do: hold, target: worker 1, for: 1s}\n"
                      "- {at: 1500ms, do: hold, target: worker 1, to: worker 2}\n"
                      "- {at: 1s, do: delay, target: everything, for: 1s}\n"
                      "- {at: 1500ms, do: delay, target: everything}"),
            "no error");
}

TEST(FaultScheduleTest, AKilledSystemsStoreMayBeTamperedWith) {
  const auto plan = ReadFaultSchedule(PartWith("- {at: 1s, do: kill, then: damage-newest}"), kScope, 1).value();
  EXPECT_EQ(plan[0].fault.then, StoreFault::kDamageNewest);
  EXPECT_THAT(RefusalOf("- {at: 1s, do: kill, then: empty}"),
              HasSubstr("then of kill: unknown value 'empty'; known: "));
  EXPECT_THAT(RefusalOf("- {at: 1s, do: kill, then: empty-store}", {.kill = true}),
              HasSubstr("suite.yaml:1: what this point stores cannot be tampered with"));
}

TEST(FaultScheduleTest, TimesThatContradictEachOtherAreRefused) {
  EXPECT_THAT(RefusalOf("- {at: 5s, do: kill}"), HasSubstr("the fault strikes 5s into a measurement of 5s"));
  EXPECT_THAT(RefusalOf("- {id: a, at: 3s, do: kill}\n- {after: a, at: 2s, do: kill}"),
              HasSubstr("suite.yaml:2: the fault strikes 5s into a measurement of 5s"));
  EXPECT_THAT(RefusalOf("- {at: 4s, do: pause, for: 2s}"),
              HasSubstr("the pause lasts until 6s in a measurement of 5s"));
  EXPECT_THAT(RefusalOf("- {at: 1s, do: kill, restart-after: 1s}\n- {at: 1500ms, do: pause}"),
              HasSubstr("suite.yaml:2: the pause at 1500ms would hit nothing: by the kill at 1s the system is down "
                        "until 2s"));
  EXPECT_THAT(RefusalOf("- {at: 1s, do: pause, for: 1s}\n- {at: 1s, every: 600ms, times: 2, do: pause, for: 1ms}"),
              HasSubstr("suite.yaml:2: the pause at 1s would change nothing: by the one at 1s"));
  EXPECT_THAT(RefusalOf("- random: {faults: [kill], count: 2, between: [1s, 6s]}"),
              HasSubstr("between of random is 6s"));
  EXPECT_EQ(RefusalOf("- {at: 1s, do: pause, for: 1s}\n- {at: 1500ms, do: kill}"), "no error");
  EXPECT_EQ(RefusalOf("- {at: 1s, do: kill, restart-after: 1s}\n- {at: 1500ms, when: {event: restored}, do: kill}"),
            "no error");
}

}  // namespace
}  // namespace holdfast
