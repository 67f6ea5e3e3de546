// Every kind of bad suite, and the sentence its author gets.
#include <gmock/gmock.h>

#include <fstream>

#include "core/base/random.h"
#include "tests/unit/workloads/suite/config/test_catalog.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A good suite's beginning; what is appended starts at line 3.
std::string After(std::string_view rest) {
  return "suite: s\ndefaults: {workload: greeter, protocol: {name: unaligned, interval: 1s}}\n" + std::string(rest);
}

TEST(SuiteErrorTest, AnUnknownTopLevelKey) {
  EXPECT_EQ(ErrorOf(After("matrx: {}\n")),
            "HF-CONFIG-005 suite.yaml:3: a suite has no key 'matrx'; known: suite, about, seed, repetitions, defaults, "
            "matrix, exclude (did you mean matrix?)");
}

TEST(SuiteErrorTest, AnUnknownSection) {
  EXPECT_EQ(ErrorOf(After("matrix: {protocl: [none]}\n")),
            "HF-CONFIG-005 suite.yaml:3: matrix has no section 'protocl'; known: workload, engine, host, protocol, "
            "state, store, log, channel, load, fault (did you mean protocol?)");
}

TEST(SuiteErrorTest, AnUnknownPart) {
  EXPECT_EQ(ErrorOf(After("matrix:\n  state:\n    - heap\n    - rockdb\n")),
            "HF-CONFIG-004 suite.yaml:6: unknown state-backend 'rockdb'; known: heap, rocksdb (did you mean rocksdb?)");
}

TEST(SuiteErrorTest, AnUnknownOptionBesideAName) {
  EXPECT_EQ(ErrorOf(After("matrix: {protocol: [{name: none, interval: 1s}]}\n")),
            "HF-CONFIG-005 suite.yaml:3: protocol none has no key 'interval'; none is known");
  EXPECT_THAT(ErrorOf("suite: s\ndefaults:\n  workload:\n    name: greeter\n    kesy: 10\n"),
              HasSubstr("suite.yaml:5: workload greeter has no key 'kesy'; known: keys, skew (did you mean keys?)"));
}

TEST(SuiteErrorTest, AnOptionThatNoPartOfTheSuiteHas) {
  EXPECT_EQ(ErrorOf(After("matrix:\n  protocol: [none, unaligned]\n  protocol.intervall: [1s]\n")),
            "HF-CONFIG-005 suite.yaml:5: no protocol of this suite has a key 'intervall'; known: interval "
            "(did you mean interval?)");
  EXPECT_EQ(ErrorOf(After("matrix: {load: [{rat: 5/s}]}\n")),
            "HF-CONFIG-005 suite.yaml:3: load generator has no key 'rat'; known: rate, arrivals, warm-up, duration, "
            "in-flight (did you mean rate?)");
}

TEST(SuiteErrorTest, AValueWithoutItsUnitOrOutOfBounds) {
  EXPECT_THAT(ErrorOf(After("matrix: {protocol.interval: [500]}\n")),
              StartsWith("HF-CONFIG-008 suite.yaml:3: interval of protocol unaligned: '500' is not a duration"));
  EXPECT_EQ(ErrorOf(After("matrix: {protocol.interval: [1ms]}\n")),
            "HF-CONFIG-009 suite.yaml:3: interval of protocol unaligned is 1ms; allowed: 10ms .. 1h");
  EXPECT_THAT(ErrorOf(After("matrix: {load.rate: [fast]}\n")),
              HasSubstr("rate of load generator: 'fast' is not a rate"));
  EXPECT_THAT(ErrorOf(After("matrix: {fault: [kill@3]}\n")), HasSubstr("at of fault kill: '3' is not a duration"));
}

