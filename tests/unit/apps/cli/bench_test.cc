#include "apps/cli/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PlaceBenchTest, SplitGivesTheLastCpuToTheGenerator) {
  const auto places = PlaceBench(Placement::kSplit, {0, 1, 3});
  EXPECT_THAT(places.system_cpus, ElementsAre(0, 1));
  EXPECT_THAT(places.generator_cpus, ElementsAre(3));
  EXPECT_EQ(places.Text(), "split: system on CPU 0,1, generator on CPU 3");
}

TEST(PlaceBenchTest, OneCpuCannotBeSplit) {
  const auto places = PlaceBench(Placement::kSplit, {2});
  EXPECT_EQ(places.placement, Placement::kFloat);
  EXPECT_THAT(places.system_cpus, IsEmpty());
}

TEST(PlaceBenchTest, SameCpuPutsBothOnTheFirst) {
  const auto places = PlaceBench(Placement::kSameCpu, {1, 2});
  EXPECT_THAT(places.system_cpus, ElementsAre(1));
  EXPECT_THAT(places.generator_cpus, ElementsAre(1));
}

}  // namespace
}  // namespace holdfast
