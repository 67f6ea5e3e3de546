#include "workloads/suite/runner/fault_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workloads/suite/config/load_options.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// A suite of one point, five seconds long, with this fault.
Result<Suite> SuiteWith(std::string_view fault, EngineCapabilities engine = {.kill = true, .events = true}) {
  static const Catalog catalog = [] {
    Catalog parts;
    parts.Add({.kind = PartKind::kWorkload, .name = "greeter", .sentence = "A part."});
    parts.Add(FaultDescriptors());
    return parts;
  }();
  HOLDFAST_ASSIGN(const auto base, ConfigTree::Parse("{fault: none}", "base"));
  const auto text =
      fmt::format("suite: s\ndefaults:\n  workload: greeter\n  load: {{duration: 5s}}\n  fault: {}\n", fault);
  HOLDFAST_ASSIGN(const auto tree, ConfigTree::Parse(text, "suite.yaml"));
  const auto check = [&engine](const SuitePoint& point) { return CheckFault(point, engine); };
  return ParseSuite(tree, {}, {catalog, base, check});
}

std::string ErrorOf(std::string_view fault) {
  const auto suite = SuiteWith(fault);
  return suite.ok() ? "no error" : suite.error().message;
}

std::vector<PlannedFault> Planned(std::string_view fault, std::uint64_t seed = 1) {
  return ReadFaults(SuiteWith(fault)->points[0], seed);
}

TEST(FaultPlanTest, NothingIsDoneUnlessASuiteSaysSo) {
  EXPECT_TRUE(Planned("none").empty());
  EXPECT_EQ(FaultLabel(SuiteWith("none")->points[0]), "none");
}

TEST(FaultPlanTest, AKillIsFollowedByDownTime) {
  const auto planned = Planned("{name: kill, at: 2s, restart-after: 500ms}");
  ASSERT_EQ(planned.size(), 1u);
  EXPECT_EQ(planned[0].fault.verb, FaultVerb::kKill);
  EXPECT_EQ(planned[0].at, 2s);
  EXPECT_EQ(planned[0].fault.lasts, 500ms);
}

TEST(FaultPlanTest, AnOutageOfWhatKeepsTheStateNeedsTheSystemsPorts) {
  const auto suite = SuiteWith("state-outage@2s..3s");
  const auto planned = ReadFaults(suite->points[0], 1);
  ASSERT_EQ(planned.size(), 1u);
  EXPECT_EQ(planned[0].fault.verb, FaultVerb::kOutage);
  EXPECT_EQ(planned[0].fault.lasts, 1s);
  EXPECT_TRUE(TroublesPorts(suite->points[0]));
  EXPECT_FALSE(KillsSystem(suite->points[0]));
  EXPECT_EQ(Planned("[{at: 1s, do: state-outage, for: 20ms}]")[0].fault.lasts, 20ms);
}

TEST(FaultPlanTest, RepliesOfServicesAreDroppedForAWhile) {
  constexpr std::string_view kFault = "{name: drop-replies, at: 2s, until: 2500ms, chance: 0.3}";
  const auto suite = SuiteWith(kFault, {.kill = true, .services = true});
  const auto planned = ReadFaults(suite->points[0], 1);
  ASSERT_EQ(planned.size(), 1u);
  EXPECT_EQ(planned[0].at, 2s);
  EXPECT_EQ(planned[0].fault.trouble, PortTrouble::kDropReplies);
  EXPECT_EQ(planned[0].fault.lasts, 500ms);
  EXPECT_EQ(planned[0].fault.size.chance, 0.3);
  EXPECT_EQ(FaultLabel(suite->points[0]), "drop-replies@2s..2500ms");
  EXPECT_TRUE(TroublesPorts(suite->points[0]));
  EXPECT_FALSE(KillsSystem(suite->points[0]));
  EXPECT_THAT(ErrorOf(kFault), HasSubstr("suite.yaml:5: this engine has no services, whose replies could be dropped"));
}

TEST(FaultPlanTest, APauseLastsFromOneInstantToTheOther) {
  const auto suite = SuiteWith("pause@2s..3500ms");
  const auto planned = ReadFaults(suite->points[0], 1);
  ASSERT_EQ(planned.size(), 1u);
  EXPECT_EQ(planned[0].fault.verb, FaultVerb::kPause);
  EXPECT_EQ(planned[0].fault.lasts, 1500ms);
  EXPECT_EQ(FaultLabel(suite->points[0]), "pause@2s..3500ms");
  EXPECT_FALSE(KillsSystem(suite->points[0]));
}

TEST(FaultPlanTest, AStormIsDrawnFromTheSeedAndKeepsToItsTime) {
  constexpr std::string_view kStorm = "{name: storm, at: 1s, until: 4s, kills: 20, again: 0.5, soon: 50ms, pauses: 5}";
  const auto storm = Planned(kStorm);
  EXPECT_TRUE(KillsSystem(SuiteWith(kStorm)->points[0]));
  ASSERT_EQ(storm.size(), 25u);
  std::size_t pauses = 0, soon = 0;
  for (std::size_t i = 0; i < storm.size(); ++i) {
    EXPECT_GE(storm[i].at, i == 0 ? 1s : storm[i - 1].at);
    EXPECT_LE(storm[i].at, 4s);
    pauses += storm[i].fault.verb == FaultVerb::kPause ? 1 : 0;
    soon += i > 0 && storm[i].at - storm[i - 1].at <= 50ms ? 1 : 0;
  }
  EXPECT_EQ(pauses, 5u);
  EXPECT_GE(soon, 5u);
  EXPECT_EQ(Planned(kStorm)[7].at, storm[7].at);
  EXPECT_NE(Planned(kStorm, 2)[7].at, storm[7].at);
}

TEST(FaultPlanTest, FaultsOutsideTheMeasurementAreRefused) {
  EXPECT_THAT(ErrorOf("kill@5s"), HasSubstr("suite.yaml:5: the fault strikes 5s into a measurement of 5s"));
  EXPECT_THAT(ErrorOf("pause@4s..6s"), HasSubstr("the pause lasts until 6s in a measurement of 5s"));
  EXPECT_THAT(ErrorOf("pause@3s..2s"), HasSubstr("the pause would be over at 2s, before it begins at 3s"));
  EXPECT_THAT(ErrorOf("{name: storm, kills: 0}"), HasSubstr("the storm has no kills and no pauses"));
  EXPECT_EQ(ErrorOf("storm@1s..5s"), "no error");
}

TEST(FaultPlanTest, AListIsASchedule) {
  const auto suite = SuiteWith("[{at: 1s, do: pause}, {at: 2s, do: kill}]");
  const auto& point = suite->points[0];
  EXPECT_EQ(ReadFaults(point, 1).size(), 2u);
  EXPECT_EQ(FaultLabel(point), "schedule");
  EXPECT_TRUE(KillsSystem(point));
  EXPECT_EQ(point.Part("fault").options.GetText("steps"), "[{at: 1s, do: pause}, {at: 2s, do: kill}]");
  const auto spelt = SuiteWith("{name: schedule, steps: [{at: 2s, do: pause}]}");
  EXPECT_EQ(ReadFaults(spelt->points[0], 1).size(), 1u);
}

}  // namespace
}  // namespace holdfast
