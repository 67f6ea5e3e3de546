#include "workloads/oracles/seen_marks.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using Sight = SeenMarks::Sight;

TEST(SeenMarksTest, TheFirstSightIsFirstAndARepetitionTheSame) {
  SeenMarks marks;
  EXPECT_EQ(marks.Mark(5, "content"), Sight::kFirst);
  EXPECT_EQ(marks.Mark(5, "content"), Sight::kSame);
  EXPECT_EQ(marks.Mark(4, "content"), Sight::kFirst);
}

TEST(SeenMarksTest, OtherContentIsNearlyAlwaysTold) {
  SeenMarks marks;
  int other = 0;
  for (std::uint64_t offset = 0; offset < 1000; ++offset) {
    marks.Mark(offset, "content");
    other += marks.Mark(offset, std::to_string(offset)) == Sight::kOther;
  }
  EXPECT_GT(other, 980);
}

}  // namespace
}  // namespace holdfast
