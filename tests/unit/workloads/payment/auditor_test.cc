#include "workloads/payment/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/payment/story.h"

namespace holdfast::payment {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class PaymentAuditorTest : public testing::Test {
 protected:
  std::vector<std::string> Judge(const Story::Memory& memory, const std::vector<Story::Waiting>& waiting) {
    return story.JudgeLine(auditor, memory, waiting);
  }
  std::vector<std::string> Judge() { return Judge(story.memory, story.OnTheWay()); }
  // More often where much is under way.
  template <class Look>
  void AtEveryStep(const Look& look) {
    story.AtEveryStep(*story.changes, 15, look);
  }
  // An answer that a payment does not wait for changes no state: whether it is lost is for the oracle to say.
  bool IsStray(const Story::Waiting& waiting) const {
    std::string_view bytes = waiting.envelope;
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(bytes, envelope), "an envelope");
    Answer answer;
    if (envelope.value_type != story.application->ValueTypeOf<Answer>()) return false;
    HOLDFAST_CHECK(Codec<Answer>::Decode(envelope.payload, answer), "an answer");
    const auto type = story.application->FindFunction(kPayment).value().value;
    const auto place = story.memory.find({type, PaymentId(answer.payment)});
    if (place == story.memory.end() || place->second.empty()) return true;
    for (const auto& request : story.All(kRequests)) {
      if (request.payment != answer.payment || request.token != answer.token) continue;
      for (const auto& step : story.All(kSteps)) {
        if (step.payment == answer.payment && step.attempt == answer.attempt) return true;
      }
      return false;
    }
    return true;
  }

  Story story{Village()};
  PaymentAuditor auditor{story.application, *story.changes, story.topic};
};

TEST_F(PaymentAuditorTest, EveryLineOfAFailureFreeRunIsConsistent) {
  int lines = 0;
  AtEveryStep([&] {
    ++lines;
    EXPECT_THAT(Judge(), IsEmpty()) << "line " << lines;
  });
  EXPECT_GT(lines, 100);
}

TEST_F(PaymentAuditorTest, NothingOnItsWayCanBeLost) {
  std::map<std::string, int> lost;
  AtEveryStep([&] {
    const auto all = story.OnTheWay();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (IsStray(all[i])) continue;
      auto rest = all;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
      EXPECT_FALSE(Judge(story.memory, rest).empty()) << story.TypeOf(all[i]);
      ++lost[story.TypeOf(all[i])];
    }
  });
  EXPECT_EQ(lost.size(), 6u) << "every message there is";
}

TEST_F(PaymentAuditorTest, NothingIsOnItsWayTwice) {
  AtEveryStep([&] {
    const auto all = story.OnTheWay();
    for (const auto& message : all) {
      if (IsStray(message)) continue;
      auto more = all;
      more.push_back(message);
      EXPECT_FALSE(Judge(story.memory, more).empty()) << story.TypeOf(message);
    }
  });
}

TEST_F(PaymentAuditorTest, NoStateIsOneUnitBehindTheRest) {
  Story::Memory before;
  AtEveryStep([&] {
    for (const auto& [address, record] : story.memory) {
      auto mixed = story.memory;
      mixed[address] = before[address];
      if (record == before[address]) continue;
      EXPECT_FALSE(Judge(mixed, story.OnTheWay()).empty()) << address.second;
    }
    before = story.memory;
  });
}

TEST_F(PaymentAuditorTest, PositionsOfChangesBelongToTheStates) {
  AtEveryStep([&] {
    for (auto& [partition, position] : story.positions) {
      if (partition.value >= 2) continue;
      ++position;
      EXPECT_FALSE(Judge().empty());
      position -= 2;
      EXPECT_FALSE(Judge().empty());
      ++position;
    }
  });
}

TEST_F(PaymentAuditorTest, NoAnswerWasReadThatWasNotGiven) {
  story.Offer(PartitionId(0), 0);
  story.Handle();
  story.positions[PartitionId(2)] = 1;
  EXPECT_THAT(Judge(), Contains(HasSubstr("it has read answer 1 of partition 2, which has 0")));
}

TEST_F(PaymentAuditorTest, WhatNobodySendsIsNamed) {
  story.Offer(PartitionId(0), 0);
  auto waiting = story.OnTheWay();
  auto& bytes = waiting.emplace_back().envelope;
  const auto user = story.application->FindFunction(kUser).value();
  AppendEnvelope(bytes, {{user, "user-0"}, {}, *story.application->ValueTypeOf<IntervalEnd>(), {}, "?"});
  EXPECT_THAT(Judge({}, waiting), Contains(HasSubstr("does not parse")));
  EXPECT_THAT(Judge({{{user.value, "user-9"}, "?"}}, story.OnTheWay()), Contains(HasSubstr("there can be no 'user-")));
}

}  // namespace
}  // namespace holdfast::payment
