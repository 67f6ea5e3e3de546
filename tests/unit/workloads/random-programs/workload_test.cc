#include "workloads/random-programs/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/workloads/random-programs/story.h"

namespace holdfast::random_programs {
namespace {

class ProgramsWorkloadTest : public testing::Test {
 protected:
  ProgramsWorkloadTest() { RegisterRandomPrograms(workloads_); }
  Result<Workload> Make(std::vector<std::string> assignments) {
    const auto* part = workloads_.Find("random-programs").value();
    HOLDFAST_ASSIGN(const auto values, part->descriptor.options.Parse(assignments, "workload random-programs"));
    return part->factory(values, 7);
  }
  WorkloadRegistry workloads_{PartKind::kWorkload};
};

TEST_F(ProgramsWorkloadTest, DefaultsMakeARunnableWorkload) {
  const auto workload = Make({}).value();
  EXPECT_EQ(workload.application->name(), "random-programs");
  const auto oracle = workload.make_oracle();
  oracle->Offered(PartitionId(workload.input->partitions() - 1), 2);
  oracle->Finish();
  EXPECT_GE(oracle->ledger().expected, 2u);
  EXPECT_EQ(oracle->ledger().missing, oracle->ledger().expected);
}

TEST_F(ProgramsWorkloadTest, EveryOptionReachesThePrograms) {
  const auto values = ProgramsDescriptor().options.Parse(
      std::vector<std::string>{"instances=9", "partitions=3", "depth=2", "fan-out=5", "max-steps=7", "max-delay=30ms",
                               "lease=40ms", "idle=60ms", "poison=11"},
      "workload random-programs");
  const auto options = ReadProgramOptions(values.value());
  using std::chrono::milliseconds;
  EXPECT_EQ(options.instances, 9u);
  EXPECT_EQ(options.partitions, 3);
  EXPECT_EQ(options.depth, 2u);
  EXPECT_EQ(options.fan_out, 5u);
  EXPECT_EQ(options.max_steps, 7u);
  EXPECT_EQ(options.max_delay, milliseconds(30));
  EXPECT_EQ(options.lease, milliseconds(40));
  EXPECT_EQ(options.idle, milliseconds(60));
  auto shares = DefaultShares();
  shares[static_cast<std::size_t>(Kind::kPoison)] = 11;
  EXPECT_EQ(options.shares, shares);
}

TEST_F(ProgramsWorkloadTest, ByDefaultARecordLeadsToWhatTheReadmeSays) {
  const auto values = ProgramsDescriptor().options.Parse(std::vector<std::string>{}, "workload random-programs");
  Story story(ReadProgramOptions(values.value()));
  constexpr std::uint64_t kRecords = 2'000;
  story.Run(kRecords);
  double delayed = 0;
  double outcomes = 0;
  for (const auto place : story.On(kReceipts.name)) {
    Receipt receipt;
    ASSERT_TRUE(Codec<Receipt>::Decode(story.outputs[place].value, receipt));
    delayed += receipt.origin.due > 0;
    outcomes += receipt.outcome > 0;
  }
  const auto letters = static_cast<double>(story.On({}).size());
  const auto units = static_cast<double>(story.On(kReceipts.name).size()) + letters;
  EXPECT_NEAR(units / kRecords, 7, 0.5);
  EXPECT_NEAR(delayed / kRecords, 1.2, 0.2);
  EXPECT_NEAR(outcomes / kRecords, 0.4, 0.1);
  EXPECT_NEAR(letters / kRecords, 0.2, 0.1);
  EXPECT_NEAR(static_cast<double>(story.outputs.size()) / kRecords, 8, 0.5);
}

TEST_F(ProgramsWorkloadTest, OptionsThatDoNotGoTogetherAreRefused) {
  EXPECT_THAT(Make({"instances=2", "partitions=3"}).error().message,
              testing::HasSubstr("2 instances cannot fill 3 partitions; use at most 2 partitions"));
}

TEST_F(ProgramsWorkloadTest, EveryDrawnCombinationWorks) {
  const auto set = ProgramsDescriptor().options;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    EXPECT_TRUE(workloads_.Find("random-programs").value()->factory(set.Draw(random), seed).ok());
  }
}

TEST_F(ProgramsWorkloadTest, EveryOutputAnswersTheRecordThatStartedItsProgram) {
  auto options = Only({Kind::kEmit, Kind::kPoison, Kind::kAsync});
  Story story(options);
  story.Run(1);
  const auto workload = Make({}).value();
  std::set<EgressId> egresses;
  for (const auto& output : story.outputs) {
    const auto cause = workload.cause({output.egress, {}, output.key, output.value});
    ASSERT_TRUE(cause);
    EXPECT_EQ(cause->partition, PartitionId(0));
    EXPECT_EQ(cause->offset, 0u);
    egresses.insert(output.egress);
  }
  EXPECT_EQ(egresses.size(), 3u) << "receipts, notes and dead letters";
  EXPECT_FALSE(workload.cause({EgressId(0), {}, "", "no letter"}));
}

}  // namespace
}  // namespace holdfast::random_programs
