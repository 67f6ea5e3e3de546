#include "workloads/fraud-detection/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/fraud-detection/story.h"

namespace holdfast::fraud_detection {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Story Thirty(const Misdeeds& misdeeds = {}) {
  Story story(Village(), misdeeds);
  story.RunAll(30);
  return story;
}

TEST(FraudOracleTest, AFailureFreeRunIsExact) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    Story story(Village(), {}, seed);
    story.RunAll(50);
    const auto findings = story.Judge(true);
    EXPECT_TRUE(findings.none()) << "seed " << seed << ": " << findings.Text();
    const auto outputs = story.outputs.size();
    EXPECT_EQ(story.ledger, (Ledger{.expected = outputs, .seen = outputs}));
    EXPECT_EQ(story.On(kDecisions.name).size(), 100u);
    EXPECT_EQ(story.On(kCounts.name).size(), 100u) << "50 counted and 50 taken back";
    EXPECT_GT(story.On(kAlerts.name).size(), 20u);
    EXPECT_GT(story.On(kCalls.name).size(), 10u);
  }
}

TEST(FraudOracleTest, OutputsMayComeInAnyOrderBetweenInstances) {
  auto story = Thirty();
  const auto decisions = story.On(kDecisions.name);
  // Every second decision comes at the very end.
  std::vector<Story::Output> late;
  for (std::size_t i = decisions.size(); i-- > 0;) {
    if (i % 2 == 0) continue;
    const auto place = story.outputs.begin() + static_cast<std::ptrdiff_t>(decisions[i]);
    late.push_back(*place);
    story.outputs.erase(place);
  }
  story.outputs.insert(story.outputs.end(), late.begin(), late.end());
  const auto findings = story.Judge(true);
  EXPECT_TRUE(findings.none()) << findings.Text();
}

TEST(FraudOracleTest, ALostDecisionIsMissingAndBreaksTheChains) {
  auto story = Thirty();
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(story.On(kDecisions.name)[5]));
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kMissing), ElementsAre(HasSubstr("no decision on transaction")));
  EXPECT_THAT(findings.first(Damage::kBrokenChain), Contains(HasSubstr("versions between were never seen")));
}

TEST(FraudOracleTest, ALostAlertIsMissing) {
  auto story = Thirty();
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(story.On(kAlerts.name)[3]));
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kMissing), ElementsAre(HasSubstr("no alert for transaction")));
  EXPECT_EQ(findings.total(), 1u);
  EXPECT_EQ(story.ledger.expected, story.ledger.seen + 1);
}

TEST(FraudOracleTest, AnAlertBelowTheThresholdIsAPhantom) {
  auto story = Thirty();
  std::string value;
  for (const auto place : story.On(kDecisions.name)) {
    Decision decision;
    ASSERT_TRUE(Codec<Decision>::Decode(story.outputs[place].value, decision));
    if (decision.score > 50) continue;
    Codec<Alert>::Encode({decision.transaction, decision.account, decision.amount, decision.score}, value);
    story.outputs.push_back(
        {story.application->FindEgress(kAlerts.name).value(), std::string(decision.account), value});
    break;
  }
  EXPECT_THAT(story.Judge().first(Damage::kPhantom), ElementsAre(HasSubstr("whose score is not above")));
}

TEST(FraudOracleTest, EachOutputTwiceIsADuplicate) {
  for (const auto egress : {kDecisions.name, kAlerts.name, kCounts.name, kCalls.name}) {
    auto story = Thirty();
    story.outputs.push_back(story.outputs[story.On(egress)[2]]);
    const auto findings = story.Judge();
    EXPECT_EQ(findings.count(Damage::kDuplicate), 1u) << egress;
    EXPECT_EQ(findings.total(), 1u) << egress << findings.Text();
  }
}

TEST(FraudOracleTest, AScoreIsThatOfItsFeatures) {
  auto story = Thirty();
  story.ChangeOutput(kDecisions, [](Decision& decision) { return decision.score < 49 && ++decision.score; });
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kContradictory), ElementsAre(HasSubstr("has score")));
  EXPECT_EQ(findings.total(), 1u);
}

TEST(FraudOracleTest, ADecisionIsAboutItsTransaction) {
  auto story = Thirty();
  story.ChangeOutput(kDecisions, [](Decision& decision) { return decision.merchant = "merchant-9", true; });
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr("at 'merchant-9'")));
}

