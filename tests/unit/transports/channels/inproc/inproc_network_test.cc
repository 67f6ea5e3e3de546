#include "transports/channels/inproc/inproc_network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace holdfast {
namespace {

using testing::ElementsAre;

TEST(SpscQueueTest, GivesWhatWasPushedInOrderOverManyBlocks) {
  SpscQueue<std::unique_ptr<int>, 2> queue;
  EXPECT_FALSE(queue.Pop());
  for (int i = 0; i < 5; ++i) queue.Push(std::make_unique<int>(i));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(**queue.Pop(), i);
  for (int i = 5; i < 9; ++i) queue.Push(std::make_unique<int>(i));
  for (int i = 4; i < 9; ++i) EXPECT_EQ(**queue.Pop(), i);
  EXPECT_FALSE(queue.Pop());
}

TEST(SpscQueueTest, WhatNobodyPoppedGoesWithTheQueue) {
  const auto item = std::make_shared<int>(1);
  {
    SpscQueue<std::shared_ptr<int>, 2> queue;
    for (int i = 0; i < 7; ++i) queue.Push(item);
    queue.Pop().reset();
    EXPECT_EQ(item.use_count(), 7);
  }
  EXPECT_EQ(item.use_count(), 1);
}

// Small blocks, so that the threads meet at their ends all the time.
TEST(SpscQueueTest, TwoThreadsHandOverEverythingInOrder) {
  constexpr int kItems = 100'000;
  SpscQueue<std::string, 3> queue;
  std::thread pushing([&queue] {
    for (int i = 0; i < kItems; ++i) queue.Push(std::to_string(i));
  });
  int in_order = 0;
  for (int popped = 0; popped < kItems;) {
    const auto item = queue.Pop();
    if (item) {
      in_order += *item == std::to_string(popped++) ? 1 : 0;
    } else {
      std::this_thread::yield();
    }
  }
  pushing.join();
  EXPECT_EQ(in_order, kItems);
  EXPECT_FALSE(queue.Pop());
}

TEST(InprocNetworkTest, AFrameWakesItsReceiverAndReachesNobodyElse) {
  std::vector<WorkerId> woken;
  InprocNetwork network(3, [&woken](WorkerId to) { woken.push_back(to); });
  network.Send(WorkerId(0), WorkerId(2), "a");
  EXPECT_THAT(woken, ElementsAre(WorkerId(2)));
  EXPECT_EQ(network.Receive(WorkerId(1)), std::nullopt);
  EXPECT_EQ(network.Receive(WorkerId(2)), "a");
  EXPECT_EQ(network.Receive(WorkerId(2)), std::nullopt);
}

TEST(InprocNetworkTest, PeersTakeTurnsAndEachKeepsItsOrder) {
  InprocNetwork network(3, [](WorkerId) {});
  for (const auto* frame : {"a1", "a2", "a3"}) network.Send(WorkerId(0), WorkerId(2), frame);
  network.Send(WorkerId(1), WorkerId(2), "b1");
  std::vector<std::string> received;
  while (auto frame = network.Receive(WorkerId(2))) received.push_back(*frame);
  EXPECT_THAT(received, ElementsAre("a1", "b1", "a2", "a3"));
}

}  // namespace
}  // namespace holdfast
