#include "chaos/faults/delay_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/scheduler.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class DelayLineTest : public testing::Test {
 protected:
  void Pass(int thing, Duration delay) {
    line_.Pass(scheduler_.Now() + delay, [this, thing] { left_.push_back(thing); });
  }
  void RunFor(Duration time) {
    bool over = false;
    scheduler_.After(time, [&over] { over = true; });
    while (!over) scheduler_.RunOne();
  }

  SimScheduler scheduler_;
  DelayLine line_{scheduler_,
                  [this](Duration delay, std::function<void()> action) { scheduler_.After(delay, std::move(action)); }};
  std::vector<int> left_;
};

TEST_F(DelayLineTest, WhatIsDueWithNothingAheadLeavesAtOnce) {
  Pass(1, 0ms);
  EXPECT_THAT(left_, ElementsAre(1));
  EXPECT_FALSE(scheduler_.RunOne()) << "no timer for it";
}

TEST_F(DelayLineTest, NothingLeavesBeforeWhatIsAheadOfIt) {
  Pass(1, 5ms);
  Pass(2, 2ms);
  Pass(3, 0ms);
  Pass(4, 7ms);
  RunFor(4999us);
  EXPECT_THAT(left_, ElementsAre());
  RunFor(1us);
  EXPECT_THAT(left_, ElementsAre(1, 2, 3));
  EXPECT_EQ(line_.waiting(), 1u);
  RunFor(2ms);
  EXPECT_THAT(left_, ElementsAre(1, 2, 3, 4));
}

TEST_F(DelayLineTest, WhatLeavesMayBringMoreWhichQueuesUp) {
  line_.Pass(scheduler_.Now() + 1ms, [this] {
    Pass(2, 0ms);
    left_.push_back(1);
  });
  Pass(3, 1ms);
  RunFor(1ms);
  EXPECT_THAT(left_, ElementsAre(1, 3, 2));
}

}  // namespace
}  // namespace holdfast
