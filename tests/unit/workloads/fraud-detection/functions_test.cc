#include "workloads/fraud-detection/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/workloads/fraud-detection/story.h"

namespace holdfast::fraud_detection {
namespace {

// One account, one merchant, one partition of each kind.
FraudOptions Alone() {
  FraudOptions options;
  options.accounts = options.merchants = 1;
  options.transaction_partitions = 1;
  options.window = std::chrono::milliseconds(10);
  options.score_ttl = std::chrono::milliseconds(5);
  return options;
}
constexpr PartitionId kBuys(0);
constexpr PartitionId kFrauds(1);

template <class M>
M Last(const Story& story, const Egress<M>& egress) {
  M content;
  const auto places = story.On(egress.name);
  HOLDFAST_CHECK(!places.empty(), "nothing on {}", egress.name);
  HOLDFAST_CHECK(Codec<M>::Decode(story.outputs[places.back()].value, content), "an output");
  return content;
}

// Until somebody waits for the service, or for a window to pass.
void Settle(Story& story) { story.Handle(); }

TEST(FraudDetectionTest, OneTransactionBecomesOneDecision) {
  Story story(Alone());
  story.Offer(kBuys, 0);
  Settle(story);
  EXPECT_TRUE(story.On(kDecisions.name).empty()) << "the service was not asked yet";
  story.Wait();
  Settle(story);
  ASSERT_EQ(story.On(kDecisions.name).size(), 1u);
  const auto decision = Last(story, kDecisions);
  EXPECT_EQ(decision.account, "account-0");
  EXPECT_EQ(decision.merchant, "merchant-0");
  EXPECT_EQ(decision.count, 0);
  EXPECT_EQ(decision.counter.version, 1u);
  EXPECT_EQ(decision.asked.version, 1u);
  EXPECT_EQ(decision.answered.version, 2u);
  EXPECT_EQ(decision.merchant_score, AskService(1, 0, {"merchant-0", 1, 0})->score);
}

TEST(FraudDetectionTest, ADecidedTransactionLeavesNothing) {
  Story story(Alone());
  story.Offer(kBuys, 0);
  Settle(story);
  const std::pair<std::uint16_t, std::string> manager{story.application->FindFunction(kManager).value().value,
                                                      "transaction-0-0"};
  EXPECT_FALSE(story.memory.at(manager).empty());
  story.Wait();
  Settle(story);
  EXPECT_TRUE(story.memory.at(manager).empty());
}

TEST(FraudDetectionTest, AConfirmedFraudCountsForOneWindow) {
  Story story(Alone());
  story.Offer(kFrauds, 0);
  Settle(story);
  EXPECT_EQ(Last(story, kCounts).count, 1);
  const auto due = Last(story, kCounts).due;
  story.Wait();
  Settle(story);
  const auto change = Last(story, kCounts);
  EXPECT_EQ(change.count, 0);
  EXPECT_EQ(change.deed, static_cast<std::uint32_t>(Deed::kExpired));
  EXPECT_EQ(change.due, due);
  EXPECT_EQ(change.counter.at, due);
}

TEST(FraudDetectionTest, AMerchantsScoreIsAskedForOnceAndTrustedForItsTime) {
  Story story(Alone());
  for (std::uint64_t i = 0; i < 3; ++i) story.Offer(kBuys, i), Settle(story);
  EXPECT_EQ(story.On(kCalls.name).size(), 1u) << "the first three wait for one call";
  EXPECT_EQ(story.On(kDecisions.name).size(), 3u);
  for (std::uint64_t i = 3; i < 7; ++i) story.Offer(kBuys, i), Settle(story);
  EXPECT_EQ(story.On(kDecisions.name).size(), 7u);
  story.Offer(kBuys, 7), Settle(story);
  EXPECT_EQ(story.On(kDecisions.name).size(), 7u) << "five milliseconds are over";
  story.Wait(), Settle(story);
  EXPECT_EQ(Last(story, kCalls).call, 2u);
}

TEST(FraudDetectionTest, ACallThatFailsIsMadeAgain) {
  auto options = Alone();
  options.failing_calls = 70;
  Story story(options);
  story.RunAll(30);
  std::set<std::uint32_t> deeds;
  for (const auto place : story.On(kCalls.name)) {
    CallOutcome outcome;
    ASSERT_TRUE(Codec<CallOutcome>::Decode(story.outputs[place].value, outcome));
    deeds.insert(outcome.deed);
  }
  EXPECT_EQ(deeds, (std::set<std::uint32_t>{static_cast<std::uint32_t>(Deed::kScored),
                                            static_cast<std::uint32_t>(Deed::kFailed)}));
  EXPECT_EQ(story.On(kDecisions.name).size(), 30u);
}

TEST(FraudDetectionTest, AlertsAreTheDecisionsAboveTheThreshold) {
  auto options = Alone();
  options.threshold = 50;
  Story story(options);
  story.RunAll(40);
  std::size_t above = 0;
  for (const auto place : story.On(kDecisions.name)) {
    Decision decision;
    ASSERT_TRUE(Codec<Decision>::Decode(story.outputs[place].value, decision));
    above += decision.score > 50;
  }
  EXPECT_EQ(story.On(kAlerts.name).size(), above);
  EXPECT_GT(above, 5u);
  EXPECT_LT(above, 35u);
}

TEST(FraudDetectionTest, AnAnswerThatNobodyWaitsForIsRefused) {
  Story story(Alone(), {.repeat = Codec<CountReply>::Name()});
  story.Offer(kBuys, 0);
  Settle(story);
  ASSERT_EQ(story.On(kDeadLetterEgress).size(), 1u);
  DeadLetter letter;
  ASSERT_TRUE(Codec<DeadLetter>::Decode(story.outputs[story.On(kDeadLetterEgress)[0]].value, letter));
  EXPECT_THAT(std::string(letter.reason),
              testing::HasSubstr("a count for transaction 0/0, which does not wait for it"));
}

}  // namespace
}  // namespace holdfast::fraud_detection
