#include "workloads/fraud-bandit/application.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace holdfast::fraud_bandit {
namespace {

using testing::HasSubstr;

// Two partitions of transactions, two of labels, two of publications; two instances of each model.
BanditOptions Small() {
  BanditOptions options;
  options.accounts = 10;
  options.merchants = 4;
  options.transaction_partitions = 2;
  options.publication_partitions = 2;
  options.replicas = 2;
  options.padding_bytes = 16;
  options.frauds = 30;
  return options;
}

BanditInput InputOf(const BanditOptions& options, std::uint64_t seed = 7) {
  return BanditInput(seed, options, *BanditApplication(options, seed).value());
}

TEST(BanditApplicationTest, ImpossibleOptionsAreRefusedByName) {
  const auto message = [](auto change) {
    auto options = Small();
    change(options);
    return BanditApplication(options, 1).error().message;
  };
  EXPECT_THAT(message([](auto& o) { o.accounts = 0; }), HasSubstr("accounts must be"));
  EXPECT_THAT(message([](auto& o) { o.merchants = 0; }), HasSubstr("merchants must be"));
  EXPECT_THAT(message([](auto& o) { o.replicas = 0; }), HasSubstr("replicas must be"));
  EXPECT_THAT(message([](auto& o) { o.transaction_partitions = 0; }), HasSubstr(": partitions must be"));
  EXPECT_THAT(message([](auto& o) { o.publication_partitions = 0; }), HasSubstr("model-partitions must be"));
  EXPECT_THAT(message([](auto& o) { o.publication_partitions = 11; }), HasSubstr("use at most 10"));
  EXPECT_THAT(message([](auto& o) { o.skew.theta = -1; }), HasSubstr("skew"));
  EXPECT_THAT(message([](auto& o) { o.frauds = 101; }), HasSubstr("frauds"));
  EXPECT_THAT(message([](auto& o) { o.exploration = 101; }), HasSubstr("exploration"));
}

TEST(BanditInputTest, TheSamePlaceGivesTheSameRecord) {
  const auto input = InputOf(Small());
  const auto again = InputOf(Small());
  const auto other = InputOf(Small(), 8);
  bool differs = false;
  for (std::uint64_t offset = 50; offset-- > 0;) {
    for (std::uint16_t p = 0; p < 6; ++p) {
      InputRecord a, b, c;
      input.Record(PartitionId(p), offset, a);
      again.Record(PartitionId(p), offset, b);
      other.Record(PartitionId(p), offset, c);
      EXPECT_EQ(std::tie(a.key, a.value, a.ingress), std::tie(b.key, b.value, b.ingress));
      differs |= a.value != c.value;
    }
  }
  EXPECT_TRUE(differs);
}

TEST(BanditInputTest, ATransactionAndItsLabelGoToTheSameManager) {
  const auto application = BanditApplication(Small(), 7).value();
  const auto input = InputOf(Small());
  InputRecord bought, labelled;
  input.Record(PartitionId(1), 5, bought);
  input.Record(PartitionId(3), 5, labelled);
  EXPECT_EQ(input.LabelsOf(PartitionId(1)), PartitionId(3));
  Transaction transaction;
  Label label;
  ASSERT_TRUE(Codec<Transaction>::Decode(bought.value, transaction));
  ASSERT_TRUE(Codec<Label>::Decode(labelled.value, label));
  EXPECT_EQ(application->ingresses()[bought.ingress].name, "fraud-bandit/transactions");
  EXPECT_EQ(application->ingresses()[labelled.ingress].name, "fraud-bandit/feedback");
  EXPECT_EQ(bought.key, "transaction-1-5");
  EXPECT_EQ(labelled.key, "transaction-1-5");
  EXPECT_EQ(transaction.place, (Place{1, 5}));
  EXPECT_EQ(label.transaction, (Place{1, 5}));
  const auto facts = input.TransactionAt({1, 5});
  EXPECT_EQ(transaction.account, BanditInput::AccountId(facts.account));
  EXPECT_EQ(transaction.merchant, BanditInput::MerchantId(facts.merchant));
  EXPECT_EQ(transaction.amount, facts.amount);
  EXPECT_EQ(transaction.note.size(), 16u);
  EXPECT_EQ(label.fraud, facts.fraud);
}

TEST(BanditInputTest, AsManyTransactionsAreFraudAsAsked) {
  const auto input = InputOf(Small());
  int frauds = 0;
  for (std::uint64_t offset = 0; offset < 2000; ++offset) frauds += input.TransactionAt({0, offset}).fraud;
  EXPECT_NEAR(frauds, 600, 60);
}

// So versions of an instance have an order, and none is left out.
TEST(BanditInputTest, AnInstanceOfAModelHasItsVersionsInOrderFromOnePartition) {
  const auto input = InputOf(Small());
  std::map<std::uint64_t, std::int64_t> versions;
  for (std::uint64_t offset = 0; offset < 50; ++offset) {
    for (std::uint32_t p = 4; p < 6; ++p) {
      const auto release = input.PublicationAt({p, offset});
      EXPECT_EQ(release.model % 2, p - 4);
      EXPECT_EQ(release.version, ++versions[release.model]);
    }
  }
  EXPECT_EQ(versions.size(), 10u);
  EXPECT_EQ(versions.rbegin()->first, 9u);
  EXPECT_EQ(versions[9], 10);
  InputRecord record;
  input.Record(PartitionId(4), 6, record);
  Publication publication;
  ASSERT_TRUE(Codec<Publication>::Decode(record.value, publication));
  EXPECT_EQ(record.key, "model-2");
  EXPECT_EQ(publication.version, 2);
}

TEST(BanditInputTest, AnAccountIsServedByOneInstanceOfEachModel) {
  const auto input = InputOf(Small());
  std::map<std::uint64_t, int> served;
  for (std::uint64_t account = 0; account < 10; ++account) {
    const auto first = input.ModelOf(account, 0);
    EXPECT_LT(first, 2u);
    ++served[first];
    for (std::uint32_t arm = 1; arm < kArms; ++arm) EXPECT_EQ(input.ModelOf(account, arm), first + 2 * arm);
  }
  EXPECT_EQ(served.size(), 2u);
}

}  // namespace
}  // namespace holdfast::fraud_bandit
