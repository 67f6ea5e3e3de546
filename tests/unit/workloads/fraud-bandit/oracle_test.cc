#include "workloads/fraud-bandit/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/fraud-bandit/story.h"

namespace holdfast::fraud_bandit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Story Thirty(const Misdeeds& misdeeds = {}) {
  Story story(Village(), misdeeds);
  story.RunAll(30);
  return story;
}
// After ten rounds `tamper` changes what instances remember; then there are ten more.
template <class T>
Findings JudgeTampered(std::string_view function, const std::string& id, std::string_view state, const T& value) {
  Story story(Village());
  story.RunAll(10);
  story.Tamper(function, id, state, value);
  for (; story.offered < 20; ++story.offered) {
    for (std::uint16_t p = 0; p < 5; ++p) story.Offer(PartitionId(p), story.offered), story.Handle();
  }
  return story.Judge();
}
void Erase(Story& story, std::size_t output) {
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(output));
}
// Only this is wrong.
void ExpectOnly(const Findings& findings, Damage damage, const std::string& words) {
  EXPECT_THAT(findings.first(damage), Contains(HasSubstr(words))) << findings.Text();
  EXPECT_EQ(findings.total(), findings.count(damage)) << findings.Text();
}

TEST(BanditOracleTest, AFailureFreeRunIsExact) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    Story story(Village(), {}, seed);
    story.RunAll(50);
    const auto findings = story.Judge(true);
    EXPECT_TRUE(findings.none()) << "seed " << seed << ": " << findings.Text();
    EXPECT_EQ(story.ledger, (Ledger{.expected = 350, .seen = 350}));
    EXPECT_EQ(story.On(kDecisions.name).size(), 100u);
    EXPECT_EQ(story.On(kLessons.name).size(), 100u);
    EXPECT_EQ(story.On(kRates.name).size(), 100u);
    EXPECT_EQ(story.On(kSwaps.name).size(), 50u);
  }
}

TEST(BanditOracleTest, OutputsMayComeInAnyOrderBetweenInstances) {
  auto story = Thirty();
  std::vector<Story::Output> late;
  const auto decisions = story.On(kDecisions.name);
  for (std::size_t i = decisions.size(); i-- > 0;) {  // Every second decision comes at the very end.
    if (i % 2 == 0) continue;
    late.push_back(story.outputs[decisions[i]]);
    Erase(story, decisions[i]);
  }
  story.outputs.insert(story.outputs.end(), late.begin(), late.end());
  const auto findings = story.Judge(true);
  EXPECT_TRUE(findings.none()) << findings.Text();
}

TEST(BanditOracleTest, EachOutputLostIsMissingAndBreaksItsChains) {
  for (const auto egress : {kDecisions.name, kLessons.name, kRates.name, kSwaps.name}) {
    auto story = Thirty();
    Erase(story, story.On(egress)[5]);
    const auto findings = story.Judge();
    EXPECT_THAT(findings.first(Damage::kMissing), ElementsAre(HasSubstr("never came"))) << egress;
    EXPECT_THAT(findings.first(Damage::kBrokenChain), Contains(HasSubstr("versions between were never seen")));
    EXPECT_EQ(story.ledger.expected, story.ledger.seen + 1);
  }
}

// With the last one no chain breaks.
TEST(BanditOracleTest, TheLastOutputLostIsMissing) {
  auto story = Thirty();
  Erase(story, story.On(kSwaps.name).back());
  ExpectOnly(story.Judge(), Damage::kMissing, "the swap by publication 4/29 never came");
}

TEST(BanditOracleTest, EachOutputTwiceIsADuplicate) {
  for (const auto egress : {kDecisions.name, kLessons.name, kRates.name, kSwaps.name}) {
    auto story = Thirty();
    story.outputs.push_back(story.outputs[story.On(egress)[2]]);
    const auto findings = story.Judge();
    EXPECT_EQ(findings.count(Damage::kDuplicate), 1u) << egress;
    EXPECT_EQ(findings.total(), 1u) << egress << findings.Text();
  }
}

TEST(BanditOracleTest, AScoreIsThatOfItsFeaturesAndItsVersion) {
  auto story = Thirty();
  story.ChangeOutput(kDecisions, [](Decision& decision) { return decision.score < 40 && ++decision.score; });
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kContradictory), ElementsAre(HasSubstr("has score")));
  EXPECT_EQ(findings.total(), 1u) << findings.Text();
}

TEST(BanditOracleTest, OutputsAreAboutWhatWasOffered) {
  auto story = Thirty();
  story.ChangeOutput(kDecisions, [](Decision& decision) { return decision.merchant = "merchant-9", true; });
  ExpectOnly(story.Judge(), Damage::kContradictory, "is not about what was offered");
  for (const auto egress : {kDecisions.name, kLessons.name, kRates.name, kSwaps.name}) {
    story = Thirty();
    story.outputs[story.On(egress)[3]].key = "someone";
    ExpectOnly(story.Judge(), Damage::kContradictory, "with key 'someone', is not about what was offered");
  }
}

