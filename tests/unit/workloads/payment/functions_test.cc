#include "workloads/payment/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/payment/story.h"

namespace holdfast::payment {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// One user, who stays, and a provider that always charges.
PaymentOptions Alone() {
  PaymentOptions options;
  options.users = options.change_partitions = 1;
  options.cancellations = 0;
  options.interval = std::chrono::milliseconds(10);
  options.intervals = 3;
  options.back_off = std::chrono::milliseconds(4);
  return options;
}
constexpr PartitionId kChanges(0);

std::vector<Deed> Deeds(const Story& story) {
  std::vector<Deed> deeds;
  for (const auto& unit : story.All(kUsers)) deeds.push_back(static_cast<Deed>(unit.deed));
  return deeds;
}
std::vector<Verdict> Verdicts(const Story& story) {
  std::vector<Verdict> verdicts;
  for (const auto& step : story.All(kSteps)) verdicts.push_back(static_cast<Verdict>(step.verdict));
  return verdicts;
}

TEST(PaymentTest, AUserPaysAtTheEndOfEachIntervalAChangeIsGoodFor) {
  Story story(Alone());
  story.RunAll(1);
  EXPECT_THAT(Deeds(story), ElementsAre(Deed::kChanged, Deed::kBilled, Deed::kPaid, Deed::kBilled, Deed::kPaid,
                                        Deed::kBilled, Deed::kPaid));
  const auto units = story.All(kUsers);
  const auto price = story.changes->ChangeAt(kChanges, 0).price;
  EXPECT_EQ(units[1].witness.at, units[0].witness.at + 10);
  EXPECT_EQ(units[3].witness.at, units[0].witness.at + 20);
  EXPECT_EQ(units[6].account.paid, 3 * price);
  EXPECT_EQ(units[6].account.billed, 3 * price);
  EXPECT_EQ(units[6].account.left, 0u);
  EXPECT_EQ(story.booked.size(), 3u);
}

TEST(PaymentTest, AFinishedPaymentLeavesNothing) {
  Story story(Alone());
  story.RunAll(1);
  const auto payment = story.application->FindFunction(kPayment).value().value;
  EXPECT_TRUE(story.memory.at({payment, "payment-0-0"}).empty());
}

TEST(PaymentTest, AChangeOfARunningSubscriptionMovesNoTrigger) {
  Story story(Alone());
  story.RunAll(2);
  const auto units = story.All(kUsers);
  EXPECT_EQ(static_cast<Deed>(units[1].deed), Deed::kChanged);
  EXPECT_EQ(units[1].account.trigger, 1u);
  EXPECT_EQ(units[1].account.due, units[0].account.due);
  EXPECT_EQ(units[2].account.billed, story.changes->ChangeAt(kChanges, 1).price);
}

TEST(PaymentTest, AUserWhoIsGoneIsNotBilled) {
  auto options = Alone();
  options.cancellations = 100;
  Story story(options);
  // A user that was there, and leaves.
  Story other(Alone());
  other.Offer(kChanges, 0), other.Handle();
  EXPECT_EQ(other.OnTheWay().size(), 1u);
  story.memory = other.memory;
  story.Offer(kChanges, 1);
  story.Handle();
  EXPECT_EQ(story.All(kUsers).back().account.left, 0u);
  EXPECT_TRUE(story.OnTheWay().empty());
}

TEST(PaymentTest, ARefusedPaymentIsTriedAgainLaterAndLater) {
  auto options = Alone();
  options.intervals = 1;
  options.provider.refusals = 100;
  Story story(options);
  story.RunAll(1);
  EXPECT_THAT(Verdicts(story), ElementsAre(Verdict::kRefused, Verdict::kRefused, Verdict::kGivenUp));
  const auto steps = story.All(kSteps);
  const auto requests = story.All(kRequests);
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1].at, steps[0].at + 4);
  EXPECT_EQ(requests[2].at, steps[1].at + 8);
  EXPECT_NE(requests[0].token, requests[1].token);
  EXPECT_THAT(Deeds(story), ElementsAre(Deed::kChanged, Deed::kBilled, Deed::kWaived));
  EXPECT_EQ(story.All(kUsers).back().account.waived, requests[0].amount);
}

TEST(PaymentTest, ASecondAnswerIsReported) {
  auto options = Alone();
  options.intervals = 1;
  options.provider.second_answers = 100;
  Story story(options);
  story.RunAll(1);
  EXPECT_THAT(Verdicts(story), ElementsAre(Verdict::kPaid));
  const auto strays = story.All(kStrays);
  ASSERT_EQ(strays.size(), 1u);
  EXPECT_NE(strays[0].answer, story.All(kSteps)[0].answer);
  EXPECT_FALSE(strays[0].known) << "it was over by then";
}

TEST(PaymentTest, AnAnswerThatNobodyAskedForIsReportedAndChangesNothing) {
  auto options = Alone();
  options.intervals = 20;
  options.provider.unasked_answers = 100;
  Story story(options);
  story.RunAll(1);
  EXPECT_EQ(story.All(kStrays).size(), 20u);
  EXPECT_EQ(story.All(kSteps).size(), 20u);
  EXPECT_TRUE(story.Judge(true).none()) << story.Judge(true).Text();
}

TEST(PaymentTest, AnOutageLosesNoInterval) {
  Story story(Alone());
  story.Offer(kChanges, 0);
  story.Handle();
  for (int i = 0; i < 25; ++i) story.Offer(kChanges, 0);  // Time passes, and nothing is handled.
  story.Handle(1);
  const auto begin = story.All(kUsers)[0].witness.at;
  while (story.Handle() || story.Wait()) {
  }
  std::vector<std::int64_t> billed;
  for (const auto& unit : story.All(kUsers)) {
    if (static_cast<Deed>(unit.deed) == Deed::kBilled && billed.size() < 2) billed.push_back(unit.witness.at - begin);
  }
  EXPECT_THAT(billed, ElementsAre(25, 25)) << "both that were due";
}

TEST(PaymentTest, APaymentThatBeginsTwiceIsRefused) {
  Story story(Alone(), {.repeat = Codec<Due>::Name()});
  story.RunAll(1);
  ASSERT_EQ(story.On(kDeadLetterEgress).size(), 1u);
  DeadLetter letter;
  ASSERT_TRUE(Codec<DeadLetter>::Decode(story.outputs[story.On(kDeadLetterEgress)[0]].value, letter));
  EXPECT_THAT(std::string(letter.reason), HasSubstr("a second beginning of payment 0 of user 0"));
}

}  // namespace
}  // namespace holdfast::payment
