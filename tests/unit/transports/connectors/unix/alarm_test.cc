#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

#include "transports/connectors/unix/worker_port.h"

namespace holdfast {
namespace {

bool Signalled(IoAlarm& alarm) {
  pollfd ready{alarm.wake().fd(), POLLIN, 0};
  return ::poll(&ready, 1, 0) == 1;
}

TEST(IoAlarmTest, RingsOnlyForASleeperAndOnce) {
  IoAlarm alarm;
  alarm.Ring();
  EXPECT_FALSE(Signalled(alarm));
  alarm.FallAsleep();
  alarm.Ring();
  EXPECT_TRUE(Signalled(alarm));
  alarm.wake().Clear();
  alarm.Ring();
  EXPECT_FALSE(Signalled(alarm));
}

TEST(IoAlarmTest, WhoHasWokenUpIsNotRung) {
  IoAlarm alarm;
  alarm.FallAsleep();
  alarm.WakeUp();
  alarm.Ring();
  EXPECT_FALSE(Signalled(alarm));
}

// As the gateway's thread does it. Whoever sleeps here for ever has missed a ring.
TEST(IoAlarmTest, WorkIsFoundHoweverItMeetsTheFallingAsleep) {
  constexpr int kWork = 20'000;
  IoAlarm alarm;
  HandoffQueue<int> queue;
  std::thread working([&] {
    for (int i = 0; i < kWork; ++i) {
      queue.Push(i);
      alarm.Ring();
      if (i % 16 == 0) std::this_thread::yield();
    }
  });
  int found = 0;
  const auto look = [&] {
    bool any = false;
    for (; queue.Pop(); any = true) ++found;
    return any;
  };
  while (found < kWork) {
    if (look()) continue;
    alarm.FallAsleep();
    if (!look()) {
      pollfd ready{alarm.wake().fd(), POLLIN, 0};
      EXPECT_EQ(::poll(&ready, 1, -1), 1);
    }
    alarm.WakeUp();
    alarm.wake().Clear();
  }
  working.join();
}

}  // namespace
}  // namespace holdfast