TEST(FraudOracleTest, ACountIsTheOneOfItsVersion) {
  auto story = Thirty();
  story.ChangeOutput(kCounts, [](CountChange& change) { return change.count == 2 && ++change.count; });
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("counts 3 at version")));
}

TEST(FraudOracleTest, AWitnessOfAnotherHistoryBreaksTheChain) {
  auto story = Thirty();
  story.ChangeOutput(kDecisions,
                     [](Decision& decision) { return decision.counter.version > 3 && ++decision.counter.chain; });
  EXPECT_THAT(story.Judge().first(Damage::kBrokenChain), Contains(HasSubstr("another history")));
  story = Thirty();
  story.ChangeOutput(kCounts, [](CountChange& change) { return change.counter.version > 3 && ++change.counter.at; });
  EXPECT_GT(story.Judge().count(Damage::kBrokenChain), 0u);
}

TEST(FraudOracleTest, AScoreIsTheOneOfItsCall) {
  auto story = Thirty();
  story.ChangeOutput(kCalls, [](CallOutcome& outcome) {
    return outcome.deed == static_cast<std::uint32_t>(Deed::kScored) && ++outcome.score;
  });
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kContradictory), Contains(HasSubstr("the service gives")));
  EXPECT_THAT(findings.first(Damage::kContradictory), Contains(HasSubstr("waited for it and got")));
}

TEST(FraudOracleTest, AQueryHandledTwiceShows) {
  for (const auto& type : {Codec<CountQuery>::Name(), Codec<ScoreQuery>::Name()}) {
    auto story = Thirty({.repeat = type});
    const auto findings = story.Judge(true);
    EXPECT_GT(findings.count(Damage::kPhantom), 0u) << "a dead letter";
    EXPECT_GT(findings.count(Damage::kBrokenChain), 0u) << type;
  }
}

TEST(FraudOracleTest, AMessageLostOnTheWayIsAMissingDecision) {
  for (const auto& type :
       {Codec<Transaction>::Name(), Codec<CountQuery>::Name(), Codec<CountReply>::Name(), Codec<ScoreQuery>::Name(),
        Codec<ScoreReply>::Name(), Codec<FeatureVector>::Name(), Codec<ModelReply>::Name()}) {
    auto story = Thirty({.lose = type});
    const auto findings = story.Judge(true);
    EXPECT_EQ(findings.count(Damage::kMissing), 1u) << type;
    EXPECT_EQ(findings.count(Damage::kWrongState) > 0, type != Codec<Transaction>::Name()) << type;
  }
}

TEST(FraudOracleTest, AConfirmationCountedTwiceContradictsItself) {
  auto story = Thirty({.repeat = Codec<Confirmation>::Name()});
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), Contains(HasSubstr("counting confirmation 2/0 came again")));
}

TEST(FraudOracleTest, AConfirmationForgottenIsMissing) {
  auto story = Thirty({.lose = Codec<Confirmation>::Name()});
  const auto findings = story.Judge(true);
  EXPECT_THAT(findings.first(Damage::kMissing), ElementsAre("never counted: confirmation 2/0"));
  EXPECT_EQ(findings.total(), 1u);
}

TEST(FraudOracleTest, AConfirmationTakenBackEarlyShows) {
  auto story = Thirty({.fire_early = true});
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr("taken back 9 ms before it was due")));
}

TEST(FraudOracleTest, AConfirmationTakenBackTwiceShows) {
  auto story = Thirty({.repeat = Codec<Expiry>::Name()});
  EXPECT_THAT(story.Judge().first(Damage::kContradictory),
              Contains(HasSubstr("taking back confirmation 2/0 came again")));
}

TEST(FraudOracleTest, AConfirmationNeverTakenBackShowsAtRest) {
  auto story = Thirty({.lose = Codec<Expiry>::Name()});
  EXPECT_THAT(story.Judge(true).first(Damage::kWrongState), ElementsAre(HasSubstr("still counts")));
  EXPECT_TRUE(story.Judge().none()) << "it may still come";
}

TEST(FraudOracleTest, AConfirmationNotTakenBackForLongIsMissing) {
  auto options = Village();
  Story story(options, {.lose = Codec<Expiry>::Name()});
  story.RunAll(2'000);
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kMissing), ElementsAre("never taken back: confirmation 2/0"));
  EXPECT_EQ(story.ledger.expected, story.ledger.seen + 1);
}

