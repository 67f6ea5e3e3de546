#include "workloads/payment/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workloads/payment/messages.h"

namespace holdfast::payment {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class PaymentWorkloadTest : public testing::Test {
 protected:
  PaymentWorkloadTest() { RegisterPayment(workloads_); }
  Result<Workload> Make(std::vector<std::string> assignments) {
    const auto* part = workloads_.Find("payment").value();
    HOLDFAST_ASSIGN(const auto values, part->descriptor.options.Parse(assignments, "workload payment"));
    return part->factory(values, 7);
  }
  WorkloadRegistry workloads_{PartKind::kWorkload};
};

TEST_F(PaymentWorkloadTest, DefaultsMakeARunnableWorkload) {
  const auto workload = Make({}).value();
  EXPECT_EQ(workload.application->name(), "payment");
  EXPECT_EQ(workload.input->partitions(), 5);
  EXPECT_EQ(workload.loop->offered_partitions(), 4);
  EXPECT_TRUE(workload.make_auditor());
  EXPECT_FALSE(workload.make_participant()->NextWake());
  const auto oracle = workload.make_oracle();
  oracle->Offered(PartitionId(3), 2);
  oracle->Finish();
  EXPECT_EQ(oracle->ledger(), (Ledger{.expected = 2, .missing = 2}));
}

TEST_F(PaymentWorkloadTest, OutputsAnswerTheChangeTheyName) {
  const auto workload = Make({}).value();
  const auto users = workload.application->FindEgress(kUsers.name).value();
  const auto cause = [&](Deed deed) {
    std::string value;
    Codec<UserUnit>::Encode({1, static_cast<std::uint32_t>(deed), 3, 17, {}, {}}, value);
    return workload.cause({users, {}, "", value});
  };
  ASSERT_TRUE(cause(Deed::kGone));
  EXPECT_EQ(cause(Deed::kGone)->partition, PartitionId(3));
  EXPECT_EQ(cause(Deed::kChanged)->offset, 17u);
  EXPECT_FALSE(cause(Deed::kBilled)) << "a month later";
  EXPECT_FALSE(workload.cause({users, {}, "", "?"}));
}

TEST_F(PaymentWorkloadTest, AUnitTellsOfItsUser) {
  const auto workload = Make({}).value();
  const auto users = workload.application->FindEgress(kUsers.name).value();
  std::string value;
  Codec<UserUnit>::Encode({5, static_cast<std::uint32_t>(Deed::kPaid), 3, 17, {}, {8, 9, 10}}, value);
  const auto lists = workload.observe({users, {}, "", value});
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(lists[0].key, "user-5");
  EXPECT_EQ(lists[0].place, 8u);
}

TEST_F(PaymentWorkloadTest, EveryOptionReachesTheApplicationTheInputOrTheProvider) {
  const auto values = PaymentDescriptor().options.Parse(
      std::vector<std::string>{"users=9", "skew=zipf", "zipf-theta=1.5", "cancellations=8", "partitions=3",
                               "answer-partitions=2", "interval=5s", "intervals=6", "attempts=7", "back-off=8s",
                               "provider=idempotent", "refusals=11", "answer-time=12ms", "slow-answers=13",
                               "slow-time=14s", "second-answers=15", "unasked-answers=16"},
      "workload payment");
  const auto options = ReadPaymentOptions(values.value());
  EXPECT_EQ(options.users, 9u);
  EXPECT_EQ(options.skew.theta, 1.5);
  EXPECT_EQ(options.cancellations, 8u);
  EXPECT_EQ(options.change_partitions, 3);
  EXPECT_EQ(options.answer_partitions, 2);
  EXPECT_EQ(options.interval, 5s);
  EXPECT_EQ(options.intervals, 6u);
  EXPECT_EQ(options.attempts, 7u);
  EXPECT_EQ(options.back_off, 8s);
  EXPECT_TRUE(options.provider.idempotent);
  EXPECT_EQ(options.provider.refusals, 11u);
  EXPECT_EQ(options.provider.answer_time, 12ms);
  EXPECT_EQ(options.provider.slow_answers, 13u);
  EXPECT_EQ(options.provider.slow_time, 14s);
  EXPECT_EQ(options.provider.second_answers, 15u);
  EXPECT_EQ(options.provider.unasked_answers, 16u);
}

TEST_F(PaymentWorkloadTest, AnIntervalIsThirtyDaysUnlessSaidOtherwise) {
  EXPECT_EQ(ReadPaymentOptions(PaymentDescriptor().options.Defaults()).interval, 24h * 30);
}

TEST_F(PaymentWorkloadTest, OptionsThatDoNotGoTogetherAreRefused) {
  EXPECT_THAT(Make({"users=2", "partitions=3"}).error().message,
              HasSubstr("2 users cannot fill 3 partitions; use at most 2"));
}

TEST_F(PaymentWorkloadTest, ImpossibleOptionsAreRefusedByName) {
  const auto message = [](auto change) {
    PaymentOptions options;
    change(options);
    return PaymentApplication(options).error().message;
  };
  EXPECT_THAT(message([](auto& o) { o.users = 0; }), HasSubstr("users must be"));
  EXPECT_THAT(message([](auto& o) { o.change_partitions = 0; }), HasSubstr("partitions must be"));
  EXPECT_THAT(message([](auto& o) { o.answer_partitions = 0; }), HasSubstr("answer-partitions must be"));
  EXPECT_THAT(message([](auto& o) { o.interval = {}; }), HasSubstr("interval"));
  EXPECT_THAT(message([](auto& o) { o.intervals = 0; }), HasSubstr("intervals must be"));
  EXPECT_THAT(message([](auto& o) { o.attempts = 0; }), HasSubstr("attempts must be"));
  EXPECT_THAT(message([](auto& o) { o.skew.theta = -1; }), HasSubstr("skew"));
}

TEST_F(PaymentWorkloadTest, EveryDrawnCombinationWorks) {
  const auto set = PaymentDescriptor().options;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    EXPECT_TRUE(workloads_.Find("payment").value()->factory(set.Draw(random), seed).ok());
  }
}

TEST_F(PaymentWorkloadTest, ARecordIsAChangeOfAUserOfItsPartition) {
  const auto workload = Make({"users=10", "partitions=3", "cancellations=30"}).value();
  std::set<std::string> users;
  int gone = 0;
  for (std::uint16_t p = 0; p < 3; ++p) {
    for (std::uint64_t offset = 0; offset < 100; ++offset) {
      InputRecord record, again;
      workload.input->Record(PartitionId(p), offset, record);
      workload.input->Record(PartitionId(p), offset, again);
      EXPECT_EQ(record.value, again.value);
      UserChange change;
      ASSERT_TRUE(Codec<UserChange>::Decode(record.value, change));
      EXPECT_EQ(change.place, (Place{p, offset}));
      EXPECT_EQ(change.gone, change.price == 0);
      gone += change.gone;
      EXPECT_EQ((record.key.back() - '0') % 3, p);
      users.insert(record.key);
    }
  }
  EXPECT_EQ(users.size(), 10u);
  EXPECT_GT(gone, 50);
  EXPECT_LT(gone, 130);
}

}  // namespace
}  // namespace holdfast::payment
