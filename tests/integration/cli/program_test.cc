// The program as its users meet it: real processes, real kills, files on disk, exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "results/record/run_io.h"
#include "tests/integration/cli/program_rig.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(ProgramTest, ARunKilledInTheMiddleHoldsItsGuaranteeAndLeavesARecordAndAPage) {
  const auto outcome = Run({"--fault", "kill@300ms"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("held"));
  const auto run = record::ReadRun(OnlyRun()).value();
  ASSERT_EQ(run.points.size(), 1u);
  const auto& point = run.points.front();
  EXPECT_TRUE(run.complete);
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  EXPECT_GT(point.counts.executed_not_durable_at_kill, 0);
  EXPECT_GT(point.counts.messages_crossing_workers, 0);
  EXPECT_TRUE(point.faults.front().verified);
  EXPECT_TRUE(fs::exists(OnlyRun() / "report.html"));
  EXPECT_TRUE(fs::is_empty(tmp()));
}

TEST_F(ProgramTest, AStormOfKillsAndPausesIsStoodAndOnRecord) {
  const auto outcome = Run({"--set", "load.duration=1500ms", "--set", "fault.kills=3", "--set", "fault.again=0.7",
                            "--set", "fault.pauses=1", "--fault", "storm@100ms..1200ms"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto run = record::ReadRun(OnlyRun()).value();
  const auto& point = run.points.front();
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 4u);
  EXPECT_EQ(std::ranges::count(point.faults, "pause", &record::Fault::verb), 1);
  for (const auto& fault : point.faults) {
    EXPECT_TRUE(fault.applied_s ? fault.verified : !fault.detail.empty()) << fault.id << " " << fault.detail;
  }
}

TEST_F(ProgramTest, AScheduleIsCarriedOutAndItsFileReplaysIt) {
  const auto outcome = Run({"--set", "load.duration=1500ms", "--fault",
                            "[{id: first, at: 100ms, do: pause, for: 50ms}, {after: first, at: 100ms, do: kill}, "
                            "{at: 500ms, when: {event: snapshot-complete, nth: 2}, do: kill, restart-after: 10ms}, "
                            "{random: {faults: [kill], count: 1, between: [1s, 1200ms]}}]"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto point = record::ReadRun(OnlyRun()).value().points.front();
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  EXPECT_EQ(point.fault, "schedule");
  ASSERT_EQ(point.faults.size(), 4u);
  for (const auto& fault : point.faults) {
    EXPECT_TRUE(fault.verified) << fault.id << " " << fault.detail;
    EXPECT_GE(*fault.applied_s, fault.planned_s);
    EXPECT_LT(*fault.applied_s, fault.planned_s + 0.25) << fault.id;
  }
  EXPECT_NEAR(point.faults[1].planned_s, *point.faults[0].applied_s + 0.1, 1e-6);
  EXPECT_THAT(point.faults[2].detail, HasSubstr("when snapshot-complete 2 came: SIGKILL"));
  EXPECT_TRUE(std::ranges::any_of(point.snapshots, [&](const record::Snapshot& snapshot) {
    return std::abs(snapshot.end_s - point.faults[2].planned_s) < 1e-6;
  }));

  const auto file = OnlyRun() / "faults-1.yaml";
  const auto replayed = Run({"--set", "load.duration=1500ms", "--fault", file, "--seed", "4711"});
  EXPECT_EQ(replayed.code, 0) << replayed.output;
  for (const auto& folder : fs::directory_iterator(runs())) {
    const auto again = record::ReadRun(folder.path()).value().points.front();
    EXPECT_EQ(again.faults[3].planned_s, point.faults[3].planned_s);
  }
}

TEST_F(ProgramTest, KillsInTheMiddleOfDiskCallsAreStoodAlsoWhileItRecovers) {
  std::ofstream(folder_ / "faults.yaml")
      << "- {at: 200ms, id: cut, when: {event: sync, site: object.file, nth: 3}, do: kill}\n"
         "- {after: cut, at: 100ms, id: log, when: {event: sync, site: log.block, nth: 9}, do: kill}\n"
         "- {after: log, id: swap, when: {event: sync, site: object.swap-name}, do: kill, restart-after: 30ms}\n"
         "- {after: swap, when: {event: sync, site: object.open}, do: kill, restart-after: 10ms}\n"
         "- {at: 1s, when: {event: sync, site: log.preamble, nth: 100000}, do: kill}\n";
  const auto outcome =
      Run({"--set", "load.duration=1500ms", "--set", "protocol=message-logging", "--fault", folder_ / "faults.yaml"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto point = record::ReadRun(OnlyRun()).value().points.front();
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  ASSERT_EQ(point.faults.size(), 5u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(point.faults[i].verified) << point.faults[i].detail;
    EXPECT_GE(*point.faults[i].applied_s, point.faults[i].planned_s);
  }
  EXPECT_THAT(point.faults[2].detail, HasSubstr("when sync object.swap-name 1 came: SIGKILL"));
  EXPECT_EQ(point.faults[4].detail, "the measurement ended before sync log.preamble 100000 came");
}

// The system and who answers it from outside, a process of its own with a ledger, die at the same instant.
TEST_F(ProgramTest, NobodyIsChargedTwiceOrForgottenWhenEverythingCrashesAtOnce) {
  std::vector<std::string> arguments = {"--fault", "crash-everything@500ms"};
  for (const auto* option :
       {"workload=payment", "workload.users=100", "workload.interval=100ms", "workload.intervals=2",
        "workload.back-off=20ms", "workload.refusals=30", "workload.second-answers=20", "workload.unasked-answers=20",
        "workload.slow-answers=10", "workload.slow-time=100ms", "workload.provider=plain", "load.rate=300/s",
        "load.duration=1s", "engine.audit=on"}) {
    arguments.insert(arguments.end(), {"--set", option});
  }
  const auto outcome = Run(arguments);
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto point = record::ReadRun(OnlyRun()).value().points.front();
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
  EXPECT_EQ(point.fault, "crash-everything@500ms");
  ASSERT_EQ(point.faults.size(), 1u);
  EXPECT_TRUE(point.faults[0].verified) << point.faults[0].detail;
  EXPECT_TRUE(fs::is_empty(tmp()));
}

// What happens to the store while the system is down, and what the system says to it then.
class StoreFaultTest : public ProgramTest, public testing::WithParamInterface<std::pair<const char*, const char*>> {
 protected:
  record::Point RunWith(const std::string& then, int code, std::vector<std::string> more = {}) {
    // Late enough for two snapshots on a disk that is slow.
    more.insert(more.end(), {"--set", "load.duration=1400ms", "--fault", "[{at: 1s, do: kill, then: " + then + "}]"});
    const auto outcome = Run(more);
    EXPECT_EQ(outcome.code, code) << outcome.output;
    return record::ReadRun(OnlyRun()).value().points.front();
  }
};

TEST_P(StoreFaultTest, IsRefusedInOneSentence) {
  const auto [then, refusal] = GetParam();
  const auto point = RunWith(then, 1);
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kFailed);
  EXPECT_THAT(point.verdict.sentence, HasSubstr("then the system under test exited with code 1 by itself: "));
  EXPECT_THAT(point.verdict.sentence, HasSubstr(refusal));
}

INSTANTIATE_TEST_SUITE_P(All, StoreFaultTest,
                         testing::Values(std::pair("damage-newest", " is damaged ("),
                                         std::pair("older-snapshot", "but the store ends before: it is an older copy"),
                                         std::pair("empty-store", "of which this store knows nothing")));

TEST_F(StoreFaultTest, AnAcceptedRollbackGoesOnWithALesserGuarantee) {
  const auto point = RunWith("older-snapshot", 0, {"--accept-rollback"});
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kExpectedNotGuaranteed) << point.verdict.sentence;
  EXPECT_GT(point.ledger.duplicate, 0);
  EXPECT_THAT(point.guarantee.sentence, HasSubstr("newer ones were damaged or gone, and by --accept-rollback"));
  EXPECT_THAT(point.faults.front().detail, HasSubstr("stands in its place"));
}

TEST_F(StoreFaultTest, ALogBringsBackWhatAnOlderSnapshotLacks) {
  // The disk is slow, so that something waits at the kill.
  const auto outcome = Run({"--set", "load.duration=1400ms", "--set", "protocol=message-logging", "--fault",
                            "[{at: 900ms, do: slow-disk, by: 20ms, for: 300ms},"
                            " {at: 1s, do: kill, then: older-snapshot}]"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto point = record::ReadRun(OnlyRun()).value().points.front();
  EXPECT_EQ(point.verdict.verdict, record::Verdict::kHeld) << point.verdict.sentence;
}

TEST_F(ProgramTest, ASyncSiteThatThePointDoesNotHaveIsRefused) {
  const auto outcome = Run({"--fault", "[{at: 1ms, when: {event: sync, site: log.block}, do: kill}]"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("unknown sync site 'log.block'; known: object.file, object.name"));
}

TEST_F(ProgramTest, AScheduleThatMakesNoSenseIsRefusedWithItsLine) {
  std::ofstream(folder_ / "faults.yaml") << "- {at: 100ms, do: kill}\n- {at: 200ms, do: kil}\n";
  const auto outcome = Run({"--fault", folder_ / "faults.yaml"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.output,
              HasSubstr("faults.yaml:2: unknown fault 'kil'; known: kill, pause, state-outage, disk-errors"));
  EXPECT_FALSE(fs::exists(runs()));
}

TEST_F(ProgramTest, ANumberThatIsNoneIsShownWithItsOptionAndWhatIsAccepted) {
  const auto outcome = Program({"simulate", "--seeds", "1..1500"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.output, testing::StartsWith("--seeds: '1..1500' is no whole number from 1 on\n"));
}

TEST_F(ProgramTest, TheControlShowsDamageAndIsNotBlamedForIt) {
  const auto outcome = Run({"--set", "protocol=none", "--fault", "kill@300ms"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto run = record::ReadRun(OnlyRun()).value();
  EXPECT_EQ(run.points.front().verdict.verdict, record::Verdict::kExpectedNotGuaranteed)
      << run.points.front().verdict.sentence;
}

TEST_F(ProgramTest, AnInterruptedRunGoesOnWhereItWas) {
  auto program =
      Begin({"run", suite(), "--runs", runs(), "--tmp", tmp(), "--placement", "float", "--repetitions", "3"});
  ASSERT_TRUE(Until([this] {
    std::error_code failed;
    if (!fs::exists(runs(), failed) || fs::is_empty(runs(), failed)) return false;
    const auto run = record::ReadRun(OnlyRun());
    return run.ok() && !run->points.empty();
  }));
  program.Signal(SIGINT);
  const auto interrupted = End(program);
  const auto before = record::ReadRun(OnlyRun()).value();
  ASSERT_LT(before.points.size(), 3u);
  EXPECT_THAT(interrupted.output, HasSubstr("--repetitions 3 --resume " + before.run_id));

  EXPECT_EQ(Run({"--repetitions", "3", "--resume", "no-such-run"}).code, 1);
  EXPECT_EQ(Run({"--repetitions", "3", "--seed", "8", "--resume", before.run_id}).code, 1);
  const auto outcome = Run({"--repetitions", "3", "--resume", before.run_id});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  const auto after = record::ReadRun(OnlyRun()).value();
  EXPECT_TRUE(after.complete);
  ASSERT_EQ(after.points.size(), 3u);
  EXPECT_EQ(after.rerun_command, before.rerun_command);
  EXPECT_EQ(after.points[0].started_s, before.points[0].started_s);
  EXPECT_GT(after.points[2].started_s, after.points[0].started_s);
  EXPECT_EQ(Run({"--repetitions", "3", "--resume", before.run_id}).code, 1);
}

TEST_F(ProgramTest, AnInterruptKeepsThePointsThatFinishedAndLeavesNothingElse) {
  auto program =
      Begin({"run", suite(), "--runs", runs(), "--tmp", tmp(), "--placement", "float", "--repetitions", "50"});
  const auto points = [this] {
    std::error_code failed;
    if (!fs::exists(runs(), failed) || fs::is_empty(runs(), failed)) return std::size_t{0};
    const auto run = record::ReadRun(OnlyRun());
    return run.ok() ? run->points.size() : 0;
  };
  ASSERT_TRUE(Until([&points] { return points() > 0; }));
  program.Signal(SIGINT);
  EXPECT_EQ(End(program).code, 130);
  const auto run = record::ReadRun(OnlyRun()).value();
  EXPECT_FALSE(run.complete);
  EXPECT_GE(run.points.size(), 1u);
  EXPECT_LT(run.points.size(), 50u);
  EXPECT_TRUE(fs::is_empty(tmp()));
}

TEST_F(ProgramTest, AReportNeedsTheFolderOnly) {
  ASSERT_EQ(Run().code, 0);
  const auto elsewhere = folder_ / "elsewhere";
  fs::create_directory(elsewhere);
  fs::copy_file(OnlyRun() / "results.json", elsewhere + "/results.json");
  const auto outcome = Program({"report", elsewhere});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("small"));
  EXPECT_TRUE(fs::exists(elsewhere + "/report.html"));
}

TEST_F(ProgramTest, AMistakeInASuiteIsNamedWithItsPlace) {
  const auto outcome = Run({"--set", "protocol.intervall=1s"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("HF-CONFIG-"));
  EXPECT_THAT(outcome.output, HasSubstr("did you mean interval?"));
  EXPECT_FALSE(fs::exists(runs()));
}

TEST_F(ProgramTest, AKillOfWhatLivesInMemoryIsRefused) {
  const auto outcome = Run({"--set", "store=memory", "--fault", "kill@300ms"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.output, HasSubstr("use store filesystem"));
}

TEST_F(ProgramTest, APointThatCannotRunIsOnRecordAndInTheExitCode) {
  const auto too_long = tmp() + "/" + std::string(120, 'x');
  fs::create_directory(too_long);
  const auto outcome = Program({"run", suite(), "--runs", runs(), "--tmp", too_long, "--placement", "float"});
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("FAILED"));
  EXPECT_FALSE(record::ReadRun(OnlyRun()).value().points.front().verdict.sentence.empty());
}

TEST_F(ProgramTest, AMissingTemporaryFolderIsRefusedBeforeAnythingIsRun) {
  fs::remove(tmp());
  const auto outcome = Run();
  EXPECT_EQ(outcome.code, 1) << outcome.output;
  EXPECT_THAT(outcome.output, HasSubstr("cannot make folders in " + tmp()));
  EXPECT_FALSE(fs::exists(runs()));
}

TEST_F(ProgramTest, TheGeneratedPagesInDocsAreWhatTheProgramSays) {
  for (const std::string page : {"command-line", "errors", "options", "results"}) {
    const auto committed = record::ReadFile(HOLDFAST_SOURCE_DIR "/docs/reference/" + page + ".md");
    EXPECT_TRUE(committed.ok() && *committed == Program({"reference", page}).output)
        << "docs/reference/" << page << ".md is out of date; run scripts/reference";
  }
}

TEST_F(ProgramTest, APlanIsShownAndNothingIsRun) {
  const auto outcome = Run({"--plan", "--set", "protocol=[none, unaligned]", "--repetitions", "2"});
  EXPECT_EQ(outcome.code, 0) << outcome.output;
  EXPECT_THAT(outcome.output, testing::StartsWith("4 points, about "));
  EXPECT_THAT(outcome.output, HasSubstr("\n  unaligned\n"));
  EXPECT_FALSE(fs::exists(runs()));
}

TEST_F(ProgramTest, AKeptStoreCanBeLookedInto) {
  const auto stores = folder_ / "stores";
  ASSERT_EQ(Run({"--keep-stores", stores}).code, 0);
  const auto list = Program({"snapshot", "ls", stores + "/greeter"});
  EXPECT_EQ(list.code, 0) << list.output;
  const auto verified = Program({"snapshot", "verify", stores + "/greeter"});
  EXPECT_EQ(verified.code, 0) << verified.output;
  EXPECT_THAT(verified.output, HasSubstr("intact"));
}

TEST_F(ProgramTest, TheDoctorTriesFaultsAndLeavesNothingBehind) {
  const auto outcome = Program({"doctor", "--json", "--tmp", tmp()});
  EXPECT_THAT(outcome.output, HasSubstr(R"({"name":"kill","grade":"good","value":"works")"));
  EXPECT_THAT(outcome.output, HasSubstr(R"({"name":"pause","grade":"good","value":"works")"));
  EXPECT_THAT(outcome.output, HasSubstr("fdatasync"));
  EXPECT_EQ(outcome.code, outcome.output.starts_with(R"({"fit_for_quick_suite":true)") ? 0 : 1);
  EXPECT_TRUE(fs::is_empty(tmp()));
  fs::remove(tmp());
  EXPECT_EQ(Program({"doctor", "--tmp", tmp()}).code, 1);
}

TEST_F(ProgramTest, ItSaysWhatItIsAndWhatThereIsToChoose) {
  EXPECT_THAT(Program({"--version"}).output, HasSubstr("holdfast 0."));
  EXPECT_THAT(Program({"--help"}).output, HasSubstr("compare"));
  EXPECT_THAT(Program({"list", "protocol"}).output, HasSubstr("message-logging"));
  EXPECT_THAT(Program({"list", "fault", "kill"}).output, HasSubstr("restart-after"));
  EXPECT_THAT(Program({"list", "fault", "schedule"}).output, HasSubstr("object.swap-name"));
  EXPECT_EQ(Program({"dance"}).code, 2);
}

}  // namespace
}  // namespace holdfast
