#include <gtest/gtest.h>

#include "core/model/envelope.h"
#include "core/snapshot/message_queue.h"

namespace holdfast {
namespace {

std::string EnvelopeTo(std::string_view id) {
  std::string bytes;
  AppendEnvelope(bytes, {{FunctionId(1), id}, {}, ValueTypeId(2), KeyGroup(3), "payload"});
  return bytes;
}

std::string IdOf(std::string_view bytes) {
  EnvelopeView envelope;
  return TakeEnvelope(bytes, envelope) ? std::string(envelope.target.id) : "(none)";
}

class MessageQueuePeekTest : public testing::Test {
 protected:
  void Push(std::string_view id) { queue_.PushLocal(EnvelopeTo(id)); }
  // Messages of another worker, in a run of their own.
  void PushFrame(std::initializer_list<std::string_view> ids) {
    auto bytes = std::make_shared<std::string>();
    for (const auto id : ids) *bytes += EnvelopeTo(id);
    queue_.PushRun({bytes, *bytes, {WorkerId(1), Lane::kFunction, 1}, static_cast<std::uint32_t>(ids.size())});
  }
  std::string Peek(int count) {
    std::string ids;
    for (; count > 0; --count) ids += IdOf(queue_.Peek());
    return ids;
  }
  std::string Take(int count) {
    std::string ids;
    for (MessageSource source; count > 0; --count) {
      ids += IdOf(queue_.Front(source));
      queue_.Pop();
    }
    return ids;
  }

  MessageQueue queue_{WorkerId(0)};
};

TEST_F(MessageQueuePeekTest, ShowsEveryMessageOnceAndTakesNone) {
  Push("a");
  PushFrame({"b", "c"});
  Push("d");
  EXPECT_EQ(Peek(4), "abcd");
  EXPECT_EQ(Peek(1), "(none)");
  EXPECT_EQ(queue_.peeked(), 4u);
  EXPECT_EQ(Take(4), "abcd");
}

TEST_F(MessageQueuePeekTest, GoesOnWhereItWasWhileTheFrontIsTaken) {
  PushFrame({"a", "b"});
  PushFrame({"c"});
  EXPECT_EQ(Peek(2), "ab");
  EXPECT_EQ(Take(2), "ab");
  EXPECT_EQ(queue_.peeked(), 0u);
  EXPECT_EQ(Peek(1), "c");
  Push("d");
  EXPECT_EQ(Peek(1), "d");
}

TEST_F(MessageQueuePeekTest, BeginsAtTheFrontWhenThatWasTakenUnseen) {
  Push("a");
  Push("b");
  PushFrame({"c"});
  EXPECT_EQ(Take(1), "a");
  EXPECT_EQ(Peek(2), "bc");
}

TEST_F(MessageQueuePeekTest, ForgetsWhatWasCleared) {
  Push("a");
  EXPECT_EQ(Peek(1), "a");
  queue_.Clear();
  EXPECT_EQ(Peek(1), "(none)");
  PushFrame({"b"});
  EXPECT_EQ(Peek(1), "b");
}

}  // namespace
}  // namespace holdfast
