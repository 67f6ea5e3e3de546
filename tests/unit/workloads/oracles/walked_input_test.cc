#include "workloads/oracles/walked_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class WalkedInputTest : public testing::Test {
 protected:
  std::vector<std::string> Take() { return std::exchange(steps_, {}); }

  std::vector<std::string> steps_;
  WalkedInput walked_{2, [this](PartitionId partition, std::uint64_t offset, int sign) {
                        steps_.push_back(fmt::format("{}{}/{}", sign > 0 ? "+" : "-", partition, offset));
                      }};
};

TEST_F(WalkedInputTest, LinesMoveOnAndAfterARollbackBack) {
  walked_.MoveTo(PartitionId(0), 2);
  EXPECT_THAT(Take(), ElementsAre("+0/0", "+0/1"));
  walked_.EndOfLine();
  walked_.MoveTo(PartitionId(0), 3);
  EXPECT_THAT(Take(), ElementsAre("+0/2"));
  walked_.EndOfLine();
  walked_.MoveTo(PartitionId(0), 1);
  EXPECT_THAT(Take(), ElementsAre("-0/2", "-0/1"));
  EXPECT_EQ(walked_.end(PartitionId(0)), 1u);
}

TEST_F(WalkedInputTest, APartitionThatALineDoesNotTellOfHasNothingInIt) {
  walked_.MoveTo(PartitionId(0), 1);
  walked_.MoveTo(PartitionId(1), 1);
  walked_.EndOfLine();
  Take();
  walked_.MoveTo(PartitionId(1), 1);
  EXPECT_THAT(Take(), IsEmpty());
  walked_.EndOfLine();
  EXPECT_THAT(Take(), ElementsAre("-0/0"));
}

}  // namespace
}  // namespace holdfast
