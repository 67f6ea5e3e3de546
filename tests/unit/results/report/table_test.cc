#include "results/report/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "results/report/summary.h"
#include "tests/unit/results/example/example_run.h"

namespace holdfast::report {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// The line of the example's table that starts with `start`.
std::string LineOf(const record::Run& run, const std::string& start) {
  std::istringstream lines(RenderTable(run));
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(start)) return line;
  return "no such line";
}

TEST(TableTest, FitsInto120AsciiColumns) {
  std::istringstream lines(RenderTable(ExampleRun()));
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(line.size(), 120u) << line;
    for (const char c : line) EXPECT_TRUE(c >= ' ' && c <= '~') << line;
  }
}

TEST(TableTest, ANarrowTerminalGetsThePointsNamesOnLinesOfTheirOwn) {
  const auto table = RenderTable(ExampleRun(), 80);
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_THAT(table, HasSubstr("\nnone / kill@10s: expected*, "));
  EXPECT_THAT(table, HasSubstr(" done/s, 8.41k lost, 3.08k twice\n  before "));
}

TEST(TableTest, NamesADoubtOnceWithAllItsPoints) {
  auto run = ExampleRun();
  run.points[0].validity.back() = {
      "steal", record::Validity::kSuspect, 5, 3, "%", "the hypervisor took more than 3 % of the CPU"};
  EXPECT_THAT(RenderTable(run), HasSubstr("(steal, limit 3 %): none / no fault 5 %,"));
  EXPECT_EQ(Summarize(run).caution,
            "Read with care. SUSPECT: the hypervisor took more than 3 % of the CPU (none / no fault, stop-the-world / "
            "no fault).");
}

TEST(TableTest, SaysWhatTheRunCameTo) {
  const auto table = RenderTable(ExampleRun());
  EXPECT_THAT(table,
              StartsWith("quick (20260114-093012-quick), seed 42, commit f9ea9361c8d0, Release: figures SUSPECT;"));
  EXPECT_THAT(table, HasSubstr("8,412 outputs lost"));
  EXPECT_THAT(
      table, HasSubstr("(!) SUSPECT: the hypervisor took more than 3 % of the CPU (steal, limit 3 %): stop-the-world"));
  EXPECT_THAT(table, HasSubstr("* expected, not guaranteed"));
}

TEST(TableTest, ShowsThePhasesOfAFaultApart) {
  const auto run = ExampleRun();
  EXPECT_THAT(LineOf(run, "none / no fault"), HasSubstr(" all "));
  EXPECT_THAT(LineOf(run, "none / kill@10s"), HasSubstr(" before "));
  EXPECT_THAT(LineOf(run, "none / kill@10s"), HasSubstr("expected*"));
  EXPECT_THAT(RenderTable(run), HasSubstr(" recovery "));
}

TEST(TableTest, PutsPercentilesOfTooFewRecordsInParentheses) {
  auto run = ExampleRun();
  run.points.resize(1);
  auto& response = run.points[0].latency[0].response;
  response.count = 5'000;
  response.p99_ns = 536'000;
  response.p99_9_ns = 2'970'000;
  const auto line = LineOf(run, "none");
  EXPECT_THAT(line, HasSubstr("(2.97ms)"));
  EXPECT_THAT(line, testing::Not(HasSubstr("(536us)")));
}

TEST(TableTest, AMaximalLoadHasNoLatency) {
  auto run = ExampleRun();
  run.points.resize(1);
  run.points[0].latency.clear();
  EXPECT_THAT(LineOf(run, "none"), HasSubstr("all             -       -        -        -       -        -"));
}

TEST(SummaryTest, NamesBrokenAndFailedPointsFirst) {
  auto run = ExampleRun();
  run.points[3].verdict.verdict = record::Verdict::kBroken;
  run.complete = false;
  const auto summary = Summarize(run);
  EXPECT_EQ(
      summary.headline,
      "1 point broke the stated guarantee; 6 points held the stated guarantee; 1 point showed damage that was never "
      "promised away; the run was interrupted.");
}

TEST(SummaryTest, TrustsAPercentileWithTenRecordsBeyondIt) {
  record::LatencySummary latency;
  latency.count = 10'000;
  EXPECT_TRUE(Trusted(latency, 99.9));
  latency.count = 9'999;
  EXPECT_FALSE(Trusted(latency, 99.9));
  EXPECT_TRUE(Trusted(latency, 50));
}

}  // namespace
}  // namespace holdfast::report
