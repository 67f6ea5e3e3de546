#include "core/base/config_tree.h"

#include <gmock/gmock.h>

#include "core/base/random.h"

namespace holdfast {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Kind = ConfigTree::Kind;

std::string TreeError(std::string_view text) {
  const auto tree = ConfigTree::Parse(text, "suite.yaml");
  return tree.ok() ? "no error" : tree.error().message;
}

TEST(ConfigTreeTest, KeepsKindsTextAndPlaces) {
  const auto tree = *ConfigTree::Parse("suite: quick\nmatrix:\n  protocol: [none, 'un aligned']\n", "suite.yaml");
  ASSERT_EQ(tree.kind(), Kind::kMap);
  EXPECT_EQ(tree.Find("suite")->value(), "quick");
  EXPECT_EQ(tree.Find("suite")->place(), (ConfigPlace{"suite.yaml", 1, 8}));
  EXPECT_EQ(tree.Find("nothing"), nullptr);
  const auto& axis = tree.Find("matrix")->entries().front();
  EXPECT_EQ(axis.key, "protocol");
  EXPECT_EQ(axis.place.ToString(), "suite.yaml:3");
  ASSERT_EQ(axis.value.kind(), Kind::kList);
  EXPECT_EQ(axis.value.items()[1].value(), "un aligned");
  EXPECT_EQ(axis.value.items()[1].place().column, 20);
}

TEST(ConfigTreeTest, AMissingValueIsAnEmptyScalarAtItsKey) {
  const auto tree = *ConfigTree::Parse("defaults:\n\n\nmatrix: {}\n", "suite.yaml");
  EXPECT_EQ(tree.Find("defaults")->kind(), Kind::kScalar);
  EXPECT_EQ(tree.Find("defaults")->value(), "");
  EXPECT_EQ(tree.Find("defaults")->place().line, 1);
}

TEST(ConfigTreeTest, AKeyWrittenTwiceIsRefusedWithBothLines) {
  EXPECT_EQ(TreeError("seed: 1\nabout: x\nseed: 2\n"),
            "HF-CONFIG-003 suite.yaml:3: key 'seed' is written twice; first at line 1");
  EXPECT_EQ(TreeError("defaults: {state: heap, state: heap}"),
            "HF-CONFIG-003 suite.yaml:1: key 'state' is written twice; first at line 1");
}

TEST(ConfigTreeTest, SyntaxErrorsNameTheLine) {
  EXPECT_THAT(TreeError("suite: quick\nmatrix: [none\nseed: 1\n"), StartsWith("HF-CONFIG-002 suite.yaml:3: "));
  EXPECT_THAT(TreeError("suite: quick\n\tseed: 1\n"), StartsWith("HF-CONFIG-002 suite.yaml:2: "));
}

TEST(ConfigTreeTest, WhatMakesReadersGuessIsRefused) {
  EXPECT_THAT(TreeError("a: &x 1\n"), HasSubstr("suite.yaml:1: anchors (&name) are not read"));
  EXPECT_THAT(TreeError("a: 1\n---\nb: 2\n"), HasSubstr("suite.yaml:2: the document has ended before this"));
  EXPECT_THAT(TreeError("a: 1\n]\n"), HasSubstr("HF-CONFIG-002 suite.yaml:2"));
  EXPECT_THAT(TreeError("a: !fault kill\n"), HasSubstr("tags are not read"));
  EXPECT_THAT(TreeError("[a, b]: 1\n"), HasSubstr("a key must be a word"));
  EXPECT_THAT(TreeError(": 1\n"), HasSubstr("a key must be a word"));
  EXPECT_THAT(TreeError("a: *x\n"), StartsWith("HF-CONFIG-002 suite.yaml:1: "));
}

TEST(ConfigTreeTest, AnEmptyFileIsAnError) {
  EXPECT_EQ(TreeError(""), "HF-CONFIG-006 suite.yaml:1: there is nothing here");
  EXPECT_EQ(TreeError("# only a comment\n"), "HF-CONFIG-006 suite.yaml:1: there is nothing here");
}

TEST(ConfigTreeTest, AValueFromTheCommandLineIsAllAtOnePlace) {
  const ConfigPlace place{"--set fault={name: kill, at: 3s}", 0, 0};
  const auto tree = *ConfigTree::ParseValue("{name: kill, at: 3s}", place);
  EXPECT_EQ(tree.Find("at")->place(), place);
  EXPECT_EQ(tree.Find("at")->place().ToString(), "--set fault={name: kill, at: 3s}");
  EXPECT_EQ(ConfigTree::ParseValue("{a: 1, a: 2}", place).error().message,
            "HF-CONFIG-003 --set fault={name: kill, at: 3s}: key 'a' is written twice");
}

TEST(ConfigTreeTest, SetReplacesAndAppendExtends) {
  auto map = ConfigTree::Map({});
  map.Set("key", {}, ConfigTree::Scalar("1", {}));
  map.Set("key", {}, ConfigTree::Scalar("2", {}));
  EXPECT_EQ(map.entries().size(), 1u);
  EXPECT_EQ(map.Find("key")->value(), "2");
  auto list = ConfigTree::List({});
  list.Append(map);
  EXPECT_EQ(list.items().size(), 1u);
  EXPECT_DEATH(list.Set("key", {}, map), "check failed");
}

TEST(ConfigTreeTest, ExpectationsNameWhatTheyExpect) {
  const auto tree = *ConfigTree::Parse("matrix:\nseeed: [1]\n", "suite.yaml");
  EXPECT_EQ(ExpectKind(*tree.Find("matrix"), Kind::kMap, "matrix").error().message,
            "HF-CONFIG-007 suite.yaml:1: matrix must be a map, not nothing");
  EXPECT_EQ(ExpectKind(*tree.Find("seeed"), Kind::kScalar, "seed").error().message,
            "HF-CONFIG-007 suite.yaml:2: seed must be a single value, not a list");
  const std::vector<std::string> known = {"matrix", "seed"};
  EXPECT_EQ(ExpectKeys(tree, known, "a suite").error().message,
            "HF-CONFIG-005 suite.yaml:2: a suite has no key 'seeed'; known: matrix, seed (did you mean seed?)");
}

TEST(ConfigTreeTest, DeepNestingAndRandomBytesAreErrorsNotCrashes) {
  EXPECT_THAT(TreeError(std::string(5000, '[')), StartsWith("HF-CONFIG-002"));
  Random random(7);
  constexpr std::string_view kAlphabet = "ab:-[]{},'\"\n #&*!|>%@?\t\x01";
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (auto n = random.Below(40); n > 0; --n) text += kAlphabet[random.Below(kAlphabet.size())];
    const auto tree = ConfigTree::Parse(text, "f");
    if (!tree.ok()) {
      ASSERT_THAT(tree.error().message, StartsWith("HF-CONFIG-0"));
    }
  }
}

TEST(ConfigTreeTest, FlowTextReadsBackToTheSame) {
  for (const std::string text :
       {"[{at: 1s, do: kill}, [a b, \"\", \"x: y\"], {}]", "\"-1\"", "\"a\\nb\\\"c\\\\\"", "[]"}) {
    const auto tree = ConfigTree::ParseValue(text, {"here", 0, 0});
    ASSERT_TRUE(tree.ok()) << tree.error().message;
    EXPECT_EQ(FlowText(*tree), text);
  }
}

TEST(ConfigTreeErrorTest, EveryIdHasItsSectionOnTheReferencePage) {
  const auto page = ErrorReferenceMarkdown();
  for (int id = 1; id <= static_cast<int>(ConfigErrorId::kNothingToRun); ++id) {
    EXPECT_THAT(page, HasSubstr("\n## " + ConfigErrorName(static_cast<ConfigErrorId>(id)) + "\n"));
  }
}

TEST(ConfigTreeErrorTest, QuotedTextStaysOnOneShortLine) {
  EXPECT_EQ(Quote("a\nb"), "'a\\x0ab'");
  EXPECT_EQ(Quote(std::string(1000, 'x')), "'" + std::string(60, 'x') + "...'");
}

}  // namespace
}  // namespace holdfast
