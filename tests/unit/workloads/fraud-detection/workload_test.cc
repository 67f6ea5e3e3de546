#include "workloads/fraud-detection/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::fraud_detection {
namespace {

using namespace std::chrono_literals;

class FraudWorkloadTest : public testing::Test {
 protected:
  FraudWorkloadTest() { RegisterFraudDetection(workloads_); }
  Result<Workload> Make(std::vector<std::string> assignments) {
    const auto* part = workloads_.Find("fraud-detection").value();
    HOLDFAST_ASSIGN(const auto values, part->descriptor.options.Parse(assignments, "workload fraud-detection"));
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

TEST_F(FraudWorkloadTest, DefaultsMakeARunnableWorkload) {
  const auto workload = Make({}).value();
  EXPECT_EQ(workload.application->name(), "fraud-detection");
  EXPECT_EQ(workload.input->partitions(), 5);
  const auto oracle = workload.make_oracle();
  oracle->Offered(PartitionId(3), 2);
  oracle->Offered(PartitionId(4), 3);
  oracle->Finish();
  EXPECT_EQ(oracle->ledger(), (Ledger{.expected = 5, .missing = 5}));
}

TEST_F(FraudWorkloadTest, OutputsAnswerTheRecordTheyName) {
  const auto workload = Make({}).value();
  const auto on = [&](std::string_view egress) { return workload.application->FindEgress(egress).value(); };
  const auto decision = Encoded(Decision{.transaction = {3, 17}, .account = {}, .merchant = {}});
  const auto cause = workload.cause({on(kDecisions.name), {}, "", decision});
  ASSERT_TRUE(cause);
  EXPECT_EQ(cause->partition, PartitionId(3));
  EXPECT_EQ(cause->offset, 17u);
  const auto change = [](Deed deed) {
    return Encoded(CountChange{.confirmation = {4, 5}, .account = {}, .deed = static_cast<std::uint32_t>(deed)});
  };
  EXPECT_TRUE(workload.cause({on(kCounts.name), {}, "", change(Deed::kConfirmed)}));
  EXPECT_FALSE(workload.cause({on(kCounts.name), {}, "", change(Deed::kExpired)})) << "weeks later";
  EXPECT_FALSE(workload.cause({on(kCalls.name), {}, "", Encoded(CallOutcome{})}));
  EXPECT_FALSE(workload.cause({on(kDecisions.name), {}, "", "?"}));
}

TEST_F(FraudWorkloadTest, ADecisionTellsOfItsAccountAndItsMerchant) {
  const auto workload = Make({}).value();
  Decision decision{.transaction = {1, 2}, .account = "account-3", .merchant = "merchant-4"};
  decision.counter.version = 8;
  decision.asked.version = 9;
  const auto egress = workload.application->FindEgress(kDecisions.name).value();
  const auto lists = workload.observe({egress, {}, "", Encoded(decision)});
  ASSERT_EQ(lists.size(), 2u);
  EXPECT_EQ(lists[0].key, "account-3");
  EXPECT_EQ(lists[0].place, 8u);
  EXPECT_EQ(lists[1].key, "merchant-4");
  EXPECT_EQ(lists[1].place, 9u);
  EXPECT_GT(lists[0].element, 0);
}

TEST_F(FraudWorkloadTest, EveryOptionReachesTheApplicationOrTheInput) {
  const auto values = FraudDescriptor().options.Parse(
      std::vector<std::string>{"accounts=9", "merchants=8", "skew=zipf", "zipf-theta=1.5", "padding=64B",
                               "partitions=3", "confirmation-partitions=2", "window=5s", "score-ttl=6s",
                               "call-time=7ms", "failing-calls=8", "threshold=9"},
      "workload fraud-detection");
  const auto options = ReadFraudOptions(values.value());
  EXPECT_EQ(options.accounts, 9u);
  EXPECT_EQ(options.merchants, 8u);
  EXPECT_EQ(options.skew.theta, 1.5);
  EXPECT_EQ(options.padding_bytes, 64u);
  EXPECT_EQ(options.transaction_partitions, 3);
  EXPECT_EQ(options.confirmation_partitions, 2);
  EXPECT_EQ(options.window, 5s);
  EXPECT_EQ(options.score_ttl, 6s);
  EXPECT_EQ(options.call_time, 7ms);
  EXPECT_EQ(options.failing_calls, 8u);
  EXPECT_EQ(options.threshold, 9);
}

TEST_F(FraudWorkloadTest, TheWindowIsThirtyDaysUnlessSaidOtherwise) {
  EXPECT_EQ(ReadFraudOptions(FraudDescriptor().options.Defaults()).window, 24h * 30);
}

TEST_F(FraudWorkloadTest, OptionsThatDoNotGoTogetherAreRefused) {
  EXPECT_THAT(Make({"accounts=2", "confirmation-partitions=3"}).error().message,
              testing::HasSubstr("2 accounts cannot fill 3 confirmation-partitions; use at most 2"));
}

TEST_F(FraudWorkloadTest, EveryDrawnCombinationWorks) {
  const auto set = FraudDescriptor().options;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    EXPECT_TRUE(workloads_.Find("fraud-detection").value()->factory(set.Draw(random), seed).ok());
  }
}

}  // namespace
}  // namespace holdfast::fraud_detection
