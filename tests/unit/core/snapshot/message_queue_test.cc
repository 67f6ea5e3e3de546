#include "core/snapshot/message_queue.h"

#include <gtest/gtest.h>

#include "core/model/envelope.h"
#include "tests/unit/core/snapshot/queued_messages.h"

namespace holdfast {
namespace {

std::string_view PayloadOf(std::string_view envelope) {
  EnvelopeView view;
  EXPECT_TRUE(TakeEnvelope(envelope, view));
  return view.payload;
}

MessageRun RunFrom(WorkerId worker, std::uint64_t sequence, std::initializer_list<std::string_view> payloads) {
  auto bytes = std::make_shared<std::string>();
  for (const auto payload : payloads) *bytes += Envelope(payload);
  return {bytes, *bytes, {worker, Lane::kFunction, sequence}, static_cast<std::uint32_t>(payloads.size())};
}

std::string Take(MessageQueue& queue) {
  MessageSource source;
  std::string payload(PayloadOf(queue.Front(source)));
  queue.Pop();
  return payload;
}

// "abc" of the messages a, b, c.
std::string PayloadsOf(const std::vector<MessageRun>& runs) {
  std::string all;
  for (const auto& run : runs) {
    auto rest = run.envelopes;
    EnvelopeView view;
    while (TakeEnvelope(rest, view)) all += view.payload;
  }
  return all;
}

TEST(MessageQueueTest, MessagesLeaveInTheOrderTheyCameWhereverFrom) {
  MessageQueue queue(kSelf);
  queue.PushLocal(Envelope("a"));
  queue.PushRun(RunFrom(WorkerId(1), 5, {"b", "c"}));
  queue.PushLocal(Envelope("d"));
  EXPECT_EQ(queue.messages(), 4u);
  std::string taken;
  while (!queue.empty()) taken += Take(queue);
  EXPECT_EQ(taken, "abcd");
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.bytes(), 0u);
}

TEST(MessageQueueTest, EveryMessageKnowsItsPlaceInItsChannel) {
  MessageQueue queue(kSelf);
  queue.PushRun(RunFrom(WorkerId(1), 5, {"b", "c"}));
  queue.PushLocal(Envelope("d"));
  MessageSource source;
  queue.Pop();
  queue.Front(source);
  EXPECT_EQ(source.worker, WorkerId(1));
  EXPECT_EQ(source.sequence, 6u);
  queue.Pop();
  queue.Front(source);
  EXPECT_EQ(source.worker, kSelf);
  EXPECT_EQ(source.sequence, 0u);
}

TEST(MessageQueueTest, WhatIsFrozenStaysWhateverTheQueueDoesNext) {
  MessageQueue queue(kSelf);
  queue.PushLocal(Envelope("a"));
  queue.PushRun(RunFrom(WorkerId(1), 1, {"b", "c"}));
  queue.PushLocal(Envelope("d"));
  const auto frozen = queue.Freeze();
  queue.Pop();
  queue.Pop();
  queue.PushLocal(Envelope("e"));
  EXPECT_EQ(PayloadsOf(frozen), "abcd");
  EXPECT_EQ(PayloadsOf(queue.Freeze()), "cde");
  queue.Clear();
  EXPECT_EQ(PayloadsOf(frozen), "abcd");
}

TEST(MessageQueueTest, LocalMessagesInARowShareOneBuffer) {
  MessageQueue queue(kSelf);
  for (const auto* payload : {"a", "b", "c"}) queue.PushLocal(Envelope(payload));
  const auto runs = queue.Freeze();
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].count, 3u);
}

TEST(MessageQueueTest, AMessageLargerThanABufferIsTakenWhole) {
  MessageQueue queue(kSelf);
  const std::string large(200'000, 'x');
  queue.PushLocal(Envelope("a"));
  queue.PushLocal(Envelope(large));
  queue.PushLocal(Envelope("b"));
  EXPECT_EQ(Take(queue), "a");
  EXPECT_EQ(Take(queue), large);
  EXPECT_EQ(Take(queue), "b");
}

TEST(MessageQueueTest, ARunOfNothingIsNothing) {
  MessageQueue queue(kSelf);
  queue.PushRun(RunFrom(WorkerId(1), 1, {}));
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.Freeze().empty());
}

TEST(MessageQueueDeathTest, TakingFromAnEmptyQueueIsABug) {
  MessageQueue queue(kSelf);
  EXPECT_DEATH(queue.Pop(), "Pop of an empty queue");
}

TEST(MessageQueueTest, TheFrontIsTakenOffInWholeMessages) {
  MessageQueue queue(kSelf);
  queue.PushRun(RunFrom(WorkerId(1), 5, {"a", "b", "c"}));
  queue.PushLocal(Envelope("d"));
  const auto size = Envelope("a").size();
  const auto taken = queue.Take(size + 1);
  EXPECT_EQ(PayloadsOf(taken), "ab");
  EXPECT_EQ(queue.messages(), 2u);
  EXPECT_EQ(queue.bytes(), 2 * size);
  MessageSource source;
  queue.Front(source);
  EXPECT_EQ(source.sequence, 7u);
  EXPECT_EQ(PayloadsOf(queue.Take(1000)), "cd");
  EXPECT_TRUE(queue.empty());
}

TEST(MessageQueueTest, TheBackIsSplitOffAndNewMessagesFollowWhatWasKept) {
  MessageQueue queue(kSelf);
  for (const auto* payload : {"a", "b", "c"}) queue.PushLocal(Envelope(payload));
  queue.Peek();
  queue.Peek();
  EXPECT_EQ(PayloadsOf(queue.SplitOff(1)), "bc");
  queue.PushLocal(Envelope("x"));
  EXPECT_EQ(PayloadOf(queue.Peek()), "a");
  EXPECT_EQ(PayloadOf(queue.Peek()), "x");
  EXPECT_EQ(Take(queue), "a");
  EXPECT_EQ(Take(queue), "x");
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace holdfast
