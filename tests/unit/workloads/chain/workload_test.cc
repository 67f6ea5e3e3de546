#include "workloads/chain/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "workloads/chain/messages.h"

namespace holdfast::chain {
namespace {

class ChainWorkloadTest : public testing::Test {
 protected:
  ChainWorkloadTest() { RegisterChain(workloads_); }
  Result<Workload> Make(const std::vector<std::string>& assignments) {
    const auto* part = workloads_.Find("chain").value();
    HOLDFAST_ASSIGN(const auto values, part->descriptor.options.Parse(assignments, "workload chain"));
    return part->factory(values, 7);
  }
  WorkloadRegistry workloads_{PartKind::kWorkload};
};

TEST_F(ChainWorkloadTest, DefaultsMakeARunnableWorkload) {
  const auto workload = Make({}).value();
  EXPECT_EQ(workload.application->name(), "chain");
  const auto oracle = workload.make_oracle();
  oracle->Offered(PartitionId(3), 2);
  oracle->Finish();
  EXPECT_EQ(oracle->ledger(), (Ledger{.expected = 2, .missing = 2}));
}

TEST_F(ChainWorkloadTest, AnOutcomeAnswersTheRecordItNames) {
  const auto workload = Make({}).value();
  std::string value;
  Codec<Outcome>::Encode({3, 17, {1, 3, 99}}, value);
  const auto outcomes = workload.application->FindEgress(kOutcomes.name).value();
  const auto cause = workload.cause({outcomes, {}, "", value});
  ASSERT_TRUE(cause);
  EXPECT_EQ(cause->partition, PartitionId(3));
  EXPECT_EQ(cause->offset, 17u);
  EXPECT_FALSE(workload.cause({EgressId(0), {}, "", value})) << "a dead letter answers nothing";
  EXPECT_TRUE(workload.observe({outcomes, {}, "", value}).empty());
}

TEST_F(ChainWorkloadTest, EveryOptionReachesTheInput) {
  const auto values = ChainDescriptor().options.Parse(
      std::vector<std::string>{"hops=9", "fan-out=2", "instances=77", "skew=zipf", "zipf-theta=1.5", "locality=40",
                               "near=instance", "payload=64B", "partitions=3"},
      "workload chain");
  const auto options = ReadChainOptions(values.value());
  EXPECT_EQ(options.routes.hops, 9u);
  EXPECT_EQ(options.routes.fan_out, 2u);
  EXPECT_EQ(options.routes.instances, 77u);
  EXPECT_EQ(options.routes.skew.theta, 1.5);
  EXPECT_EQ(options.routes.locality, 40u);
  EXPECT_TRUE(options.routes.near_is_same_instance);
  EXPECT_EQ(options.payload_bytes, 64u);
  EXPECT_EQ(options.partitions, 3);
}

TEST_F(ChainWorkloadTest, EveryDrawnCombinationWorks) {
  const auto set = ChainDescriptor().options;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    EXPECT_TRUE(workloads_.Find("chain").value()->factory(set.Draw(random), seed).ok());
  }
}

}  // namespace
}  // namespace holdfast::chain
