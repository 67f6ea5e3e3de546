#include "chaos/faults/skewed_clock.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

using namespace std::chrono_literals;

class TrueClock final : public Clock {
 public:
  SteadyTime Now() const override { return {nanos}; }
  AppTime AppNow() const override { return {1'000'000 + nanos / 1'000'000}; }
  std::int64_t nanos = 5'000'000'000;
};

class SkewedClockTest : public testing::Test {
 protected:
  void Pass(Duration time) { true_.nanos += time.count(); }
  // Milliseconds ahead of the truth.
  std::int64_t Ahead() const { return (skewed_.AppNow() - true_.AppNow()).count(); }

  TrueClock true_;
  SkewedClock skewed_{true_};
};

TEST_F(SkewedClockTest, UntilItIsSetItTellsTheTruth) {
  Pass(123ms);
  EXPECT_EQ(Ahead(), 0);
  EXPECT_EQ(skewed_.Now(), true_.Now());
}

TEST_F(SkewedClockTest, JumpsAddUpAndStay) {
  skewed_.Jump(70ms);
  Pass(1s);
  skewed_.Jump(-100ms);
  EXPECT_EQ(Ahead(), -30);
  EXPECT_EQ(skewed_.Now(), true_.Now()) << "steady time is not set";
}

TEST_F(SkewedClockTest, WhatARateGainedStaysWhenItRunsTrueAgain) {
  skewed_.Run(2.5);
  Pass(100ms);
  EXPECT_EQ(Ahead(), 150);
  skewed_.Run(1);
  Pass(100ms);
  EXPECT_EQ(Ahead(), 150);
}

TEST_F(SkewedClockTest, ItCanStandStillAndIsNotTurnedBackByThat) {
  skewed_.Run(0);
  const auto before = skewed_.AppNow();
  Pass(40ms);
  EXPECT_EQ(skewed_.AppNow(), before);
}

}  // namespace
}  // namespace holdfast
