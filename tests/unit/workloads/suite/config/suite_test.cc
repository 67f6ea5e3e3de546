#include "workloads/suite/config/suite.h"

#include <gmock/gmock.h>

#include "tests/unit/workloads/suite/config/test_catalog.h"
#include "workloads/suite/config/load_options.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::Pair;

constexpr std::string_view kHead =
    "suite: s\ndefaults: {workload: greeter, protocol: {name: unaligned, interval: 1s}}\n";

TEST(SuiteTest, TheProductOfTheAxesWithoutTheExcludedIsWhatRuns) {
  const auto suite = *Read(kQuick);
  EXPECT_EQ(suite.name, "quick");
  EXPECT_EQ(suite.seed, 7u);
  EXPECT_EQ(suite.repetitions, 2);
  EXPECT_THAT(PointNames(suite),
              ElementsAre("none/kill@3s", "stop-the-world/none", "stop-the-world/kill@3s", "unaligned/none",
                          "unaligned/kill@3s", "message-logging/none", "message-logging/kill@3s"));
  EXPECT_THAT(suite.points[1].axes, ElementsAre(Pair("protocol", "stop-the-world"), Pair("fault", "none")));
}

TEST(SuiteTest, APointHoldsTypedOptionsOfEverySection) {
  const auto suite = *Read(kQuick);
  const auto& point = suite.points[2];
  EXPECT_EQ(point.Part("workload").options.GetInt("keys"), 10000);
  EXPECT_EQ(point.Part("engine").options.GetInt("workers"), 3);
  EXPECT_EQ(point.Part("protocol").name, "stop-the-world");
  EXPECT_EQ(point.Part("protocol").place.ToString(), "suite.yaml:13");
  EXPECT_EQ(point.Part("fault").options.GetDuration("at"), 3s);
  const auto load = ReadLoad(point.Part("load").options);
  EXPECT_EQ(load.rate.per_second, 20000);
  EXPECT_EQ(load.arrivals, Arrivals::kPoisson);
  EXPECT_EQ(load.warm_up, 1s);
  EXPECT_EQ(load.duration, 6s);
}

TEST(SuiteTest, TheBaseFillsWhatTheSuiteDoesNotSay) {
  const auto suite = *Read("suite: s\ndefaults: {workload: greeter}\n");
  EXPECT_THAT(PointNames(suite), ElementsAre("greeter"));
  EXPECT_EQ(suite.points[0].Part("host").name, "embedded");
  EXPECT_EQ(suite.points[0].Part("host").place.ToString(), "base:1");
  EXPECT_EQ(suite.points[0].Part("load").name, "generator");
  EXPECT_EQ(suite.points[0].Find("protocol"), nullptr);
}

TEST(SuiteTest, DefaultsReachEveryPartThatHasTheOption) {
  const auto suite = *Read(std::string(kHead) + "matrix: {protocol: [none, stop-the-world, {interval: 3s}]}\n");
  EXPECT_THAT(PointNames(suite), ElementsAre("none", "stop-the-world", "interval=3s"));
  EXPECT_EQ(suite.points[0].Part("protocol").options.set().Find("interval"), nullptr);
  EXPECT_EQ(suite.points[1].Part("protocol").options.GetDuration("interval"), 1s);
  EXPECT_EQ(suite.points[2].Part("protocol").name, "unaligned");
  EXPECT_EQ(suite.points[2].Part("protocol").options.GetDuration("interval"), 3s);
}

TEST(SuiteTest, ADottedAxisSweepsOneOptionAndCollapsesWhereItHasNoEffect) {
  const auto suite = *Read(std::string(kHead) +
                           "matrix: {protocol.interval: [1s, 3s], protocol: [none, unaligned], workload.keys: [7]}\n");
  EXPECT_THAT(PointNames(suite),
              ElementsAre("none/keys=7", "interval=1s/unaligned/keys=7", "interval=3s/unaligned/keys=7"));
  EXPECT_EQ(suite.points[2].Part("protocol").options.GetDuration("interval"), 3s);
  EXPECT_EQ(suite.points[2].Part("workload").options.GetInt("keys"), 7);
}