TEST(BanditOracleTest, ThereAreFiveArms) {
  auto story = Thirty();
  story.ChangeOutput(kDecisions, [](Decision& decision) { return decision.arm = 5, true; });
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), Contains(HasSubstr("has arm 5")));
  story = Thirty();
  story.ChangeOutput(kLessons, [](Lesson& lesson) { return lesson.arm = 5, true; });
  EXPECT_THAT(story.Judge().first(Damage::kWrongState), Contains(HasSubstr("there is no arm 5")));
}

TEST(BanditOracleTest, HabitsAreThoseOfAllAmountsBefore) {
  ExpectOnly(JudgeTampered(kAccount, "account-0", "amounts", Amounts{5, 3000, 2'000'000}), Damage::kWrongState,
             "it saw count 5, mean 600, deviation 200");
}

// The manager holds other habits than the account told it, and all that follows fits them.
TEST(BanditOracleTest, EveryFeatureIsTheOneThatItsUnitSaw) {
  for (const auto field : {&Habits::count, &Habits::mean, &Habits::deviation, &Habits::since}) {
    for (const int by : {1, -1}) {
      Story story(Village());
      story.RunAll(10);
      story.Offer(PartitionId(0), 10), story.Handle(4);
      auto held = story.Held<HabitsReply>(kManager, "transaction-0-10", "habits");
      held.habits.*field += by;
      story.Tamper(kManager, "transaction-0-10", "habits", held);
      story.Handle();
      const auto findings = story.JudgeOutputs();
      ExpectOnly(findings, Damage::kWrongState, "it saw count");
      EXPECT_EQ(findings.total(), 1u);
    }
  }
}

TEST(BanditOracleTest, ARateIsThatOfAllLabelsBefore) {
  const auto findings = JudgeTampered(kMerchant, "merchant-0", "labels", Labels{10, 1});
  ExpectOnly(findings, Damage::kWrongState, "it saw rate 100, and that of");
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("frauds of 11, not")));
}

TEST(BanditOracleTest, AnArmIsTheOneThatTheBanditMustChoose) {
  Arms favourite;  // In truth it is arm 3.
  favourite.arms.fill({40, 0});
  favourite.arms[1] = {40, 40};
  const auto findings = JudgeTampered(kClassifier, "account-0", "arms", favourite);
  ExpectOnly(findings, Damage::kWrongState, "is arm 1, and the bandit chooses 3");
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("it left arm 1 with")));
}

TEST(BanditOracleTest, AScoreIsByTheVersionThatTheModelWasOf) {
  for (std::int64_t version : {0, 1, 3}) {  // Every model was published twice.
    Story story(Village());
    story.RunAll(10);
    for (std::uint64_t model = 0; model < 5; ++model) {
      story.Tamper(kModel, BanditInput::ModelId(model), "version", version);
    }
    story.Offer(PartitionId(0), 10), story.Offer(PartitionId(1), 10);
    story.Offer(PartitionId(2), 10), story.Offer(PartitionId(3), 10), story.Handle();
    ExpectOnly(story.Judge(), Damage::kPhantom, "nothing offered calls for it");
    const auto findings = story.JudgeAsOffered();
    EXPECT_EQ(findings.total(), findings.count(Damage::kWrongState)) << findings.Text();
    EXPECT_THAT(findings.first(Damage::kWrongState),
                Contains(HasSubstr(fmt::format("it is by version {}, and the model was of version 2", version))));
  }
}

TEST(BanditOracleTest, VersionsOfAModelComeInTheOrderOffered) {
  Story story(Village());
  for (const std::uint64_t offset : {5, 0}) story.Offer(PartitionId(4), offset), story.Handle();
  story.positions[PartitionId(4)] = 10;
  const auto findings = story.JudgeAsOffered();
  EXPECT_THAT(findings.first(Damage::kWrongState), ElementsAre(HasSubstr("it becomes version 2 after version 0"),
                                                               HasSubstr("it becomes version 1 after version 2")));
}

// The manager remembers another arm than the one it was decided with.
TEST(BanditOracleTest, ALessonIsOfTheArmThatDecided) {
  Story story(Village());
  story.Offer(PartitionId(0), 0), story.Handle();
  const auto decision = story.Nth(kDecisions, 0);
  story.Tamper(kManager, "transaction-0-0", "score",
               Score{{0, 0}, (decision.arm + 1) % kArms, decision.classifier, 0, decision.model, decision.score});
  story.Offer(PartitionId(2), 0), story.Handle();
  ExpectOnly(story.JudgeAsOffered(), Damage::kContradictory, "to arm");
}

