#include "workloads/payment/provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/payment/story.h"

namespace holdfast::payment {
namespace {

class ProviderTest : public testing::Test {
 protected:
  void Make(ProviderOptions behaviour) {
    PaymentOptions options;
    options.users = 8;
    options.answer_partitions = 2;
    options.provider = behaviour;
    application = PaymentApplication(options).value();
    input.emplace(7, options, *application);
    provider.emplace(7, *input);
  }
  void Ask(std::uint64_t user, std::uint64_t number, std::uint32_t attempt = 0) {
    std::string value;
    Codec<Request>::Encode({{user, number}, attempt, 100, 77 + attempt, 0, 0}, value);
    provider->Take({input->requests(), {}, PaymentId({user, number}), value}, now);
  }
  // All answers, until nothing more comes.
  std::vector<Answer> Answers() {
    std::vector<Answer> answers;
    while (const auto wake = provider->NextWake()) {
      now = std::max(now, *wake);
      provider->Act(now, [&](std::uint64_t number, PartitionId partition, const InputRecord& record) {
        HOLDFAST_CHECK(Codec<Answer>::Decode(record.value, answers.emplace_back()), "an answer");
        EXPECT_EQ(number, answers.back().number);
        EXPECT_EQ(record.key, PaymentId(answers.back().payment));
        EXPECT_EQ(partition, input->AnswerPartition(answers.back().payment.user));
        EXPECT_EQ(record.ingress, input->answers());
      });
    }
    return answers;
  }
  std::vector<LedgerEntry> Entries() const {
    std::vector<LedgerEntry> entries;
    for (std::size_t i = 0; i < provider->entries(); ++i) {
      HOLDFAST_CHECK(Codec<LedgerEntry>::Decode(provider->Entry(i), entries.emplace_back()), "an entry");
    }
    return entries;
  }

  SteadyTime now{1'000};
  std::shared_ptr<const Application> application;
  std::optional<PaymentInput> input;
  std::optional<Provider> provider;
};

TEST_F(ProviderTest, ChargesAndAnswersWithWhatItWasAsked) {
  Make({});
  Ask(3, 5);
  const auto answers = Answers();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].payment, (PaymentName{3, 5}));
  EXPECT_EQ(answers[0].token, 77u);
  EXPECT_TRUE(answers[0].charged);
  ASSERT_EQ(Entries().size(), 1u);
  EXPECT_EQ(Entries()[0].charged, 100);
}

TEST_F(ProviderTest, WhatIsRefusedIsNotCharged) {
  Make({.refusals = 100});
  Ask(3, 5);
  EXPECT_FALSE(Answers()[0].charged);
  EXPECT_EQ(Entries()[0].charged, 0);
  EXPECT_TRUE(Entries()[0].refused);
}

TEST_F(ProviderTest, WithoutRecognitionWhoAsksAgainIsChargedAgain) {
  Make({});
  Ask(3, 5), Ask(3, 5);
  EXPECT_EQ(Entries()[0].charged + Entries()[1].charged, 200);
  Make({.idempotent = true});
  Ask(3, 5), Ask(3, 5), Ask(3, 5, 1);
  EXPECT_EQ(Entries()[0].charged, 100);
  EXPECT_EQ(Entries()[1].charged, 0);
  EXPECT_EQ(Entries()[2].charged, 100) << "another attempt is another request";
  EXPECT_EQ(Answers().size(), 3u) << "it answers all the same";
}

TEST_F(ProviderTest, AnswersTwiceAndUnaskedWithNumbersOfTheirOwn) {
  Make({.second_answers = 100, .unasked_answers = 100, .answer_time = std::chrono::milliseconds(3)});
  for (std::uint64_t i = 0; i < 30; ++i) Ask(i % 8, i);
  std::set<std::uint64_t> numbers;
  std::map<PaymentName, int> right;
  int unasked = 0;
  for (const auto& answer : Answers()) {
    numbers.insert(answer.number);
    answer.token == 77 ? ++right[answer.payment] : ++unasked;
  }
  EXPECT_EQ(numbers.size(), 90u);
  EXPECT_EQ(unasked, 30);
  EXPECT_EQ(right.size(), 30u);
  for (const auto& [payment, count] : right) EXPECT_EQ(count, 2);
  EXPECT_EQ(Entries().size(), 30u) << "what it makes up is in no ledger";
}

TEST_F(ProviderTest, SlowAnswersAreLater) {
  Make({.slow_answers = 30, .answer_time = std::chrono::milliseconds(1), .slow_time = std::chrono::seconds(1)});
  for (std::uint64_t i = 0; i < 100; ++i) Ask(0, i);
  const auto begin = now;
  int late = 0;
  while (const auto wake = provider->NextWake()) {
    late += *wake - begin > std::chrono::milliseconds(2);
    provider->Act(*wake, [](std::uint64_t, PartitionId, const InputRecord&) {});
  }
  EXPECT_GT(late, 10);
  EXPECT_LT(late, 60);
}

TEST_F(ProviderTest, TheSameSeedDecidesTheSame) {
  const auto tell = [this] {
    Make({.refusals = 40, .second_answers = 30, .unasked_answers = 30, .answer_time = std::chrono::milliseconds(5)});
    now = {1'000};
    for (std::uint64_t i = 0; i < 50; ++i) Ask(i % 8, i);
    std::string text;
    for (const auto& answer : Answers()) text += fmt::format("{} {};", answer.number, answer.charged);
    return text;
  };
  EXPECT_EQ(tell(), tell());
}

TEST_F(ProviderTest, ALaterLifeAnswersAsTheEarlierOneWouldHave) {
  const ProviderOptions behaviour{.idempotent = true, .refusals = 40, .second_answers = 30, .unasked_answers = 30};
  const auto tell = [this] {
    std::map<std::uint64_t, std::pair<PaymentName, bool>> answers;
    for (const auto& answer : Answers()) answers[answer.number] = {answer.payment, answer.charged};
    return answers;
  };
  Make(behaviour);
  for (std::uint64_t i = 0; i < 40; ++i) Ask(i % 8, i);
  Ask(3, 3);
  std::vector<std::string> ledger;
  for (std::size_t i = 0; i < provider->entries(); ++i) ledger.emplace_back(provider->Entry(i));
  const auto answers = tell();
  Make(behaviour);
  for (const auto& entry : ledger) provider->Recall(entry, now);
  ASSERT_EQ(provider->entries(), ledger.size());
  for (std::size_t i = 0; i < ledger.size(); ++i) EXPECT_EQ(provider->Entry(i), ledger[i]);
  EXPECT_EQ(tell(), answers);
  Ask(3, 3);
  EXPECT_EQ(Entries().back().charged, 0) << "it recognises what the earlier life has seen";
}

TEST_F(ProviderTest, OtherOutputDoesNotConcernIt) {
  Make({});
  provider->Take({application->FindEgress(kSteps.name).value(), {}, "x", "y"}, now);
  EXPECT_FALSE(provider->NextWake());
  EXPECT_TRUE(Entries().empty());
}

}  // namespace
}  // namespace holdfast::payment
