#include "workloads/load/closed_loop.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

class Twice final : public Input {
 public:
  std::uint16_t partitions() const override { return 2; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override {
    record.key = "offered";
    record.value = std::to_string(partition.value * 10 + offset);
  }
};

class ClosedLoopTest : public testing::Test {
 protected:
  std::string At(std::uint16_t partition, std::uint64_t offset) const {
    InputRecord record;
    loop.Record(PartitionId(partition), offset, record);
    return record.key + record.value;
  }
  ClosedLoopInput loop{std::make_shared<Twice>(), 2};
};

TEST_F(ClosedLoopTest, AnswersStandBehindWhatIsOffered) {
  EXPECT_EQ(loop.partitions(), 4);
  EXPECT_EQ(loop.offered_partitions(), 2);
  EXPECT_EQ(At(1, 7), "offered17");
}

TEST_F(ClosedLoopTest, AnAnswerCanBeReadAgain) {
  loop.Append(PartitionId(3), {"a", "1", 5});
  loop.Append(PartitionId(3), {"b", "2", 5});
  EXPECT_EQ(loop.end(PartitionId(2)), 0u);
  EXPECT_EQ(loop.end(PartitionId(3)), 2u);
  EXPECT_EQ(At(3, 1), "b2");
  EXPECT_EQ(At(3, 0), "a1");
  EXPECT_EQ(At(3, 1), "b2");
}

TEST_F(ClosedLoopTest, AnAnswerThatWasNotGivenCannotBeRead) {
  EXPECT_DEATH(At(2, 0), "answer 0 of partition 2, which has 0");
}

}  // namespace
}  // namespace holdfast
