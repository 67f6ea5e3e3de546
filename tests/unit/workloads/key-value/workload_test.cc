#include "workloads/key-value/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::key_value {
namespace {

using testing::HasSubstr;

class KeyValueWorkloadTest : public testing::Test {
 protected:
  KeyValueWorkloadTest() { RegisterKeyValue(workloads_); }
  static KeyValueOptions Read(const std::vector<std::string>& assignments) {
    return ReadKeyValueOptions(KeyValueDescriptor().options.Parse(assignments, "workload key-value").value()).value();
  }
  Result<Workload> Make(const std::vector<std::string>& assignments) {
    const auto* part = workloads_.Find("key-value").value();
    HOLDFAST_ASSIGN(const auto values, part->descriptor.options.Parse(assignments, "workload key-value"));
    return part->factory(values, 7);
  }
  WorkloadRegistry workloads_{PartKind::kWorkload};
};

TEST_F(KeyValueWorkloadTest, DefaultsMakeARunnableWorkload) {
  const auto workload = Make({}).value();
  EXPECT_EQ(workload.application->name(), "key-value");
  EXPECT_EQ(workload.input->partitions(), 4);
  const auto oracle = workload.make_oracle();
  oracle->Offered(PartitionId(3), 2);
  oracle->Finish();
  EXPECT_EQ(oracle->ledger(), (Ledger{.expected = 2, .missing = 2}));
}

TEST_F(KeyValueWorkloadTest, AReplyAnswersTheRequestItNames) {
  const auto workload = Make({}).value();
  const auto replies = workload.application->FindEgress(kReplies.name).value();
  std::string value;
  Codec<Reply>::Encode({3, 17, "key-7", 1, {}, {5, 99}}, value);
  const auto cause = workload.cause({replies, {}, "", value});
  ASSERT_TRUE(cause);
  EXPECT_EQ(cause->partition, PartitionId(3));
  EXPECT_EQ(cause->offset, 17u);
  EXPECT_FALSE(workload.cause({EgressId(0), {}, "", value})) << "a dead letter answers nothing";
  const auto lists = workload.observe({replies, {}, "", value});
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(lists[0].key, "key-7");
  EXPECT_EQ(lists[0].element, 17 * 4 + 3 + 1);
  EXPECT_EQ(lists[0].place, 5u);
  Codec<Reply>::Encode({3, 17, "key-7", 0, {5, 99}, {}}, value = "");
  EXPECT_TRUE(workload.observe({replies, {}, "", value}).empty()) << "a read appends nothing";
}

TEST_F(KeyValueWorkloadTest, EveryOptionReachesTheInput) {
  const auto options = Read({"keys=9", "value-size=64B", "mix=own", "read=10", "update=20", "read-modify-write=30",
                             "insert=40", "distribution=uniform", "zipf-theta=1.5", "preload=true", "partitions=3"});
  EXPECT_EQ(options.keys, 9u);
  EXPECT_EQ(options.value_bytes, 64u);
  EXPECT_EQ(options.mix.read, 10u);
  EXPECT_EQ(options.mix.update, 20u);
  EXPECT_EQ(options.mix.modify, 30u);
  EXPECT_EQ(options.mix.insert, 40u);
  EXPECT_EQ(options.distribution, Distribution::kUniform);
  EXPECT_EQ(options.theta, 1.5);
  EXPECT_TRUE(options.preload);
  EXPECT_EQ(options.partitions, 3);
}

TEST_F(KeyValueWorkloadTest, MixesAreThoseOfYcsb) {
  EXPECT_EQ(Read({"mix=B"}).mix.update, 5u);
  EXPECT_EQ(Read({"mix=C"}).mix.read, 100u);
  EXPECT_EQ(Read({"mix=F"}).mix.modify, 50u);
  EXPECT_EQ(Read({"mix=D"}).mix.insert, 5u);
  EXPECT_EQ(Read({"mix=D"}).distribution, Distribution::kLatest);
  EXPECT_EQ(Read({"mix=D", "distribution=zipf"}).distribution, Distribution::kZipf);
  EXPECT_EQ(Read({"mix=A"}).distribution, Distribution::kZipf);
}

TEST_F(KeyValueWorkloadTest, OptionsThatDoNotGoTogetherAreRefused) {
  EXPECT_THAT(Make({"mix=B", "update=10"}).error().message, HasSubstr("update is 10, but mix B has percentages"));
  EXPECT_THAT(Make({"mix=own", "update=10"}).error().message, HasSubstr("= 10 percent; they must make up 100"));
  EXPECT_THAT(Make({"keys=2", "partitions=3"}).error().message, HasSubstr("use at most 2 partitions"));
}

TEST_F(KeyValueWorkloadTest, EveryDrawnCombinationWorks) {
  const auto set = KeyValueDescriptor().options;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    EXPECT_TRUE(workloads_.Find("key-value").value()->factory(set.Draw(random), seed).ok());
  }
}

}  // namespace
}  // namespace holdfast::key_value
