#include "workloads/fraud-detection/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/fraud-detection/story.h"
#include "tests/unit/workloads/line_laws.h"

namespace holdfast::fraud_detection {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class FraudAuditorTest : public testing::Test {
 protected:
  // What is said of a line with these states, and this on its way, where `story` stands.
  std::vector<std::string> Judge(const Story::Memory& memory, const std::vector<std::string>& waiting) {
    return story.JudgeLine(auditor, memory, waiting);
  }
  std::vector<std::string> Judge() { return Judge(story.memory, story.Envelopes()); }

  Story story{Village()};
  FraudAuditor auditor{story.application, story.input};
  LineLaws laws{story, story.input, auditor};
};

TEST_F(FraudAuditorTest, EveryLineOfAFailureFreeRunIsConsistent) { EXPECT_GT(laws.EveryLineIsConsistent(), 200); }
TEST_F(FraudAuditorTest, NothingOnItsWayCanBeLost) { laws.NothingOnItsWayCanBeLost(); }
TEST_F(FraudAuditorTest, NothingIsOnItsWayTwice) { laws.NothingIsOnItsWayTwice(); }
TEST_F(FraudAuditorTest, NoStateIsOneUnitBehindTheRest) { laws.NoStateIsOneUnitBehindTheRest(); }
TEST_F(FraudAuditorTest, PositionsBelongToTheStates) { laws.PositionsBelongToTheStates(); }

TEST_F(FraudAuditorTest, ACountIsWhatWillBeTakenBack) {
  story.Offer(PartitionId(2), 0);
  story.Handle();
  EXPECT_THAT(Judge(), IsEmpty());
  EffectsBuilder effects;
  effects.ClearValue(StateSlot(0));  // The count; the witness stays.
  RecordMerger merger;
  bool changed = false;
  auto& record = story.memory.begin()->second;
  record = std::string(merger.Merge(std::string(record), effects.bytes(), AppTime{1}, changed));
  EXPECT_THAT(Judge(), testing::ElementsAre(HasSubstr("counts 0, and 1 expiries are on their way")));
}

TEST_F(FraudAuditorTest, WhatNobodySendsIsNamed) {
  story.Offer(PartitionId(0), 0);
  auto waiting = story.Envelopes();
  std::string bytes;
  const auto manager = story.application->FindFunction(kManager).value();
  AppendEnvelope(bytes, {{manager, "transaction-0-0"}, {}, *story.application->ValueTypeOf<CountReply>(), {}, "?"});
  waiting.push_back(bytes);
  EXPECT_THAT(Judge({}, waiting), Contains(HasSubstr("does not parse")));
  const auto model = story.application->FindFunction(kModel).value();
  EXPECT_THAT(Judge({{{model.value, "account-1"}, "?"}}, story.Envelopes()), Contains(HasSubstr("which keeps none")));
  const auto counter = story.application->FindFunction(kCounter).value();
  EXPECT_THAT(Judge({{{counter.value, "account-3"}, "?"}}, story.Envelopes()),
              Contains(HasSubstr("there can be no 'account-3'")));
}

TEST_F(FraudAuditorTest, AMessageAtAWrongAddressIsNamed) {
  story.Offer(PartitionId(0), 0);
  const auto sent = story.Envelopes()[0];
  std::string_view rest = sent;
  EnvelopeView envelope;
  ASSERT_TRUE(TakeEnvelope(rest, envelope));
  envelope.target.id = "transaction-0-1";
  std::string bytes;
  AppendEnvelope(bytes, envelope);
  EXPECT_THAT(Judge({}, {bytes}), Contains(HasSubstr("is at 'transaction-0-1', not at 'transaction-0-0'")));
}

}  // namespace
}  // namespace holdfast::fraud_detection
