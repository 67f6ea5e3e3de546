#include "workloads/fraud-bandit/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/fraud-bandit/story.h"
#include "tests/unit/workloads/line_laws.h"

namespace holdfast::fraud_bandit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class BanditAuditorTest : public testing::Test {
 protected:
  // What is said of a line with these states, and this on its way, where `story` stands.
  std::vector<std::string> Judge(const Story::Memory& memory, const std::vector<std::string>& waiting) {
    return story.JudgeLine(auditor, memory, waiting);
  }
  std::vector<std::string> Judge() { return Judge(story.memory, story.Envelopes()); }

  Story story{Village()};
  BanditAuditor auditor{story.application, story.input};
  LineLaws laws{story, story.input, auditor};
};

TEST_F(BanditAuditorTest, EveryLineOfAFailureFreeRunIsConsistent) { EXPECT_GT(laws.EveryLineIsConsistent(), 200); }
TEST_F(BanditAuditorTest, NothingOnItsWayCanBeLost) { laws.NothingOnItsWayCanBeLost(); }
TEST_F(BanditAuditorTest, NothingIsOnItsWayTwice) { laws.NothingIsOnItsWayTwice(); }
TEST_F(BanditAuditorTest, NoStateIsOneUnitBehindTheRest) { laws.NoStateIsOneUnitBehindTheRest(); }
TEST_F(BanditAuditorTest, PositionsBelongToTheStates) { laws.PositionsBelongToTheStates(); }

TEST_F(BanditAuditorTest, WhatInstancesKnowIsWhatReachedThem) {
  story.RunAll(10);
  EXPECT_THAT(Judge(), IsEmpty());
  const auto tampered = [&](std::string_view function, const char* id, std::string_view state, const auto& value) {
    auto other = story;
    other.Tamper(function, id, state, value);
    return Judge(other.memory, story.Envelopes());
  };
  EXPECT_THAT(tampered(kAccount, "account-0", "amounts", Amounts()), Contains(HasSubstr("knows 0 amounts")));
  EXPECT_THAT(tampered(kMerchant, "merchant-0", "labels", Labels{20, 0}), Contains(HasSubstr("0 frauds of 20")));
  EXPECT_THAT(tampered(kClassifier, "account-0", "arms", Arms()), Contains(HasSubstr("pulled 0 times")));
  EXPECT_THAT(tampered(kModel, "model-0", "version", std::int64_t{7}), Contains(HasSubstr("is of version 7")));
}

TEST_F(BanditAuditorTest, UnitsAreThoseOfWhatReachedTheirInstance) {
  story.RunAll(10);
  const std::pair<std::string_view, const char*> instances[] = {
      {kAccount, "account-0"}, {kMerchant, "merchant-0"}, {kClassifier, "account-0"}, {kModel, "model-0"}};
  for (const auto& [function, id] : instances) {
    auto other = story;
    auto witness = story.Held<Witness>(function, id, "witness");
    ++witness.version;
    other.Tamper(function, id, "witness", witness);
    EXPECT_THAT(Judge(other.memory, {}), ElementsAre(HasSubstr("has handled"))) << function;
  }
}

TEST_F(BanditAuditorTest, ATransactionOnItsWayHasAskedNobody) {
  story.Offer(PartitionId(0), 0);
  const auto coming = story.Envelopes();
  story.Handle(2);
  auto waiting = story.Envelopes();
  waiting.push_back(coming[0]);
  auto memory = story.memory;
  memory.erase({story.application->FindFunction(kManager).value().value, "transaction-0-0"});
  EXPECT_THAT(Judge(memory, waiting), Contains(HasSubstr("transaction 0/0 is on its way, and more of it")));
}

TEST_F(BanditAuditorTest, ADecidedTransactionWithItsLabelIsDone) {
  story.Offer(PartitionId(0), 0), story.Handle();
  const auto memory = story.memory;
  story.Offer(PartitionId(2), 0), story.Handle();
  auto mixed = story.memory;
  const auto manager = story.application->FindFunction(kManager).value().value;
  mixed[{manager, "transaction-0-0"}] = memory.at({manager, "transaction-0-0"});
  EXPECT_THAT(Judge(mixed, {}), Contains(HasSubstr("has its label in 0 places, not in 1")));
}

