#include "core/base/options.h"

#include <gmock/gmock.h>

#include <set>

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

OptionSet Declared() {
  return OptionSet({
      DurationOption("interval", 1s, "Time between snapshots.").Between(10ms, 1h).InSimulation({100ms, 2s}),
      BytesOption("segment-size", KiB(16), "Bytes of a segment.").Between(KiB(1), MiB(1)),
      IntOption("workers", 3, "How many workers.").AtLeast(1),
      DoubleOption("theta", 0.99, "Skew of the keys."),
      RateOption("rate", {20000}, "Records offered."),
      BoolOption("compress", false, "Whether parts are compressed.").InSimulation({false, true}),
      EnumOption("idle", "block", {"spin", "yield", "block"}, "What an idle worker does.").InSimulation({"spin"}),
      StringOption("path", "", "Where the files are."),
  });
}

Result<OptionValues> Parse(std::string_view yaml) {
  return Declared().Parse(*ConfigTree::Parse(yaml, "suite.yaml"), "protocol unaligned");
}
std::string OptionsError(std::string_view yaml) {
  const auto values = Parse(yaml);
  return values.ok() ? "no error" : values.error().message;
}

TEST(OptionsTest, AMapIsReadIntoTypedValues) {
  const auto values = *Parse(
      "interval: 500ms\nsegment-size: 64KiB\nworkers: 8\ntheta: 1.2\nrate: max\ncompress: true\nidle: spin\npath: /x "
      "y\n");
  EXPECT_EQ(values.GetDuration("interval"), 500ms);
  EXPECT_EQ(values.GetBytes("segment-size"), KiB(64));
  EXPECT_EQ(values.GetInt("workers"), 8);
  EXPECT_EQ(values.GetDouble("theta"), 1.2);
  EXPECT_TRUE(values.GetRate("rate").unlimited());
  EXPECT_TRUE(values.GetBool("compress"));
  EXPECT_EQ(values.GetText("idle"), "spin");
  EXPECT_EQ(values.GetText("path"), "/x y");
}

TEST(OptionsTest, WhatIsNotGivenIsTheDefaultAndKnowsIt) {
  const auto values = *Parse("\nworkers: 8\n");
  EXPECT_EQ(values.GetDuration("interval"), 1s);
  EXPECT_FALSE(values.GivenAt("interval").has_value());
  EXPECT_EQ(values.GivenAt("workers")->ToString(), "suite.yaml:2");
}

TEST(OptionsTest, AnUnknownKeyNamesTheNearestKnownOne) {
  EXPECT_EQ(OptionsError("workers: 3\nintervall: 1s\n"),
            "HF-CONFIG-005 suite.yaml:2: protocol unaligned has no key 'intervall'; known: interval, segment-size, "
            "workers, theta, rate, compress, idle, path (did you mean interval?)");
}

TEST(OptionsTest, AWrongUnitOrTypeIsRefused) {
  EXPECT_EQ(OptionsError("interval: 500\n"),
            "HF-CONFIG-008 suite.yaml:1: interval of protocol unaligned: '500' is not a duration: it has no unit; "
            "known: ns, us, ms, s, m, h, as in 500ms");
  EXPECT_THAT(OptionsError("segment-size: 64KB"), HasSubstr("did you mean KiB?"));
  EXPECT_THAT(OptionsError("workers: three"), HasSubstr("'three' is not a whole number; write it as in 42"));
  EXPECT_THAT(OptionsError("workers: 3.0"), HasSubstr("is not a whole number"));
  EXPECT_THAT(OptionsError("workers: 99999999999999999999"), HasSubstr("is not a whole number"));
  EXPECT_THAT(OptionsError("theta: nan"), HasSubstr("is not a number"));
  EXPECT_THAT(OptionsError("compress: yes"), HasSubstr("write true or false"));
  EXPECT_THAT(OptionsError("workers:"), HasSubstr("'' is not a whole number"));
}

TEST(OptionsTest, AnUnknownChoiceNamesTheNearestKnownOne) {
  EXPECT_EQ(OptionsError("idle: yeld"),
            "HF-CONFIG-004 suite.yaml:1: idle of protocol unaligned: unknown value 'yeld'; known: spin, yield, block "
            "(did you mean yield?)");
}

