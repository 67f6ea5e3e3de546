#include "workloads/random-programs/program.h"

#include <gtest/gtest.h>

namespace holdfast::random_programs {
namespace {

ProgramOptions Options() {
  ProgramOptions options;
  options.instances = 20;
  options.shares = DefaultShares();
  return options;
}

TEST(ProgramTest, EqualArgumentsDrawEqualProgramsOthersDoNot) {
  const auto encoded = [](std::uint64_t seed, std::uint16_t partition, std::uint64_t offset) {
    return EncodeProgram(DrawProgram(seed, Options(), PartitionId(partition), offset), PartitionId(partition), offset);
  };
  EXPECT_EQ(encoded(1, 2, 3), encoded(1, 2, 3));
  EXPECT_NE(encoded(1, 2, 3), encoded(2, 2, 3));
  EXPECT_NE(encoded(1, 2, 3), encoded(1, 2, 4));
}

TEST(ProgramTest, ItStartsAtAnInstanceOfItsPartitionAndParentsComeFirst) {
  for (std::uint64_t offset = 0; offset < 500; ++offset) {
    const PartitionId partition(static_cast<std::uint16_t>(offset % 4));
    const auto program = DrawProgram(9, Options(), partition, offset);
    EXPECT_EQ(program[0].where.instance % 4, partition.value);
    for (std::uint32_t step = 1; step < program.size(); ++step) EXPECT_LT(program[step].parent, step);
  }
}

// One failure more, and the step would be given up: two commands that fail twice each did that.
TEST(ProgramTest, AStepFailsTwiceAtMostUnlessItIsToFailForGood) {
  for (std::uint64_t offset = 0; offset < 2000; ++offset) {
    for (const auto& node : DrawProgram(9, Options(), PartitionId(0), offset)) {
      std::uint64_t failures = 0;
      for (const auto& command : node.commands) {
        if (static_cast<Verb>(command.verb) == Verb::kFail) failures += command.number;
      }
      EXPECT_EQ(node.fate == Fate::kDies, failures == kAlways);
      if (node.fate != Fate::kDies) {
        EXPECT_LE(failures, 2u);
      }
    }
  }
}

TEST(ProgramTest, ItGrowsNoMoreOnceItHasItsSteps) {
  auto options = Options();
  options.max_steps = 10;
  options.depth = 20;
  options.fan_out = 8;
  std::size_t longest = 0;
  for (std::uint64_t offset = 0; offset < 500; ++offset) {
    longest = std::max(longest, DrawProgram(9, options, PartitionId(0), offset).size());
  }
  EXPECT_GE(longest, 10u);
  EXPECT_LE(longest, 16u) << "a cycle of six steps may begin at the ninth";
}

}  // namespace
}  // namespace holdfast::random_programs