TEST(BanditOracleTest, ARewardIsTheOneThatTheScoreDeserves) {
  Story story(Village());
  story.Offer(PartitionId(0), 0), story.Handle();
  const auto decision = story.Nth(kDecisions, 0);
  story.Tamper(kManager, "transaction-0-0", "score",
               Score{{0, 0}, decision.arm, decision.classifier, 0, decision.model, decision.score > 50 ? 0 : 100});
  story.Offer(PartitionId(2), 0), story.Handle();
  ExpectOnly(story.JudgeAsOffered(), Damage::kContradictory, "gives reward");
}

// A manager that knows its decision already gives the reward; then the transaction comes.
TEST(BanditOracleTest, ALessonComesAfterItsChoice) {
  auto options = Village();
  options.frauds = options.exploration = 0;
  Story before(options);
  before.Offer(PartitionId(0), 0), before.Handle();
  const auto decision = before.Nth(kDecisions, 0);
  const Score score{{0, 0}, decision.arm, {}, 0, {}, decision.score};
  Story story(options);
  story.Tamper(kManager, "transaction-0-0", "transaction",
               Transaction{{0, 0}, decision.account, decision.merchant, decision.amount, ""});
  story.Tamper(kManager, "transaction-0-0", "score", score);
  story.Offer(PartitionId(2), 0), story.Handle();
  story.Offer(PartitionId(0), 0), story.Handle();
  EXPECT_EQ(story.Nth(kDecisions, 0).arm, decision.arm);
  ExpectOnly(story.JudgeOutputs(), Damage::kContradictory, "chosen at version 2");
}

TEST(BanditOracleTest, AWitnessOfAnotherHistoryBreaksTheChain) {
  const auto change = [](auto which) {
    auto story = Thirty();
    story.ChangeOutput(kDecisions, [&](Decision& decision) {
      auto& witness = decision.*which;
      return witness.version > 3 && ++witness.chain;
    });
    return story.Judge();
  };
  for (const auto which : {&Decision::spender, &Decision::seller, &Decision::classifier, &Decision::model}) {
    ExpectOnly(change(which), Damage::kBrokenChain, "another history");
  }
}

TEST(BanditOracleTest, AMessageLostOnTheWayIsMissing) {
  for (const auto& type :
       {Codec<Transaction>::Name(), Codec<Label>::Name(), Codec<Publication>::Name(), Codec<HabitsQuery>::Name(),
        Codec<HabitsReply>::Name(), Codec<RateQuery>::Name(), Codec<RateReply>::Name(), Codec<FeatureVector>::Name(),
        Codec<ScoreQuery>::Name(), Codec<Score>::Name(), Codec<Truth>::Name(), Codec<Reward>::Name()}) {
    auto story = Thirty({.lose = type});
    const auto findings = story.Judge(true);
    EXPECT_GT(findings.count(Damage::kMissing), 0u) << type;
    EXPECT_EQ(findings.count(Damage::kDuplicate) + findings.count(Damage::kPhantom), 0u) << findings.Text();
  }
}

TEST(BanditOracleTest, AMessageHandledTwiceShows) {
  for (const auto& type :
       {Codec<Transaction>::Name(), Codec<Label>::Name(), Codec<Publication>::Name(), Codec<HabitsQuery>::Name(),
        Codec<HabitsReply>::Name(), Codec<RateQuery>::Name(), Codec<RateReply>::Name(), Codec<FeatureVector>::Name(),
        Codec<ScoreQuery>::Name(), Codec<Score>::Name(), Codec<Truth>::Name(), Codec<Reward>::Name()}) {
    auto story = Thirty({.repeat = type});
    EXPECT_FALSE(story.Judge(true).none()) << type;
  }
}

TEST(BanditOracleTest, ALessonLearnedTwiceContradictsItself) {
  auto story = Thirty({.repeat = Codec<Reward>::Name()});
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), Contains(HasSubstr("came again with other content")));
}

TEST(BanditOracleTest, LessonsOfAClassifierInAnotherOrderAreOutOfOrder) {
  auto story = Thirty();
  const auto lessons = story.On(kLessons.name);
  for (std::size_t i = 1; i < lessons.size(); ++i) {
    if (story.outputs[lessons[i]].key != story.outputs[lessons[0]].key) continue;
    std::swap(story.outputs[lessons[0]], story.outputs[lessons[i]]);
    break;
  }
  ExpectOnly(story.Judge(), Damage::kOutOfOrder, "and came after version");
}

TEST(BanditOracleTest, WhatNobodyOfferedIsAPhantom) {
  auto story = Thirty();
  story.offered -= 1;
  EXPECT_EQ(story.Judge().count(Damage::kPhantom), 7u);
  story = Thirty();
  story.outputs.push_back({story.application->FindEgress(kDecisions.name).value(), "x", "?"});
  EXPECT_EQ(story.Judge().count(Damage::kPhantom), 1u);
}