TEST_F(BanditAuditorTest, WhoHasDecisionAndLabelTeachesOnce) {
  story.Offer(PartitionId(0), 0), story.Handle();
  const bool fraud = story.input.TransactionAt({0, 0}).fraud;
  auto other = story;
  other.Tamper(kManager, "transaction-0-0", "label", Label{{0, 0}, fraud});
  story.Offer(PartitionId(2), 0), story.Handle(1);
  EXPECT_THAT(Judge(other.memory, {}), ElementsAre(HasSubstr("has decision and label, and does not teach")));
  EXPECT_THAT(Judge(other.memory, story.Envelopes()), Contains(HasSubstr("teaches already, and still has a manager")));
}

// As many units as reached the account, and an answer of one that it will have handled only later.
TEST_F(BanditAuditorTest, AnAnswerOfAUnitThatAnAccountHasNotHandledIsAnOrphan) {
  auto options = Village();
  options.accounts = 1;
  Story one(options);
  BanditAuditor judge(one.application, one.input);
  one.Offer(PartitionId(0), 0), one.Offer(PartitionId(1), 0), one.Handle(2);
  const auto asked = one.Envelopes();
  one.Handle(2);
  const std::pair<std::uint16_t, std::string> account{one.application->FindFunction(kAccount).value().value,
                                                      "account-0"};
  const auto behind = one.memory.at(account);
  one.Handle(2);
  auto answered = one.Envelopes();
  EXPECT_THAT(one.JudgeLine(judge, one.memory, answered), IsEmpty());
  answered[0] = asked[0];
  one.memory[account] = behind;
  EXPECT_THAT(one.JudgeLine(judge, one.memory, answered),
              ElementsAre(HasSubstr("from a unit that account-0 has not handled: an orphan")));
}

// The same of a model, which a publication has reached in one history, and not in the other.
TEST_F(BanditAuditorTest, AnAnswerOfAUnitThatAModelHasNotHandledIsAnOrphan) {
  auto options = Village();
  options.exploration = 0;
  Story one(options);
  BanditAuditor judge(one.application, one.input);
  one.Offer(PartitionId(4), 0);
  auto waiting = one.Envelopes();
  one.Handle();
  one.Offer(PartitionId(0), 0), one.Handle(7);
  EXPECT_THAT(one.JudgeLine(judge, one.memory, one.Envelopes()), IsEmpty());
  waiting.push_back(one.Envelopes().at(0));
  one.Tamper(kModel, "model-0", "version", std::int64_t{0});
  one.Tamper(kModel, "model-0", "witness", Witness{1, 0, 0});
  EXPECT_THAT(one.JudgeLine(judge, one.memory, waiting),
              ElementsAre(HasSubstr("from a unit that model-0 has not handled: an orphan")));
}

TEST_F(BanditAuditorTest, WhatNobodySendsIsNamed) {
  story.Offer(PartitionId(0), 0);
  auto waiting = story.Envelopes();
  std::string bytes;
  const auto manager = story.application->FindFunction(kManager).value();
  AppendEnvelope(bytes, {{manager, "transaction-0-0"}, {}, *story.application->ValueTypeOf<Score>(), {}, "?"});
  waiting.push_back(bytes);
  EXPECT_THAT(Judge({}, waiting), Contains(HasSubstr("does not parse")));
  const auto account = story.application->FindFunction(kAccount).value();
  EXPECT_THAT(Judge({{{account.value, "account-3"}, "?"}}, story.Envelopes()),
              Contains(HasSubstr("there can be no 'account-3'")));
}

TEST_F(BanditAuditorTest, AMessageAtAWrongAddressIsNamed) {
  story.Offer(PartitionId(0), 0), story.Offer(PartitionId(4), 0);
  const auto sent = story.Envelopes();
  std::vector<std::string> moved;
  for (std::string_view rest : sent) {
    EnvelopeView envelope;
    ASSERT_TRUE(TakeEnvelope(rest, envelope));
    envelope.target.id = moved.empty() ? "transaction-0-1" : "model-1";
    AppendEnvelope(moved.emplace_back(), envelope);
  }
  EXPECT_THAT(Judge({}, {moved[0], sent[1]}), Contains(HasSubstr("is at 'transaction-0-1', not at 'transaction-0-0'")));
  EXPECT_THAT(Judge({}, {sent[0], moved[1]}), Contains(HasSubstr("a message to 'model-1' is none for it")));
}

}  // namespace
}  // namespace holdfast::fraud_bandit