TEST(SuiteErrorTest, AWrongShape) {
  EXPECT_EQ(ErrorOf("[suite]\n"), "HF-CONFIG-007 suite.yaml:1: a suite must be a map, not a list");
  EXPECT_EQ(ErrorOf("suite: s\ndefaults:\n"), "HF-CONFIG-007 suite.yaml:2: defaults must be a map, not nothing");
  EXPECT_EQ(ErrorOf(After("matrix: {protocol: none}\n")),
            "HF-CONFIG-007 suite.yaml:3: axis protocol must be a list, not a single value");
  EXPECT_EQ(ErrorOf("suite: s\ndefaults:\n  state: [heap]\n"),
            "HF-CONFIG-007 suite.yaml:3: state is one name or map; a list of them is an axis under matrix");
  EXPECT_EQ(ErrorOf("suite: s\ndefaults: {load: fast}\n"),
            "HF-CONFIG-007 suite.yaml:2: load must be a map, not a single value");
  EXPECT_THAT(ErrorOf(After("exclude: {protocol: none}\n")), HasSubstr("exclude must be a list, not a map"));
}

TEST(SuiteErrorTest, SomethingMissing) {
  EXPECT_EQ(ErrorOf("about: x\n"), "HF-CONFIG-006 suite.yaml:1: the suite has no name; write suite: some-name");
  EXPECT_EQ(ErrorOf("suite: s\n"), "HF-CONFIG-006 suite.yaml:1: the suite names no workload; known: greeter");
  EXPECT_EQ(ErrorOf("suite: s\ndefaults:\n  state:\n"), "HF-CONFIG-006 suite.yaml:3: state is empty");
  EXPECT_EQ(ErrorOf("suite: s\ndefaults: {workload: greeter, protocol.interval: 1s}\n"),
            "HF-CONFIG-006 suite.yaml:2: protocol has options but no name; known: none, stop-the-world, unaligned, "
            "message-logging");
}

TEST(SuiteErrorTest, SomethingTwice) {
  EXPECT_EQ(ErrorOf(After("matrix: {protocol: [none, none]}\n")),
            "HF-CONFIG-003 suite.yaml:3: axis protocol lists 'none' twice");
  EXPECT_EQ(ErrorOf(After("matrix: {fault: [{name: kill@3s, at: 4s}]}\n")),
            "HF-CONFIG-003 suite.yaml:3: 'at' is given twice: after the @ and as a key");
}

TEST(SuiteErrorTest, ABadNameSeedOrRepetition) {
  EXPECT_THAT(ErrorOf("suite: My Suite\n"), StartsWith("HF-CONFIG-008 suite.yaml:1: the suite's name 'My Suite'"));
  EXPECT_THAT(ErrorOf(After("seed: many\n")), StartsWith("HF-CONFIG-008 suite.yaml:3: seed of the suite: 'many'"));
  EXPECT_EQ(ErrorOf(After("repetitions: 0\n")),
            "HF-CONFIG-009 suite.yaml:3: repetitions of the suite is 0; allowed: 1 .. 1000");
}

TEST(SuiteErrorTest, NothingOrTooMuchToRun) {
  EXPECT_EQ(ErrorOf(After("matrix: {protocol: []}\n")), "HF-CONFIG-012 suite.yaml:3: axis protocol is empty");
  EXPECT_EQ(ErrorOf(After("exclude:\n  - {protocol: unaligned}\n")),
            "HF-CONFIG-012 suite.yaml:1: exclude leaves no point to run");
  EXPECT_EQ(ErrorOf(After("exclude:\n  - {}\n")),
            "HF-CONFIG-012 suite.yaml:4: an empty line of exclude matches every point");
  std::string keys = "1";
  for (int i = 2; i <= 101; ++i) keys += ", " + std::to_string(i);
  EXPECT_EQ(ErrorOf(After("matrix: {workload.keys: [" + keys + "], load.in-flight: [" + keys + "]}\n")),
            "HF-CONFIG-012 suite.yaml:1: the matrix has more than 10000 points");
}

TEST(SuiteErrorTest, AnExcludeLineThatCannotMatch) {
  EXPECT_THAT(ErrorOf(After("exclude:\n  - {protocol: non}\n")),
              HasSubstr("suite.yaml:4: unknown protocol 'non'; known: none, stop-the-world"));
  EXPECT_THAT(ErrorOf(After("exclude:\n  - {protocol.intreval: 1s}\n")),
              HasSubstr("suite.yaml:4: protocol unaligned has no key 'intreval'"));
}