TEST(SuiteTest, AFaultMayBeWrittenShort) {
  const auto suite =
      *Read(std::string(kHead) +
            "matrix:\n  fault: [none, kill@3s, partition@5s..8s, {name: kill, at: 4s, restart-after: 1s}]\n");
  EXPECT_THAT(PointNames(suite), ElementsAre("none", "kill@3s", "partition@5s..8s", "kill@4s"));
  EXPECT_EQ(suite.points[1].Part("fault").options.GetDuration("at"), 3s);
  EXPECT_EQ(suite.points[2].Part("fault").options.GetDuration("until"), 8s);
  EXPECT_EQ(suite.points[3].Part("fault").options.GetDuration("restart-after"), 1s);
}

TEST(SuiteTest, LabelsShowOptionsOnlyWhereTheyTellValuesApart) {
  const auto suite = *Read(std::string(kHead) +
                           "matrix:\n  protocol:\n    - {name: unaligned, interval: 1s}\n    - unaligned\n"
                           "    - {name: stop-the-world, interval: 3s}\n");
  EXPECT_THAT(PointNames(suite), ElementsAre("unaligned,interval=1s", "unaligned", "stop-the-world"));
}

TEST(SuiteTest, AnExcludeLineMatchesByNameAndByOptions) {
  const auto points = [](std::string exclude) {
    return PointNames(*Read(std::string(kHead) + "matrix: {protocol: [none, unaligned], fault: [kill@1s, kill@2s]}\n" +
                            "exclude: [" + exclude + "]\n"));
  };
  EXPECT_THAT(points("{fault: kill@1000ms}"), ElementsAre("none/kill@2s", "unaligned/kill@2s"));
  EXPECT_THAT(points("{protocol: none}, {fault.at: 2s}"), ElementsAre("unaligned/kill@1s"));
  EXPECT_THAT(points("{protocol: none, fault: kill}"), ElementsAre("unaligned/kill@1s", "unaligned/kill@2s"));
  EXPECT_THAT(points("{protocol: {interval: 5s}}, {state: heap}").size(), 4u);
}

TEST(SuiteTest, TheRateMayBeMaxWithABoundInFlight) {
  const auto suite = *Read("suite: s\ndefaults: {workload: greeter, load: {rate: max, in-flight: 256}}\n");
  const auto load = ReadLoad(suite.points[0].Part("load").options);
  EXPECT_TRUE(load.rate.unlimited());
  EXPECT_EQ(load.in_flight, 256);
}

TEST(SuiteTest, AResolvedPointTellsEverythingAsText) {
  const auto suite = *Read(kHead, {"fault=kill@3s"});
  const auto resolved = suite.points[0].Resolved();
  EXPECT_THAT(resolved, Contains(Pair("protocol", "unaligned")));
  EXPECT_THAT(resolved, Contains(Pair("protocol.interval", "1s")));
  EXPECT_THAT(resolved, Contains(Pair("workload.skew", "uniform")));
  EXPECT_THAT(resolved, Contains(Pair("load.rate", "20000/s")));
  EXPECT_THAT(resolved, Contains(Pair("fault.at", "3s")));
}

TEST(SuiteOverrideTest, AValueReplacesTheDefaultAndTheAxis) {
  EXPECT_THAT(PointNames(*Read(kQuick, {"fault=kill@2s", "protocol=none"})), ElementsAre("greeter"));
  const auto suite = *Read(kQuick, {"fault=kill@2s"});
  EXPECT_THAT(PointNames(suite), ElementsAre("none", "stop-the-world", "unaligned", "message-logging"));
  EXPECT_EQ(suite.points[0].Part("fault").place.ToString(), "--set fault=kill@2s");
}

