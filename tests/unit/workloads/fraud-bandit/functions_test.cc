#include "workloads/fraud-bandit/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/fraud-bandit/story.h"

namespace holdfast::fraud_bandit {
namespace {

// One account, one merchant, one partition of each kind.
BanditOptions Alone() {
  auto options = Village();
  options.accounts = 1;
  options.transaction_partitions = 1;
  return options;
}
constexpr PartitionId kBuys(0);
constexpr PartitionId kLabels(1);
constexpr PartitionId kReleases(2);

bool Remembers(const Story& story, std::string_view function, const std::string& id) {
  const auto place = story.memory.find({story.application->FindFunction(function).value().value, id});
  return place != story.memory.end() && !place->second.empty();
}

TEST(FraudBanditTest, OneTransactionBecomesOneDecision) {
  Story story(Alone());
  story.Offer(kBuys, 0);
  story.Handle();
  ASSERT_EQ(story.outputs.size(), 1u);
  const auto decision = story.Nth(kDecisions, 0);
  EXPECT_EQ(decision.account, "account-0");
  EXPECT_EQ(decision.merchant, "merchant-0");
  EXPECT_EQ(decision.habits, Habits());
  EXPECT_EQ(decision.rate, 0);
  EXPECT_EQ(decision.version, 0);
  for (const auto& witness : {decision.spender, decision.seller, decision.classifier, decision.model}) {
    EXPECT_EQ(witness.version, 1u);
  }
}

TEST(FraudBanditTest, HabitsAreThoseOfTheAmountsBefore) {
  Story story(Alone());
  std::int64_t sum = 0, squares = 0;
  for (std::uint64_t i = 0; i < 3; ++i) {
    story.Offer(kBuys, i), story.Handle();
    if (i == 2) break;
    const auto amount = story.input.TransactionAt({0, i}).amount;
    sum += amount;
    squares += amount * amount;
  }
  const auto habits = story.Nth(kDecisions, 2).habits;
  const auto variance = squares / 2 - (sum / 2) * (sum / 2);
  EXPECT_EQ(habits.count, 2);
  EXPECT_EQ(habits.mean, sum / 2);
  EXPECT_EQ(habits.deviation, static_cast<std::int64_t>(std::sqrt(static_cast<double>(variance))));
  EXPECT_GT(habits.deviation, 0);
  EXPECT_EQ(habits.since, 1);
}

TEST(FraudBanditTest, ALabelTeachesMerchantAndClassifierAndTheManagerLeavesNothing) {
  Story story(Alone());
  story.Offer(kBuys, 0), story.Handle();
  EXPECT_TRUE(Remembers(story, kManager, "transaction-0-0"));
  story.Offer(kLabels, 0), story.Handle();
  EXPECT_FALSE(Remembers(story, kManager, "transaction-0-0"));
  const bool fraud = story.input.TransactionAt({0, 0}).fraud;
  const auto decision = story.Nth(kDecisions, 0);
  const auto lesson = story.Nth(kLessons, 0);
  EXPECT_EQ(lesson.arm, decision.arm);
  EXPECT_EQ(lesson.reward, (decision.score > 50) == fraud ? 1u : 0u);
  EXPECT_EQ(lesson.after, (Arm{1, lesson.reward}));
  EXPECT_EQ(story.Nth(kRates, 0).after, (Labels{1, fraud ? 1 : 0}));
}

TEST(FraudBanditTest, ALabelThatComesFirstWaitsForItsTransaction) {
  Story story(Alone());
  story.Offer(kLabels, 0), story.Handle();
  EXPECT_TRUE(story.outputs.empty());
  story.Offer(kBuys, 0), story.Handle();
  EXPECT_EQ(story.On(kLessons.name).size(), 1u);
  EXPECT_FALSE(Remembers(story, kManager, "transaction-0-0"));
}

TEST(FraudBanditTest, ARateIsThatOfAllLabelsBefore) {
  Story story(Alone());
  int frauds = 0;
  for (std::uint64_t i = 0; i < 12; ++i) {
    story.Offer(kBuys, i), story.Offer(kLabels, i), story.Handle();
    frauds += i < 11 && story.input.TransactionAt({0, i}).fraud;
  }
  EXPECT_GT(frauds, 0);
  EXPECT_EQ(story.Nth(kDecisions, 11).rate, frauds * 1000 / 11);
}

TEST(FraudBanditTest, AModelIsOfTheVersionPublishedLast) {
  Story story(Alone());
  for (std::uint64_t i = 0; i < 10; ++i) story.Offer(kReleases, i), story.Handle();  // Every model twice.
  story.Offer(kBuys, 0), story.Handle();
  const auto decision = story.Nth(kDecisions, 0);
  EXPECT_EQ(decision.version, 2);
  EXPECT_EQ(decision.model.version, 3u);
  EXPECT_EQ(story.Nth(kSwaps, 9).version, 2);
}

TEST(FraudBanditTest, TheSameFeaturesAreScoredOtherwiseByAnotherVersion) {
  Story story(Alone());
  Story other(Alone());
  for (std::uint64_t i = 0; i < 5; ++i) other.Offer(kReleases, i), other.Handle();
  story.Offer(kBuys, 0), story.Handle();
  other.Offer(kBuys, 0), other.Handle();
  EXPECT_EQ(story.Nth(kDecisions, 0).arm, other.Nth(kDecisions, 0).arm);
  EXPECT_NE(story.Nth(kDecisions, 0).score, other.Nth(kDecisions, 0).score);
}

TEST(ChooseArmTest, WithoutExplorationTheBestIsChosenAndOfEqualsTheFirst) {
  const BanditRules rules{.seed = 1, .exploration = 0, .replicas = 1};
  Arms known;
  EXPECT_EQ(ChooseArm(rules, "account-1", known), 0u);
  known.arms[0].pulls = 1;
  EXPECT_EQ(ChooseArm(rules, "account-1", known), 1u) << "never pulled";
  known.arms = {{{2, 1}, {2, 1}, {3, 2}, {9, 7}, {4, 3}}};  // 2/3, 2/3, 3/4, 8/10, 4/5.
  EXPECT_EQ(ChooseArm(rules, "account-1", known), 3u);
  known.arms[4] = {5, 4};  // 5/6.
  EXPECT_EQ(ChooseArm(rules, "account-1", known), 4u);
}

TEST(ChooseArmTest, WithExplorationEveryArmIsChosenNowAndThen) {
  const BanditRules rules{.seed = 1, .exploration = 50, .replicas = 1};
  Arms known;
  std::array<int, kArms> chosen{};
  for (std::uint64_t n = 0; n < 1000; ++n) {
    known.arms[2] = {n, n};
    for (auto& arm : {0, 1, 3, 4}) known.arms[static_cast<std::size_t>(arm)] = {0, 0};
    known.arms[0] = {1000, 0};
    ++chosen[ChooseArm(rules, "account-1", known)];
  }
  for (std::uint32_t arm : {0u, 2u, 3u, 4u}) EXPECT_NEAR(chosen[arm], 100, 40) << arm;
  EXPECT_NEAR(chosen[1], 600, 80) << "the first of those that never failed";
}

// What the arms are for.
TEST(FraudBanditTest, TheBanditLearnsWhichModelIsRightMostOften) {
  auto options = Alone();
  options.frauds = 5;
  options.exploration = 10;
  Story story(options);
  for (std::uint64_t i = 0; i < 400; ++i) story.Offer(kBuys, i), story.Offer(kLabels, i), story.Handle();
  std::array<int, kArms> chosen{};
  for (std::size_t i = 200; i < 400; ++i) ++chosen[story.Nth(kDecisions, i).arm];
  EXPECT_GT(chosen[4], 100) << "the one that hardly ever suspects";
  EXPECT_LT(chosen[0], 30);
}

TEST(FraudBanditTest, AnAnswerThatNobodyWaitsForIsRefused) {
  for (const auto& type : {Codec<HabitsReply>::Name(), Codec<RateReply>::Name(), Codec<Score>::Name()}) {
    Story story(Alone(), {.repeat = type});
    story.Offer(kBuys, 0), story.Handle();
    ASSERT_EQ(story.On(kDeadLetterEgress).size(), 1u) << type;
    DeadLetter letter;
    ASSERT_TRUE(Codec<DeadLetter>::Decode(story.outputs[story.On(kDeadLetterEgress)[0]].value, letter));
    EXPECT_THAT(std::string(letter.reason), testing::HasSubstr("of transaction 0/0, which does not wait for it"));
  }
}

}  // namespace
}  // namespace holdfast::fraud_bandit
