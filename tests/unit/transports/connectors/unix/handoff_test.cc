#include "transports/connectors/unix/handoff.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace holdfast {
namespace {

TEST(SlotRingTest, HandsOverInOrderAndRefusesWhenFull) {
  SlotRing<std::string, 2> ring;
  EXPECT_EQ(ring.Front(), nullptr);
  *ring.Back() = "first";
  ring.Publish();
  *ring.Back() = "second";
  ring.Publish();
  EXPECT_EQ(ring.Back(), nullptr);
  EXPECT_EQ(*ring.Front(), "first");
  ring.GiveBack();
  EXPECT_EQ(*ring.Front(), "second");
  EXPECT_EQ(ring.given_back(), 1u);
  EXPECT_NE(ring.Back(), nullptr);
}

TEST(SlotRingTest, ASlotKeepsItsMemory) {
  SlotRing<std::string, 1> ring;
  ring.Back()->assign(1000, 'x');
  const auto* const bytes = ring.Back()->data();
  ring.Publish();
  ring.GiveBack();
  ring.Back()->assign(900, 'y');
  EXPECT_EQ(ring.Back()->data(), bytes);
}

TEST(HandoffQueueTest, GivesWhatWasPushedInOrder) {
  HandoffQueue<std::unique_ptr<int>> queue;
  EXPECT_FALSE(queue.Pop());
  queue.Push(std::make_unique<int>(1));
  queue.Push(std::make_unique<int>(2));
  EXPECT_EQ(**queue.Pop(), 1);
  queue.Push(std::make_unique<int>(3));
  EXPECT_EQ(**queue.Pop(), 2);
  EXPECT_EQ(**queue.Pop(), 3);
  EXPECT_FALSE(queue.Pop());
}

}  // namespace
}  // namespace holdfast
