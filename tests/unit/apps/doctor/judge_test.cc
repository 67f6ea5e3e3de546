#include "apps/doctor/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace holdfast::doctor {
namespace {

using testing::HasSubstr;

record::Environment Machine() {
  record::Environment machine;
  machine.cpus = 8;
  machine.threads_per_core = 2;
  machine.memory_bytes = std::int64_t{16} << 30;
  machine.governor = "performance";
  return machine;
}

Finding Named(const std::vector<Finding>& findings, std::string_view name) {
  return *std::ranges::find(findings, name, &Finding::name);
}
Finding OfMachine(const record::Environment& machine, std::string_view name, const record::HostLoad& now = {}) {
  return Named(JudgeMachine(machine, now), name);
}

TEST(DoctorTest, PercentilesAreThoseOfTheSortedSamples) {
  std::vector<std::int64_t> samples(200);
  std::iota(samples.rbegin(), samples.rend(), 1);
  const auto p = PercentilesOf(samples);
  EXPECT_EQ(p.p50, 100);
  EXPECT_EQ(p.p99, 198);
  EXPECT_EQ(p.max, 200);
  EXPECT_EQ(PercentilesOf({7}).p99, 7);
  EXPECT_EQ(PercentilesOf({}).max, 0);
}

TEST(DoctorTest, AFaultThatDoesNotWorkIsPoorOnlyIfItIsNeeded) {
  const Attempt kill{.name = "kill", .how = "tried", .works = false, .trouble = "refused", .use = "u", .needed = true};
  const auto finding = JudgeAttempt(kill);
  EXPECT_EQ(finding.grade, Grade::kPoor);
  EXPECT_EQ(finding.value, "does not work here: refused");
  EXPECT_FALSE(FitForQuickSuite({.faults = {finding}, .noise = {}}));
  auto other = kill;
  other.needed = false;
  EXPECT_TRUE(FitForQuickSuite({.faults = {JudgeAttempt(other)}, .noise = {}}));
  other.works = true;
  EXPECT_EQ(JudgeAttempt(other).grade, Grade::kGood);
}

TEST(DoctorTest, TheTimerIsJudgedByItsTail) {
  EXPECT_EQ(JudgeTimer({90'000, 900'000, 50'000'000}).grade, Grade::kGood);
  EXPECT_EQ(JudgeTimer({90'000, 1'500'000, 50'000'000}).grade, Grade::kFair);
  EXPECT_EQ(JudgeTimer({90'000, 11'000'000, 50'000'000}).grade, Grade::kPoor);
  EXPECT_EQ(JudgeTimer({90'000, 1'500'000, 50'000'000}).value, "late by 90 us (p50), 1.5 ms (p99), 50 ms (worst)");
}

TEST(DoctorTest, ADiskThatSyncsTooFastIsNotBelieved) {
  DiskFigures disk{.folder = "f", .sync = {3'000, 9'000, 9'000}, .bytes_per_second = 1e9, .free_bytes = 8ull << 30};
  EXPECT_THAT(Named(JudgeDisk(disk), "fdatasync").meaning, HasSubstr("nothing is made durable"));
  disk.sync = {900'000, 9'000'000, 20'000'000};
  EXPECT_EQ(Named(JudgeDisk(disk), "fdatasync").grade, Grade::kGood);
  disk.sync.p99 = 200'000'000;
  EXPECT_EQ(Named(JudgeDisk(disk), "fdatasync").grade, Grade::kPoor);
}

TEST(DoctorTest, BandwidthAndRoomAreJudged) {
  DiskFigures disk{.folder = "f", .sync = {}, .bytes_per_second = 30 << 20, .free_bytes = 1ull << 30};
  EXPECT_EQ(Named(JudgeDisk(disk), "disk write bandwidth").value, "30 MiB/s");
  EXPECT_EQ(Named(JudgeDisk(disk), "disk write bandwidth").grade, Grade::kFair);
  EXPECT_EQ(Named(JudgeDisk(disk), "room on disk").grade, Grade::kFair);
  disk.free_bytes = 1 << 20;
  EXPECT_FALSE(FitForQuickSuite({.faults = {}, .noise = JudgeDisk(disk)}));
  disk.trouble = "Permission denied";
  ASSERT_EQ(JudgeDisk(disk).size(), 1u);
  EXPECT_FALSE(FitForQuickSuite({.faults = {}, .noise = JudgeDisk(disk)}));
}

TEST(DoctorTest, AMachineIsWhatItsLimitsLeave) {
  auto machine = Machine();
  EXPECT_EQ(OfMachine(machine, "CPUs").grade, Grade::kGood);
  EXPECT_EQ(OfMachine(machine, "memory").grade, Grade::kGood);
  machine.cgroup_cpus = 2;
  machine.cgroup_memory_bytes = std::int64_t{1} << 30;
  EXPECT_EQ(OfMachine(machine, "CPUs").grade, Grade::kFair);
  EXPECT_EQ(OfMachine(machine, "memory").grade, Grade::kFair);
  machine.cgroup_cpus = 1;
  machine.cgroup_memory_bytes = std::int64_t{1} << 28;
  EXPECT_TRUE(OfMachine(machine, "CPUs").grade == Grade::kPoor && !OfMachine(machine, "CPUs").needed);
  EXPECT_FALSE(FitForQuickSuite({.faults = {}, .noise = JudgeMachine(machine, {})}));
}

TEST(DoctorTest, StealGovernorAndOtherWorkAreJudged) {
  auto machine = Machine();
  EXPECT_EQ(OfMachine(machine, "stolen CPU time").grade, Grade::kGood);
  EXPECT_EQ(OfMachine(machine, "stolen CPU time", {.steal_percent = 3}).grade, Grade::kFair);
  machine.steal_percent = 6;
  EXPECT_EQ(OfMachine(machine, "stolen CPU time").grade, Grade::kPoor);
  EXPECT_EQ(OfMachine(machine, "other work", {.cpu_pressure_percent = 30}).grade, Grade::kPoor);
  EXPECT_EQ(OfMachine(machine, "frequency governor").grade, Grade::kGood);
  machine.governor = "powersave";
  EXPECT_EQ(OfMachine(machine, "frequency governor").grade, Grade::kFair);
  machine.governor = "unknown";
  EXPECT_EQ(OfMachine(machine, "frequency governor").grade, Grade::kUnknown);
}

TEST(DoctorTest, FindingsAreShownForPeopleAndForPrograms) {
  const Findings findings{
      .faults = {{.name = "kill",
                  .grade = Grade::kGood,
                  .value = "works",
                  .meaning = "A \"sentence\" of several words that goes on and on and on, on and on.",
                  .how = "tried",
                  .needed = true}},
      .noise = {{.name = "disk", .grade = Grade::kPoor, .value = "full", .meaning = "m", .how = "h"}}};
  EXPECT_EQ(FindingsText(findings, 60),
            "Faults that this host can inflict\n"
            "  good    kill  works\n"
            "          A \"sentence\" of several words that goes on and on\n"
            "          and on, on and on.\n"
            "          tried: tried\n"
            "\n"
            "Noise floor\n"
            "  poor    disk  full\n"
            "          m\n"
            "          tried: h\n"
            "\n"
            "The quick suite can run here.\n");
  EXPECT_THAT(FindingsJson(findings),
              HasSubstr(R"({"fit_for_quick_suite":true,"faults":[{"name":"kill","grade":"good",)"
                        R"("value":"works","meaning":"A \"sentence\" of)"));
}

}  // namespace
}  // namespace holdfast::doctor
