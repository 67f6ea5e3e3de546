#include "workloads/fraud-detection/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/fraud-detection/story.h"

namespace holdfast::fraud_detection {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class FraudAuditorTest : public testing::Test {
 protected:
  // What is said of a line with these states, and this on its way, where `story` stands.
  std::vector<std::string> Judge(const Story::Memory& memory, const std::vector<std::string>& waiting) {
    for (const auto& [partition, position] : story.positions) auditor.Position(partition, position);
    for (const auto& [address, record] : memory) {
      if (!record.empty()) auditor.Row(story.application->functions()[address.first].name, address.second, record);
    }
    for (std::string_view bytes : waiting) {
      InTransit message;
      HOLDFAST_CHECK(TakeEnvelope(bytes, message.message), "an envelope");
      auditor.Message(message);
    }
    Findings findings;
    auditor.Judge("line", findings);
    return findings.first(Damage::kInconsistentLine);
  }
  std::vector<std::string> Judge() { return Judge(story.memory, story.Waiting()); }
  // Runs the story message by message, and calls `look` before each; more often where much is under way.
  template <class Look>
  void AtEveryStep(const Look& look) {
    for (std::uint64_t offset = 0; offset < 15; ++offset) {
      for (std::uint16_t p = 0; p < 3; ++p) {
        story.Offer(PartitionId(p), offset);
        for (int step = 0; step < 2; ++step) look(), story.Handle(1);
      }
    }
    do {
      look();
    } while (story.Handle(1) || story.Wait());
  }

  Story story{Village()};
  FraudAuditor auditor{story.application, story.input};
};

TEST_F(FraudAuditorTest, EveryLineOfAFailureFreeRunIsConsistent) {
  int lines = 0;
  AtEveryStep([&] {
    ++lines;
    EXPECT_THAT(Judge(), IsEmpty()) << "line " << lines;
  });
  EXPECT_GT(lines, 200);
}

TEST_F(FraudAuditorTest, NothingOnItsWayCanBeLost) {
  AtEveryStep([&] {
    const auto all = story.Waiting();
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto rest = all;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(Judge(story.memory, rest).empty());
    }
  });
}

TEST_F(FraudAuditorTest, NothingIsOnItsWayTwice) {
  AtEveryStep([&] {
    const auto all = story.Waiting();
    for (const auto& message : all) {
      auto more = all;
      more.push_back(message);
      EXPECT_FALSE(Judge(story.memory, more).empty());
    }
  });
}

TEST_F(FraudAuditorTest, NoStateIsOneUnitBehindTheRest) {
  Story::Memory before;
  AtEveryStep([&] {
    for (const auto& [address, record] : story.memory) {
      auto mixed = story.memory;
      mixed[address] = before[address];
      if (record == before[address]) continue;
      EXPECT_FALSE(Judge(mixed, story.Waiting()).empty()) << address.second;
    }
    before = story.memory;
  });
}

TEST_F(FraudAuditorTest, PositionsBelongToTheStates) {
  AtEveryStep([&] {
    for (auto& [partition, position] : story.positions) {
      ++position;
      EXPECT_FALSE(Judge().empty());
      position -= 2;
      EXPECT_FALSE(Judge().empty());
      ++position;
    }
  });
}

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
  auto waiting = story.Waiting();
  std::string bytes;
  const auto manager = story.application->FindFunction(kManager).value();
  AppendEnvelope(bytes, {{manager, "transaction-0-0"}, {}, *story.application->ValueTypeOf<CountReply>(), {}, "?"});
  waiting.push_back(bytes);
  EXPECT_THAT(Judge({}, waiting), Contains(HasSubstr("does not parse")));
  const auto model = story.application->FindFunction(kModel).value();
  EXPECT_THAT(Judge({{{model.value, "account-1"}, "?"}}, story.Waiting()), Contains(HasSubstr("which keeps none")));
  const auto counter = story.application->FindFunction(kCounter).value();
  EXPECT_THAT(Judge({{{counter.value, "account-3"}, "?"}}, story.Waiting()),
              Contains(HasSubstr("there can be no 'account-3'")));
}

TEST_F(FraudAuditorTest, AMessageAtAWrongAddressIsNamed) {
  story.Offer(PartitionId(0), 0);
  const auto sent = story.Waiting()[0];
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
