#include "chaos/simulation/sim_path.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using namespace std::chrono_literals;

SimFault Fault(SimFaultVerb verb, double chance, Duration by) { return {.verb = verb, .chance = chance, .by = by}; }

TEST(SimPathTest, WithoutFaultsNothingIsLateOrDoubled) {
  SimPath path(Random(1));
  EXPECT_EQ(path.Delay(), 0ns);
  EXPECT_EQ(path.Stray(), 0ns);
  EXPECT_FALSE(path.Twice());
}

TEST(SimPathTest, DelaysAddUpAndEndWithTheirFaults) {
  const auto one = Fault(SimFaultVerb::kDelay, 0, 2ms);
  const auto other = Fault(SimFaultVerb::kDelay, 0, 5ms);
  SimPath path(Random(1));
  path.Begin(one);
  path.Begin(other);
  Duration longest{0};
  for (int i = 0; i < 1000; ++i) longest = std::max(longest, path.Delay());
  EXPECT_GT(longest, 5ms);
  EXPECT_LE(longest, 7ms);
  path.End(other);
  for (int i = 0; i < 1000; ++i) EXPECT_LE(path.Delay(), 2ms);
  path.End(one);
  EXPECT_EQ(path.Delay(), 0ns);
}

TEST(SimPathTest, AsManyStrayOrComeTwiceAsTheChanceSays) {
  const auto reorder = Fault(SimFaultVerb::kReorder, 0.25, 1ms);
  const auto duplicate = Fault(SimFaultVerb::kDuplicate, 0.5, 0ns);
  SimPath path(Random(1));
  path.Begin(reorder);
  path.Begin(duplicate);
  int strayed = 0;
  int twice = 0;
  for (int i = 0; i < 4000; ++i) {
    strayed += path.Stray() > 0ns;
    twice += path.Twice();
  }
  EXPECT_NEAR(strayed, 1000, 120);
  EXPECT_NEAR(twice, 2000, 150);
  EXPECT_EQ(path.Delay(), 0ns);
}

}  // namespace
}  // namespace holdfast
