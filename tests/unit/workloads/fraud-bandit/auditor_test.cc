#include "workloads/fraud-bandit/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/fraud-bandit/story.h"
#include "tests/unit/workloads/line_laws.h"

namespace holdfast::fraud_bandit {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class BanditAuditorTest : public testing::Test {
 protected:
  // What is said of a line with these states, and this on its way, where `story` stands.
  std::vector<std::string> Judge(const Story::Memory& memory, const std::vector<std::string>& waiting) {
    return story.JudgeLine(auditor, memory, waiting);
  }
  std::vector<std::string> Judge() { return Judge(story.memory, story.Waiting()); }

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
    return Judge(other.memory, story.Waiting());
  };
  EXPECT_THAT(tampered(kAccount, "account-0", "amounts", Amounts()), Contains(HasSubstr("knows 0 amounts")));
  EXPECT_THAT(tampered(kMerchant, "merchant-0", "labels", Labels{20, 0}), Contains(HasSubstr("0 frauds of 20")));
  EXPECT_THAT(tampered(kClassifier, "account-0", "arms", Arms()), Contains(HasSubstr("pulled 0 times")));
  EXPECT_THAT(tampered(kModel, "model-0", "version", std::int64_t{7}), Contains(HasSubstr("is of version 7")));
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

TEST_F(BanditAuditorTest, WhatNobodySendsIsNamed) {
  story.Offer(PartitionId(0), 0);
  auto waiting = story.Waiting();
  std::string bytes;
  const auto manager = story.application->FindFunction(kManager).value();
  AppendEnvelope(bytes, {{manager, "transaction-0-0"}, {}, *story.application->ValueTypeOf<Score>(), {}, "?"});
  waiting.push_back(bytes);
  EXPECT_THAT(Judge({}, waiting), Contains(HasSubstr("does not parse")));
  const auto account = story.application->FindFunction(kAccount).value();
  EXPECT_THAT(Judge({{{account.value, "account-3"}, "?"}}, story.Waiting()),
              Contains(HasSubstr("there can be no 'account-3'")));
}

TEST_F(BanditAuditorTest, AMessageAtAWrongAddressIsNamed) {
  story.Offer(PartitionId(0), 0), story.Offer(PartitionId(4), 0);
  const auto sent = story.Waiting();
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
