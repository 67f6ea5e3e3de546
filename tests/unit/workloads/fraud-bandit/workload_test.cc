#include "workloads/fraud-bandit/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::fraud_bandit {
namespace {

class BanditWorkloadTest : public testing::Test {
 protected:
  BanditWorkloadTest() { RegisterFraudBandit(workloads_); }
  Result<Workload> Make(std::vector<std::string> assignments) {
    const auto* part = workloads_.Find("fraud-bandit").value();
    HOLDFAST_ASSIGN(const auto values, part->descriptor.options.Parse(assignments, "workload fraud-bandit"));
    return part->factory(values, 7);
  }
  template <class M>
  static std::string Encoded(const M& message) {
    std::string value;
    Codec<M>::Encode(message, value);
    return value;
  }
  WorkloadRegistry workloads_{PartKind::kWorkload};
};

TEST_F(BanditWorkloadTest, DefaultsMakeARunnableWorkload) {
  const auto workload = Make({}).value();
  EXPECT_EQ(workload.application->name(), "fraud-bandit");
  EXPECT_EQ(workload.input->partitions(), 9);
  const auto oracle = workload.make_oracle();
  oracle->Offered(PartitionId(3), 2);
  oracle->Offered(PartitionId(7), 1);
  oracle->Offered(PartitionId(8), 3);
  oracle->Finish();
  EXPECT_EQ(oracle->ledger(), (Ledger{.expected = 7, .missing = 7})) << "2 decisions, 3 swaps, what 1 label teaches";
}

TEST_F(BanditWorkloadTest, OutputsAnswerTheRecordTheyComeOf) {
  const auto workload = Make({}).value();
  const auto cause = [&](std::string_view egress, const std::string& value) {
    const auto found = workload.cause({workload.application->FindEgress(egress).value(), {}, "", value});
    return found ? fmt::format("{}/{}", found->partition, found->offset) : std::string("none");
  };
  EXPECT_EQ(cause(kDecisions.name, Encoded(Decision{.transaction = {3, 17}, .account = {}, .merchant = {}})), "3/17");
  EXPECT_EQ(cause(kLessons.name, Encoded(Lesson{.transaction = {3, 17}})), "7/17") << "the label";
  EXPECT_EQ(cause(kRates.name, Encoded(RateChange{.transaction = {3, 17}})), "7/17") << "likewise";
  EXPECT_EQ(cause(kSwaps.name, Encoded(Swap{.publication = {8, 5}})), "8/5");
  EXPECT_EQ(cause(kDecisions.name, "?"), "none");
}

TEST_F(BanditWorkloadTest, ADecisionTellsOfAllFourWhoTookPart) {
  const auto workload = Make({}).value();
  InputRecord record;
  workload.input->Record(PartitionId(1), 2, record);
  Transaction bought;
  ASSERT_TRUE(Codec<Transaction>::Decode(record.value, bought));
  Decision decision{.transaction = {1, 2}, .account = bought.account, .merchant = bought.merchant, .arm = 3};
  decision.spender.version = 5;
  decision.seller.version = 6;
  decision.classifier.version = 7;
  decision.model.version = 8;
  const auto egress = workload.application->FindEgress(kDecisions.name).value();
  const auto lists = workload.observe({egress, {}, "", Encoded(decision)});
  ASSERT_EQ(lists.size(), 4u);
  EXPECT_EQ(lists[0].key, bought.account);
  EXPECT_EQ(lists[1].key, bought.merchant);
  EXPECT_EQ(lists[2].key, fmt::format("bandit of {}", bought.account));
  EXPECT_THAT(lists[3].key, testing::MatchesRegex("model-1[2-5]"));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(lists[i].place, 5 + i);
  EXPECT_GT(lists[0].element, 0);
}

TEST_F(BanditWorkloadTest, EveryOptionReachesTheApplicationOrTheInput) {
  const auto values = BanditDescriptor().options.Parse(
      std::vector<std::string>{"accounts=9", "merchants=8", "skew=zipf", "zipf-theta=1.5", "padding=64B",
                               "partitions=3", "model-partitions=2", "replicas=7", "frauds=6", "exploration=5",
                               "threshold=4"},
      "workload fraud-bandit");
  const auto options = ReadBanditOptions(values.value());
  EXPECT_EQ(options.accounts, 9u);
  EXPECT_EQ(options.merchants, 8u);
  EXPECT_EQ(options.skew.theta, 1.5);
  EXPECT_EQ(options.padding_bytes, 64u);
  EXPECT_EQ(options.transaction_partitions, 3);
  EXPECT_EQ(options.publication_partitions, 2);
  EXPECT_EQ(options.replicas, 7u);
  EXPECT_EQ(options.frauds, 6u);
  EXPECT_EQ(options.exploration, 5u);
  EXPECT_EQ(options.threshold, 4);
}

TEST_F(BanditWorkloadTest, OptionsThatDoNotGoTogetherAreRefused) {
  EXPECT_THAT(Make({"replicas=1", "model-partitions=6"}).error().message,
              testing::HasSubstr("5 instances cannot fill 6 model-partitions; use at most 5"));
}

TEST_F(BanditWorkloadTest, EveryDrawnCombinationWorks) {
  const auto set = BanditDescriptor().options;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    EXPECT_TRUE(workloads_.Find("fraud-bandit").value()->factory(set.Draw(random), seed).ok());
  }
}

}  // namespace
}  // namespace holdfast::fraud_bandit