TEST(SuiteErrorTest, ABadOverrideNamesTheArgument) {
  EXPECT_EQ(ErrorOf(kQuick, {"protocol"}),
            "HF-CONFIG-011 --set protocol: write --set section=value or --set section.option=value");
  EXPECT_THAT(ErrorOf(kQuick, {"protocl=none"}), HasSubstr("HF-CONFIG-005 --set protocl=none: a suite has no section"));
  EXPECT_THAT(ErrorOf(kQuick, {"protocol=nome"}), HasSubstr("HF-CONFIG-004 --set protocol=nome: unknown protocol"));
  EXPECT_THAT(ErrorOf(kQuick, {"protocol.interval=5"}), HasSubstr("--set protocol.interval=5: interval of protocol"));
  EXPECT_THAT(ErrorOf(kQuick, {"state="}), HasSubstr("HF-CONFIG-006 --set state=: there is nothing here"));
  EXPECT_THAT(ErrorOf(kQuick, {"state=[heap"}), HasSubstr("HF-CONFIG-002 --set state=[heap: "));
}

TEST(SuiteErrorTest, AnImpossiblePointIsRefusedByTheCallersRule) {
  const auto catalog = TestCatalog();
  const auto check = [](const SuitePoint& point) -> Status {
    const auto& protocol = point.Part("protocol");
    const auto& egress = point.Part("engine").options.GetText("egress");
    if (protocol.name != "message-logging" || egress != "immediate") return {};
    return ConfigError(ConfigErrorId::kCombination, protocol.place, "message-logging needs egress: hold");
  };
  const auto tree = *ConfigTree::Parse(kQuick, "suite.yaml");
  const SuiteRules rules{catalog, {}, check};
  EXPECT_TRUE(ParseSuite(tree, {}, rules).ok());
  const std::vector<SuiteOverride> overrides = {*ParseSetArgument("engine.egress=immediate")};
  EXPECT_EQ(ParseSuite(tree, overrides, rules).error().message,
            "HF-CONFIG-010 suite.yaml:13: message-logging needs egress: hold (point message-logging/none)");
}

TEST(SuiteErrorTest, AFileThatCannotBeRead) {
  const auto catalog = TestCatalog();
  const SuiteRules rules{catalog, {}, {}};
  EXPECT_EQ(LoadSuite("no/such.yaml", {}, rules).error().message,
            "HF-CONFIG-001 no/such.yaml: No such file or directory");
  const auto folder = testing::TempDir();
  EXPECT_THAT(LoadSuite(folder, {}, rules).error().message, HasSubstr("this is not a regular file"));
  const auto path = folder + "/holdfast-suite-test.yaml";
  std::ofstream(path) << kQuick;
  EXPECT_EQ(LoadSuite(path, {}, rules)->points.size(), 7u);
}

// One random edit: remove, repeat, replace or insert a few bytes.
std::string Mutate(std::string text, Random& random) {
  constexpr std::string_view kBytes = " \n\t:,-[]{}'\"#&*!@.0s/ab\x01\xff";
  const auto at = random.Below(text.size());
  const auto length = random.Below(8);
  switch (random.Below(4)) {
    case 0:
      return text.erase(at, length);
    case 1:
      return text.insert(at, text.substr(random.Below(text.size()), 10 * length));
    case 2:
      text[at] = kBytes[random.Below(kBytes.size())];
      return text;
    default:
      return text.insert(at, 1, kBytes[random.Below(kBytes.size())]);
  }
}

TEST(SuiteErrorTest, NoMutationOfAGoodSuiteCrashesAndEveryRefusalHasAnIdAndAPlace) {
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    Random random(seed);
    std::string text(kQuick);
    for (auto edits = 1 + random.Below(4); edits > 0 && !text.empty(); --edits) text = Mutate(text, random);
    const auto error = ErrorOf(text);
    if (error == "no error") continue;
    ASSERT_THAT(error, testing::ContainsRegex("^HF-CONFIG-0[01][0-9] suite.yaml:[0-9]+: .")) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast
