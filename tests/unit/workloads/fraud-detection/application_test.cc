#include "workloads/fraud-detection/application.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace holdfast::fraud_detection {
namespace {

using testing::HasSubstr;

FraudOptions Small() {
  FraudOptions options;
  options.accounts = 10;
  options.merchants = 4;
  options.transaction_partitions = 3;
  options.confirmation_partitions = 2;
  options.padding_bytes = 16;
  return options;
}

FraudInput InputOf(const FraudOptions& options, std::uint64_t seed = 7) {
  return FraudInput(seed, options, *FraudApplication(options, seed).value());
}

TEST(FraudApplicationTest, ImpossibleOptionsAreRefusedByName) {
  const auto message = [](auto change) {
    auto options = Small();
    change(options);
    return FraudApplication(options, 1).error().message;
  };
  EXPECT_THAT(message([](auto& o) { o.accounts = 0; }), HasSubstr("accounts must be"));
  EXPECT_THAT(message([](auto& o) { o.merchants = 0; }), HasSubstr("merchants must be"));
  EXPECT_THAT(message([](auto& o) { o.transaction_partitions = 0; }), HasSubstr("partitions must be"));
  EXPECT_THAT(message([](auto& o) { o.confirmation_partitions = 11; }), HasSubstr("use at most 10"));
  EXPECT_THAT(message([](auto& o) { o.window = {}; }), HasSubstr("window"));
  EXPECT_THAT(message([](auto& o) { o.failing_calls = 100; }), HasSubstr("failing-calls"));
  EXPECT_THAT(message([](auto& o) { o.skew.theta = -1; }), HasSubstr("skew"));
}

TEST(FraudInputTest, TheSamePlaceGivesTheSameRecord) {
  const auto input = InputOf(Small());
  const auto again = InputOf(Small());
  const auto other = InputOf(Small(), 8);
  bool differs = false;
  for (std::uint64_t offset = 50; offset-- > 0;) {
    for (std::uint16_t p = 0; p < 5; ++p) {
      InputRecord a, b, c;
      input.Record(PartitionId(p), offset, a);
      again.Record(PartitionId(p), offset, b);
      other.Record(PartitionId(p), offset, c);
      EXPECT_EQ(a.value, b.value);
      EXPECT_EQ(a.key, b.key);
      differs |= a.value != c.value;
    }
  }
  EXPECT_TRUE(differs);
}

TEST(FraudInputTest, ARecordNamesItsPlaceAndGoesToItsIngress) {
  const auto application = FraudApplication(Small(), 7).value();
  const auto input = InputOf(Small());
  InputRecord record;
  input.Record(PartitionId(2), 5, record);
  Transaction transaction;
  ASSERT_TRUE(Codec<Transaction>::Decode(record.value, transaction));
  EXPECT_EQ(application->ingresses()[record.ingress].name, "fraud-detection/transactions");
  EXPECT_EQ(record.key, "transaction-2-5");
  EXPECT_EQ(transaction.place, (Place{2, 5}));
  const auto facts = input.TransactionAt(PartitionId(2), 5);
  EXPECT_EQ(transaction.account, FraudInput::AccountId(facts.account));
  EXPECT_EQ(transaction.merchant, FraudInput::MerchantId(facts.merchant));
  EXPECT_EQ(transaction.amount, facts.amount);
  EXPECT_EQ(transaction.note.size(), 16u);

  input.Record(PartitionId(4), 6, record);
  Confirmation confirmation;
  ASSERT_TRUE(Codec<Confirmation>::Decode(record.value, confirmation));
  EXPECT_EQ(application->ingresses()[record.ingress].name, "fraud-detection/confirmed");
  EXPECT_EQ(record.key, FraudInput::AccountId(input.ConfirmedAt(PartitionId(4), 6)));
  EXPECT_EQ(confirmation.place, (Place{4, 6}));
}

TEST(FraudInputTest, AnAccountIsConfirmedThroughOnePartitionAndEveryAccountIs) {
  const auto input = InputOf(Small());
  std::set<std::uint64_t> accounts;
  for (std::uint16_t p = 3; p < 5; ++p) {
    for (std::uint64_t offset = 0; offset < 200; ++offset) {
      const auto account = input.ConfirmedAt(PartitionId(p), offset);
      EXPECT_EQ(account % 2, p - 3u);
      accounts.insert(account);
    }
  }
  EXPECT_EQ(accounts.size(), 10u);
  EXPECT_EQ(*accounts.rbegin(), 9u);
}

TEST(FraudInputTest, SkewMakesTheFirstAccountAndMerchantTheMostFrequent) {
  auto options = Small();
  options.skew.theta = 1.2;
  const auto input = InputOf(options);
  std::map<std::uint64_t, int> accounts, merchants;
  for (std::uint64_t offset = 0; offset < 1000; ++offset) {
    const auto facts = input.TransactionAt(PartitionId(0), offset);
    ++accounts[facts.account];
    ++merchants[facts.merchant];
    EXPECT_GE(facts.amount, 1);
    EXPECT_LE(facts.amount, 1000);
  }
  EXPECT_GT(accounts[0], 2 * accounts[3]);
  EXPECT_GT(merchants[0], 2 * merchants[3]);
}

}  // namespace
}  // namespace holdfast::fraud_detection