TEST(SuiteOverrideTest, AnOptionWinsOverDefaultsAndAxisValues) {
  const auto suite = *Read(std::string(kHead) + "matrix: {protocol: [{name: unaligned, interval: 9s}, none]}\n",
                           {"protocol.interval=500ms"});
  EXPECT_EQ(suite.points[0].Part("protocol").options.GetDuration("interval"), 500ms);
  EXPECT_EQ(suite.points[1].Part("protocol").name, "none");
}

TEST(SuiteOverrideTest, AListBecomesTheAxis) {
  EXPECT_THAT(PointNames(*Read(kHead, {"protocol.interval=[1s, 2s]"})), ElementsAre("interval=1s", "interval=2s"));
  EXPECT_THAT(PointNames(*Read(kQuick, {"protocol=[unaligned]", "fault=none"})), ElementsAre("unaligned"));
}

std::vector<std::string> FaultLabels(const Suite& suite) {
  std::vector<std::string> labels;
  for (const auto& point : suite.points) labels.push_back(point.axes.back().second);
  return labels;
}

constexpr std::string_view kScheduled = R"(suite: s
defaults:
  workload: greeter
matrix:
  fault:
    - none
    - - {at: 1s, do: kill}
      - {at: 2s, do: kill}
    - [{at: 3s, do: kill}]
)";

TEST(SuiteTest, AListOfStepsIsAScheduleAndKeepsItsPlaces) {
  const auto suite = Read(kScheduled);
  ASSERT_TRUE(suite.ok()) << suite.error().message;
  EXPECT_THAT(FaultLabels(*suite), testing::ElementsAre("none", "schedule", "schedule-2"));
  const auto& part = suite->points[1].Part("fault");
  EXPECT_EQ(part.name, "schedule");
  EXPECT_EQ(part.options.GetText("steps"), "[{at: 1s, do: kill}, {at: 2s, do: kill}]");
  EXPECT_EQ(part.steps->items()[1].place().line, 8);
  EXPECT_FALSE(suite->points[0].Part("fault").steps.has_value());
}

TEST(SuiteOverrideTest, AListOfStepsIsOneValueAndAFileTheSame) {
  const auto inline_list = Read(kScheduled, {"fault=[{at: 4s, do: kill}]"});
  ASSERT_EQ(inline_list->points.size(), 1u);
  EXPECT_EQ(inline_list->points[0].Part("fault").options.GetText("steps"), "[{at: 4s, do: kill}]");
  static const Catalog catalog = TestCatalog();
  for (const std::string text : {"# Mine.\nfault:\n  - {at: 5s, do: kill}\n", "\n\n- {at: 5s, do: kill}\n"}) {
    const std::vector<SuiteOverride> file = {{"fault", text, "faults.yaml", true}};
    const auto suite = ParseSuite(*ConfigTree::Parse(kScheduled, "suite.yaml"), file, {catalog, {}, {}});
    ASSERT_TRUE(suite.ok()) << suite.error().message;
    EXPECT_EQ(suite->points[0].Part("fault").steps->items()[0].place().ToString(), "faults.yaml:3");
  }
  const std::vector<SuiteOverride> other = {{"fault", "fault: none\nload: {}\n", "faults.yaml", true}};
  EXPECT_THAT(ParseSuite(*ConfigTree::Parse(kScheduled, "suite.yaml"), other, {catalog, {}, {}}).error().message,
              testing::HasSubstr("faults.yaml:2: the file has no key 'load'"));
}

TEST(SuiteOverrideTest, SeedAndRepetitionsCanBeSet) {
  const auto suite = *Read(kQuick, {"seed=99", "repetitions=5"});
  EXPECT_EQ(suite.seed, 99u);
  EXPECT_EQ(suite.repetitions, 5);
}

}  // namespace
}  // namespace holdfast
