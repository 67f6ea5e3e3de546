#include "workloads/greeter/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workloads/greeter/messages.h"

namespace holdfast::greeter {
namespace {

class GreeterWorkloadTest : public testing::Test {
 protected:
  GreeterWorkloadTest() { RegisterGreeter(workloads_); }
  Result<Workload> Make(std::vector<std::string> assignments) {
    const auto* part = workloads_.Find("greeter").value();
    HOLDFAST_ASSIGN(const auto values, part->descriptor.options.Parse(assignments, "workload greeter"));
    return part->factory(values, 7);
  }
  WorkloadRegistry workloads_{PartKind::kWorkload};
};

TEST_F(GreeterWorkloadTest, DefaultsMakeARunnableWorkload) {
  const auto workload = Make({}).value();
  EXPECT_EQ(workload.application->name(), "greeter");
  EXPECT_EQ(workload.input->partitions(), 4);
  const auto oracle = workload.make_oracle();
  oracle->Offered(PartitionId(3), 2);
  oracle->Finish();
  EXPECT_EQ(oracle->ledger(), (Ledger{.expected = 2, .missing = 2}));
}

TEST_F(GreeterWorkloadTest, AnEmailAnswersTheVisitItNames) {
  const auto workload = Make({}).value();
  std::string value;
  Email email;
  email.partition = 3;
  email.offset = 17;
  Codec<Email>::Encode(email, value);
  const auto emails = workload.application->FindEgress(kEmails.name).value();
  const auto cause = workload.cause({emails, {}, "", value});
  ASSERT_TRUE(cause);
  EXPECT_EQ(cause->partition, PartitionId(3));
  EXPECT_EQ(cause->offset, 17u);
  EXPECT_FALSE(workload.cause({EgressId(0), {}, "", value})) << "a dead letter answers nothing";
  EXPECT_FALSE(workload.cause({emails, {}, "", "no email"}));
}

TEST_F(GreeterWorkloadTest, EveryOptionReachesTheInput) {
  const auto values =
      GreeterDescriptor().options.Parse(std::vector<std::string>{"keys=9", "users-per-address=2", "skew=zipf",
                                                                 "zipf-theta=1.5", "padding=64B", "partitions=3"},
                                        "workload greeter");
  const auto options = ReadGreeterOptions(values.value());
  EXPECT_EQ(options.users, 9u);
  EXPECT_EQ(options.users_per_address, 2u);
  EXPECT_EQ(options.skew.theta, 1.5);
  EXPECT_EQ(options.padding_bytes, 64u);
  EXPECT_EQ(options.partitions, 3);
}

TEST_F(GreeterWorkloadTest, ThetaCountsOnlyWithTheZipfSkew) {
  const auto values =
      GreeterDescriptor().options.Parse(std::vector<std::string>{"zipf-theta=1.5"}, "workload greeter").value();
  EXPECT_EQ(ReadGreeterOptions(values).skew.theta, 0);
}

TEST_F(GreeterWorkloadTest, OptionsThatDoNotGoTogetherAreRefused) {
  EXPECT_THAT(Make({"keys=2", "partitions=3"}).error().message,
              testing::HasSubstr("2 keys cannot fill 3 partitions; use at most 2 partitions"));
}

TEST_F(GreeterWorkloadTest, EveryDrawnCombinationWorks) {
  const auto set = GreeterDescriptor().options;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    EXPECT_TRUE(workloads_.Find("greeter").value()->factory(set.Draw(random), seed).ok());
  }
}

}  // namespace
}  // namespace holdfast::greeter