TEST(OptionsTest, AValueOutOfBoundsIsRefusedWithTheBounds) {
  EXPECT_EQ(OptionsError("interval: 1ms"),
            "HF-CONFIG-009 suite.yaml:1: interval of protocol unaligned is 1ms; allowed: 10ms .. 1h");
  EXPECT_EQ(OptionsError("workers: 0"),
            "HF-CONFIG-009 suite.yaml:1: workers of protocol unaligned is 0; allowed: at least 1");
  EXPECT_EQ(OptionsError("interval: 1h"), "no error");
}

TEST(OptionsTest, AListOrMapWhereAValueBelongsIsRefused) {
  EXPECT_EQ(OptionsError("workers: [1, 2]"),
            "HF-CONFIG-007 suite.yaml:1: workers of protocol unaligned must be a single value, not a list");
  EXPECT_EQ(OptionsError("[workers]"), "HF-CONFIG-007 suite.yaml:1: protocol unaligned must be a map, not a list");
}

TEST(OptionsTest, AssignmentsReadLikeAMap) {
  const std::vector<std::string> good = {"interval=2s", "path=a=b"};
  const auto values = *Declared().Parse(good, "protocol unaligned");
  EXPECT_EQ(values.GetDuration("interval"), 2s);
  EXPECT_EQ(values.GetText("path"), "a=b");
  const auto error = [](std::vector<std::string> bad) { return Declared().Parse(bad, "greeter").error().message; };
  EXPECT_THAT(error({"interval"}), HasSubstr("HF-CONFIG-011 interval: write key=value; greeter known: interval,"));
  EXPECT_THAT(error({"workers=1", "workers=2"}), HasSubstr("HF-CONFIG-003 workers=2: 'workers' is set twice"));
  EXPECT_THAT(error({"wokers=1"}), HasSubstr("HF-CONFIG-005 wokers=1: greeter has no key 'wokers'"));
}

TEST(OptionsTest, ResolvedListsEveryOptionInOrderAndReadsBack) {
  const auto resolved = Parse("interval: 60s")->Resolved();
  EXPECT_THAT(resolved, ElementsAre(Pair("interval", "1m"), Pair("segment-size", "16KiB"), Pair("workers", "3"),
                                    Pair("theta", "0.99"), Pair("rate", "20000/s"), Pair("compress", "false"),
                                    Pair("idle", "block"), Pair("path", "")));
  std::vector<std::string> assignments;
  for (const auto& [key, value] : resolved) assignments.push_back(key + "=" + value);
  EXPECT_EQ(Declared().Parse(assignments, "again")->Resolved(), resolved);
}

TEST(OptionsTest, DrawsComeFromTheSimulationValuesAndRepeatWithTheSeed) {
  Random random(11);
  std::set<std::pair<std::string, std::string>> seen;
  for (int i = 0; i < 50; ++i) {
    for (const auto& pair : Declared().Draw(random).Resolved()) seen.insert(pair);
  }
  EXPECT_THAT(seen,
              ElementsAre(Pair("compress", "false"), Pair("compress", "true"), Pair("idle", "spin"),
                          Pair("interval", "100ms"), Pair("interval", "2s"), Pair("path", ""), Pair("rate", "20000/s"),
                          Pair("segment-size", "16KiB"), Pair("theta", "0.99"), Pair("workers", "3")));
  Random again(3);
  Random same(3);
  EXPECT_EQ(Declared().Draw(again).Resolved(), Declared().Draw(same).Resolved());
}

TEST(OptionsDeathTest, AskingForWhatWasNotDeclaredAborts) {
  const auto values = Declared().Defaults();
  EXPECT_DEATH(values.GetInt("worker"), "option worker is not declared");
  EXPECT_DEATH(values.GetInt("interval"), "option interval = 1s is asked for as another type");
}

TEST(OptionsDeathTest, ADeclarationThatBreaksItsRulesAborts) {
  EXPECT_DEATH(OptionSet({IntOption("maxWorkers", 1, "A number.")}), "not kebab-case");
  EXPECT_DEATH(OptionSet({IntOption("workers", 1, "A number")}), "not a sentence");
  EXPECT_DEATH(OptionSet({IntOption("workers", 0, "A number.").AtLeast(1)}), "default 0 breaks its own bounds");
  EXPECT_DEATH(OptionSet({IntOption("workers", 1, "A number.").AtLeast(1).InSimulation({0})}), "simulation value 0");
  EXPECT_DEATH(OptionSet({EnumOption("idle", "sleep", {"spin"}, "A choice.")}), "default sleep");
  EXPECT_DEATH(OptionSet({IntOption("a", 1, "A number."), BoolOption("a", true, "A flag.")}), "declared twice");
}

}  // namespace
}  // namespace holdfast
