#include "apps/host/loop.h"

#include <gtest/gtest.h>

#include <semaphore>

#include "apps/host/threads.h"

namespace holdfast {
namespace {

constexpr int kRounds = 2000;

// Whoever waits here for ever shows a wake-up that was lost.
class LoopTest : public testing::TestWithParam<IdlePolicy> {
 protected:
  static Loop::Turn Idle() { return {}; }

  std::binary_semaphore seen_{0};
  Loop loop_{GetParam()};
};

TEST_P(LoopTest, WhatIsPostedToARestingLoopRunsOnItsThread) {
  std::thread::id loops_thread;
  loop_.Start(Idle);
  for (int i = 0; i < kRounds; ++i) {
    loop_.Post([&] {
      loops_thread = std::this_thread::get_id();
      seen_.release();
    });
    seen_.acquire();
  }
  loop_.Stop();
  EXPECT_NE(loops_thread, std::this_thread::get_id());
}

TEST_P(LoopTest, AWakeBringsATurnThatSeesWhatWasDoneBefore) {
  std::atomic<int> written{0};
  int told = 0;
  loop_.Start([&]() -> Loop::Turn {
    const int now = written.load(std::memory_order_relaxed);
    if (std::exchange(told, now) != now) seen_.release();
    return {};
  });
  for (int i = 1; i <= kRounds; ++i) {
    written.store(i, std::memory_order_relaxed);
    loop_.Wake();
    seen_.acquire();
  }
  loop_.Stop();
  EXPECT_EQ(told, kRounds);
}

TEST_P(LoopTest, EveryThreadsPostsRunInItsOrder) {
  std::array<int, 2> last{};
  loop_.Start(Idle);
  const auto post = [&](std::size_t who) {
    for (int i = 1; i <= kRounds; ++i) {
      loop_.Post([&, who, i] {
        EXPECT_EQ(std::exchange(last[who], i), i - 1);
        if (last[0] == kRounds && last[1] == kRounds) seen_.release();
      });
    }
  };
  std::thread other([&] { post(1); });
  post(0);
  seen_.acquire();
  other.join();
  loop_.Stop();
}

TEST_P(LoopTest, ARestEndsWithoutAWakeWhenItsTimeHasPassed) {
  int turns = 0;
  loop_.Start([&]() -> Loop::Turn {
    if (++turns == 3) seen_.release();
    return {false, std::chrono::milliseconds(1)};
  });
  seen_.acquire();
  loop_.Stop();
  EXPECT_GE(turns, 3);
}

TEST_P(LoopTest, TimersRunWhenTheyAreDueInTheOrderOfTheirInstants) {
  std::vector<int> ran;
  const auto begun = std::chrono::steady_clock::now();
  loop_.Post([&] {
    loop_.After(std::chrono::milliseconds(4), [&] {
      ran.push_back(3);
      loop_.After(Duration::zero(), [&] { seen_.release(); });
    });
    loop_.After(std::chrono::milliseconds(2), [&] { ran.push_back(1); });
    loop_.After(Duration::zero(), [&] { ran.push_back(0); });
    loop_.After(std::chrono::milliseconds(3), [&] { ran.push_back(2); });
  });
  loop_.Start([]() -> Loop::Turn { return {false, std::chrono::hours(1)}; });
  seen_.acquire();
  loop_.Stop();
  EXPECT_EQ(ran, (std::vector{0, 1, 2, 3}));
  EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(4));
}

TEST_P(LoopTest, ATimerThatAsksForAnotherAtOnceLetsTurnsCome) {
  int turns = 0, timers = 0;
  std::function<void()> again = [&] {
    ++timers;
    loop_.After(Duration::zero(), again);
  };
  loop_.After(Duration::zero(), again);
  loop_.Start([&]() -> Loop::Turn {
    if (++turns == 3) seen_.release();
    return {};
  });
  seen_.acquire();
  loop_.Stop();
  EXPECT_GE(timers, 3);
}

TEST_P(LoopTest, NothingRunsAfterStop) {
  loop_.Start(Idle);
  loop_.Stop();
  bool ran = false;
  loop_.Post([&ran] { ran = true; });
  loop_.Stop();
  EXPECT_FALSE(ran);
}

INSTANTIATE_TEST_SUITE_P(Idle, LoopTest, testing::Values(IdlePolicy::kSpin, IdlePolicy::kYield, IdlePolicy::kBlock));

class ThreadBackgroundTest : public testing::Test {
 protected:
  ThreadBackgroundTest() {
    loop_.Post([this] { loops_thread_ = std::this_thread::get_id(); });
    loop_.Start([]() -> Loop::Turn { return {}; });
  }

  std::binary_semaphore go_on_{0}, done_{0};
  std::thread::id loops_thread_;
  int jobs_ = 0, answers_ = 0;
  Loop loop_{IdlePolicy::kBlock};
  ThreadBackground background_{loop_};
};

TEST_F(ThreadBackgroundTest, AnswersComeToTheLoopInTheOrderOfALanesJobs) {
  for (int i = 0; i < kRounds; ++i) {
    background_.Run(
        Background::Lane::kUpload,
        [this, i]() -> Status {
          EXPECT_EQ(jobs_++, i);
          return MakeError(ErrorCode::kExhausted, "{}", i);
        },
        [this, i](const Status& status) {
          EXPECT_EQ(status.error().message, fmt::to_string(i));
          EXPECT_EQ(std::this_thread::get_id(), loops_thread_);
          if (++answers_ == kRounds) done_.release();
        });
  }
  done_.acquire();
}

TEST_F(ThreadBackgroundTest, ALaneDoesNotWaitForTheOther) {
  background_.Run(
      Background::Lane::kUpload,
      [this]() -> Status {
        go_on_.acquire();
        return {};
      },
      [this](const Status&) { done_.release(); });
  background_.Run(
      Background::Lane::kLog, [] { return Status(); }, [this](const Status&) { go_on_.release(); });
  done_.acquire();
}

}  // namespace
}  // namespace holdfast