TEST(FraudOracleTest, AWindowThatIsNotOverLeavesNothingMissing) {
  auto options = Village();
  options.window = std::chrono::hours(720);
  Story story(options);
  for (; story.offered < 20; ++story.offered) {
    for (std::uint16_t p = 0; p < 3; ++p) story.Offer(PartitionId(p), story.offered), story.Handle();
  }
  while (story.On(kDecisions.name).size() < 40) story.Wait(), story.Handle();
  const auto findings = story.Judge();
  EXPECT_TRUE(findings.none()) << findings.Text();
  EXPECT_EQ(story.On(kCounts.name).size(), 20u);
}

TEST(FraudOracleTest, ChangesOfACountInAnotherOrderAreOutOfOrder) {
  auto story = Thirty();
  const auto counts = story.On(kCounts.name);
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (story.outputs[counts[i]].key != story.outputs[counts[0]].key) continue;
    std::swap(story.outputs[counts[0]], story.outputs[counts[i]]);
    break;
  }
  const auto findings = story.Judge();
  EXPECT_EQ(findings.count(Damage::kOutOfOrder), 1u);
  EXPECT_EQ(findings.total(), 1u) << findings.Text();
}

TEST(FraudOracleTest, AnUnknownOutcomeIsRightOnlyAfterADisturbance) {
  auto story = Thirty({.unknown_outcome = true});
  EXPECT_TRUE(story.Judge(true, true).none()) << story.Judge(true, true).Text();
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr("nothing was disturbed")));
}

TEST(FraudOracleTest, AnOutcomeThatNeverComesLeavesAllWaiting) {
  auto story = Thirty({.lose_outcome = true});
  EXPECT_EQ(story.Judge().count(Damage::kMissing), 60u) << "there is one merchant";
  EXPECT_THAT(story.Judge(true).first(Damage::kWrongState), Contains(HasSubstr("none should be left")));
}

TEST(FraudOracleTest, AScoreThatOutlivesItsTimeShows) {
  auto story = Thirty();
  auto options = Village();
  options.score_ttl = std::chrono::milliseconds(3);  // In truth it lived for five.
  story.input = FraudInput(1, options, *story.application);
  EXPECT_THAT(story.Judge().first(Damage::kWrongState), Contains(HasSubstr("there is no live score")));
}

TEST(FraudOracleTest, StateOfAnotherHistoryIsWrong) {
  auto story = Thirty();
  const auto counter = story.application->FindFunction(kCounter).value().value;
  const auto merchant = story.application->FindFunction(kMerchant).value().value;
  story.memory.erase({merchant, "merchant-0"});
  story.memory[{counter, "account-0"}] = story.memory[{counter, "account-1"}];
  const auto findings = story.Judge(true);
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("'account-0': it ends at version")));
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("'merchant-0': no state after")));
}

// Rolled back, and gone on in another order: each timeline alone is right, output of both is not.
TEST(FraudOracleTest, OutputOfARolledBackTimelineShows) {
  Story story(Village());
  for (; story.offered < 10; ++story.offered) {
    for (std::uint16_t p = 0; p < 3; ++p) story.Offer(PartitionId(p), story.offered), story.Handle();
  }
  auto other = story;
  const auto go_on = [](Story& one, std::initializer_list<std::uint16_t> order) {
    for (std::uint64_t offset = 10; offset < 13; ++offset) {
      for (const auto p : order) one.Offer(PartitionId(p), offset), one.Handle();
    }
  };
  go_on(other, {2, 1, 0});
  go_on(story, {0, 1, 2});
  for (auto i = story.outputs.size(); i < other.outputs.size(); ++i) story.outputs.push_back(other.outputs[i]);
  story.outputs.insert(story.outputs.end(), other.outputs.end() - 4, other.outputs.end());
  story.offered = 13;
  const auto findings = story.Judge();
  EXPECT_GT(findings.count(Damage::kContradictory) + findings.count(Damage::kBrokenChain), 0u);
}

TEST(FraudOracleTest, WhatNobodyOfferedIsAPhantom) {
  auto story = Thirty();
  story.offered -= 1;
  const auto findings = story.Judge();
  EXPECT_EQ(findings.count(Damage::kPhantom) >= 4, true) << findings.Text();
  story = Thirty();
  story.outputs.push_back({story.application->FindEgress(kDecisions.name).value(), "x", "?"});
  EXPECT_THAT(story.Judge().first(Damage::kPhantom), ElementsAre(HasSubstr("none of its kind")));
}

}  // namespace
}  // namespace holdfast::fraud_detection
