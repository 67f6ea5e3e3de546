#include "workloads/suite/runner/progress.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(ProgressLineTest, TheBarShowsTheShareThatIsDone) {
  EXPECT_EQ(ProgressLine(0.5, "2/4 about 8 s left", 80), "[##########..........] 2/4 about 8 s left");
  EXPECT_EQ(ProgressLine(2, "4/4", 80), "[####################] 4/4");
}

TEST(ProgressLineTest, TheBarGivesWayToTheWordsAndThenTheWordsAreCut) {
  EXPECT_EQ(ProgressLine(0.5, "1/2 half of it", 27), "[####.....] 1/2 half of it");
  EXPECT_EQ(ProgressLine(0.5, "1/2 half of it", 20), "1/2 half of it");
  EXPECT_EQ(ProgressLine(0.5, "1/2 half of it", 9), "1/2 half");
}

}  // namespace
}  // namespace holdfast