TEST(BanditOracleTest, ALabelTeachesNothingWithoutItsTransaction) {
  auto story = Thirty();
  story.positions[PartitionId(0)] = 29;
  const auto findings = story.JudgeOutputs();
  EXPECT_THAT(findings.first(Damage::kPhantom),
              ElementsAre(HasSubstr("the decision on transaction 0/29: nothing offered calls for it"),
                          HasSubstr("the lesson of transaction 0/29: the transaction was not offered"),
                          HasSubstr("the change of a rate by transaction 0/29: the transaction was not offered")));
  EXPECT_EQ(story.ledger.expected, story.ledger.seen);
}

// An oracle hears of a partition when it sees what came of it.
TEST(BanditOracleTest, ALessonMayBeSeenBeforeTheTransactionIsHeardOf) {
  Story story(Village());
  story.Offer(PartitionId(0), 0), story.Offer(PartitionId(2), 0), story.Handle();
  BanditOracle oracle(story.application, story.input);
  oracle.Offered(PartitionId(2), 1);
  const auto see = [&](std::string_view egress) {
    const auto& output = story.outputs[story.On(egress).at(0)];
    oracle.See({output.egress, {}, output.key, output.value});
  };
  see(kLessons.name), see(kRates.name);
  oracle.Offered(PartitionId(0), 1);
  see(kDecisions.name);
  oracle.Finish();
  EXPECT_TRUE(oracle.findings().none()) << oracle.findings().Text();
  EXPECT_EQ(oracle.ledger(), (Ledger{.expected = 3, .seen = 3}));
}

TEST(BanditOracleTest, ATransactionWithoutLabelWaitsAndALabelWithoutTransactionDoes) {
  Story story(Village());
  story.Offer(PartitionId(0), 0), story.Offer(PartitionId(3), 0), story.Handle();
  const auto findings = story.JudgeAsOffered();
  EXPECT_TRUE(findings.none()) << findings.Text();
  EXPECT_EQ(story.ledger, (Ledger{.expected = 1, .seen = 1}));
  const auto manager = story.application->FindFunction(kManager).value().value;
  for (const auto* id : {"transaction-0-0", "transaction-1-0"}) {
    auto other = story;
    other.memory.erase({manager, id});
    ExpectOnly(other.JudgeAsOffered(), Damage::kWrongState, "nobody knows of transaction");
    other = story;
    other.memory[{manager, "transaction-0-7"}] = other.memory[{manager, id}];
    ExpectOnly(other.JudgeAsOffered(), Damage::kWrongState, "'transaction-0-7': state, where none should be left");
  }
}

TEST(BanditOracleTest, StateOfAnotherHistoryIsWrong) {
  const std::pair<std::string_view, const char*> instances[] = {
      {kAccount, "account-0"}, {kMerchant, "merchant-0"}, {kClassifier, "account-1"}, {kModel, "model-2"}};
  for (const auto& [function, id] : instances) {
    auto story = Thirty();
    story.memory.erase({story.application->FindFunction(function).value().value, id});
    ExpectOnly(story.Judge(true), Damage::kWrongState, fmt::format("'{}': no state after", id));
  }
  const auto tampered = [](std::string_view function, const char* id, std::string_view state, const auto& value) {
    auto story = Thirty();
    story.Tamper(function, id, state, value);
    ExpectOnly(story.Judge(true), Damage::kWrongState, fmt::format("its {} are not those of its outputs", state));
  };
  tampered(kAccount, "account-0", "amounts", Amounts{1, 1, 1});
  tampered(kMerchant, "merchant-0", "labels", Labels{1, 1});
  tampered(kClassifier, "account-0", "arms", Arms());
  tampered(kModel, "model-0", "version", std::int64_t{1});
}

// Rolled back, and gone on in another order: each timeline alone is right, output of both is not.
TEST(BanditOracleTest, OutputOfARolledBackTimelineShows) {
  Story story(Village());
  story.RunAll(10);
  auto other = story;
  const auto go_on = [](Story& one, std::initializer_list<std::uint16_t> order) {
    for (const auto p : order) one.Offer(PartitionId(p), 10), one.Handle();
  };
  go_on(other, {1, 0, 3, 2, 4});
  go_on(story, {0, 1, 2, 3, 4});
  story.outputs.insert(story.outputs.end() - 1, other.outputs.end() - 7, other.outputs.end() - 6);
  story.offered = 11;
  const auto findings = story.Judge();
  EXPECT_GT(findings.count(Damage::kContradictory) + findings.count(Damage::kBrokenChain), 0u);
}

}  // namespace
}  // namespace holdfast::fraud_bandit
