#include "core/runtime/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/model/envelope.h"
#include "tests/unit/core/fakes/fake_worker_ports.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr WorkerId kPeer(1);

class OutboxTest : public testing::Test {
 protected:
  explicit OutboxTest(bool retain = false) : outbox(channel, {WorkerId(0), 3, 4096, retain}) {
    outbox.Reset(WorldLine(4), Incarnation(2));
  }
  void Add(std::string_view payload, std::uint64_t lsn = 0, WorkerId to = kPeer) {
    std::string envelope;
    AppendEnvelope(envelope, {{FunctionId(0), "id"}, {}, ValueTypeId(0), KeyGroup(0), payload});
    outbox.Add(to, Lane::kFunction, envelope, Lsn(lsn));
  }
  // "first:payloads" of every data frame sent since the last call.
  std::vector<std::string> Sent() {
    std::vector<std::string> texts;
    for (const auto& [to, bytes] : std::exchange(channel.frames, {})) {
      const auto frame = OpenFrame(bytes).value();
      if (frame.header.kind != FrameKind::kData) continue;
      auto text = fmt::format("{}:", frame.header.first_sequence);
      auto rest = frame.payload;
      EnvelopeView view;
      while (TakeEnvelope(rest, view)) text += view.payload;
      texts.push_back(text);
    }
    return texts;
  }

  FakeChannel channel;
  Outbox outbox;
};

class RetainingOutboxTest : public OutboxTest {
 protected:
  RetainingOutboxTest() : OutboxTest(true) {}
};

TEST_F(OutboxTest, MessagesForAPeerShareAFrameAndAreNumbered) {
  Add("a");
  Add("b");
  EXPECT_THAT(Sent(), IsEmpty());
  outbox.Flush();
  EXPECT_THAT(Sent(), ElementsAre("1:ab"));
  Add("c");
  outbox.Flush();
  EXPECT_THAT(Sent(), ElementsAre("3:c"));
  EXPECT_EQ(outbox.sent(kPeer), (LanePositions{0, 3}));
}

TEST_F(OutboxTest, AFullFrameLeavesAtOnce) {
  Add(std::string(5000, 'x'));
  EXPECT_EQ(Sent().size(), 1u);
}

TEST_F(OutboxTest, FramesCarryTheFencesAndTheColourTheyWereBegunWith) {
  Add("a");
  outbox.SetColour(SnapshotIndex(7));
  Add("b");
  outbox.Flush();
  ASSERT_EQ(channel.frames.size(), 2u);
  const auto before = OpenFrame(channel.frames[0].second)->header;
  const auto after = OpenFrame(channel.frames[1].second)->header;
  EXPECT_EQ(before.world_line, WorldLine(4));
  EXPECT_EQ(before.incarnation, Incarnation(2));
  EXPECT_EQ(before.colour, SnapshotIndex(0));
  EXPECT_EQ(after.colour, SnapshotIndex(7));
}

TEST_F(OutboxTest, AMarkFollowsEverythingSentBeforeItAndSaysHowMuch) {
  Add("a");
  outbox.SendMark(SnapshotIndex(3));
  ASSERT_EQ(channel.frames.size(), 3u);  // Data and mark to the peer, a mark to the other.
  const auto mark = OpenFrame(channel.frames[1].second).value();
  EXPECT_EQ(mark.header.kind, FrameKind::kMark);
  EXPECT_EQ(mark.header.colour, SnapshotIndex(3));
  EXPECT_EQ(ReadPositions(mark.payload), (LanePositions{0, 1}));
}

TEST_F(RetainingOutboxTest, AFrameWaitsUntilItsRecordsAreDurable) {
  Add("a", 1);
  Add("b", 2);
  outbox.Flush();
  Add("c", 3);
  outbox.Flush();
  EXPECT_THAT(Sent(), IsEmpty());
  outbox.Durable(Lsn(1));
  EXPECT_THAT(Sent(), IsEmpty());
  outbox.Durable(Lsn(2));
  EXPECT_THAT(Sent(), ElementsAre("1:ab"));
  outbox.Durable(Lsn(9));
  EXPECT_THAT(Sent(), ElementsAre("3:c"));
}

TEST_F(RetainingOutboxTest, WhatIsKeptIsShownWithWhatIsNotYetInAFrame) {
  Add("a", 1);
  Add("b", 1);
  outbox.Flush();
  Add("c", 2, WorkerId(2));
  Add("d", 2);
  std::vector<std::string> kept;
  outbox.ForEachKept([&](const OutboxRun& run) {
    kept.push_back(fmt::format("{} {}: {} of {} bytes", run.peer, run.first_sequence, run.count, run.envelopes.size()));
  });
  EXPECT_THAT(kept, ElementsAre("1 1: 2 of 38 bytes", "1 3: 1 of 19 bytes", "2 1: 1 of 19 bytes"));
  EXPECT_THAT(Sent(), IsEmpty()) << "looking sends nothing";
}

TEST_F(RetainingOutboxTest, WhatIsNotAcknowledgedIsSentAgain) {
  for (std::uint64_t i = 1; i <= 3; ++i) {
    Add(std::string(1, static_cast<char>('a' + i - 1)), i);
    outbox.Flush();
  }
  outbox.Durable(Lsn(3));
  Sent();
  outbox.Acknowledged(kPeer, {0, 1});
  outbox.Resend(kPeer);
  EXPECT_THAT(Sent(), ElementsAre("2:b", "3:c"));
}

TEST_F(RetainingOutboxTest, AFrameIsKeptUntilItsLastMessageIsAcknowledged) {
  Add("a", 1);
  Add("b", 1);
  outbox.Flush();
  outbox.Durable(Lsn(1));
  Sent();
  outbox.Acknowledged(kPeer, {0, 1});
  EXPECT_GT(outbox.retained_bytes(), 0u);
  outbox.Acknowledged(kPeer, {0, 2});
  EXPECT_EQ(outbox.retained_bytes(), 0u);
}

TEST_F(RetainingOutboxTest, AnAcknowledgementDropsNothingThatIsNotSent) {
  Add("a", 1);
  outbox.Flush();
  outbox.Acknowledged(kPeer, {0, 1});
  outbox.Durable(Lsn(1));
  EXPECT_THAT(Sent(), ElementsAre("1:a"));
}

TEST_F(RetainingOutboxTest, FrozenFramesPutBackAreSentUnderTheirOldNumbers) {
  Add("a", 1);
  Add("b", 1);
  outbox.Flush();
  const auto frozen = outbox.Freeze();
  const auto sent = outbox.sent(kPeer);
  outbox.Reset(WorldLine(4), Incarnation(3));
  outbox.SetSent(kPeer, sent);
  for (const auto& run : frozen) outbox.PutBack(run.run);
  Add("c", 2);
  outbox.Flush();
  outbox.Durable(Lsn(2));
  EXPECT_THAT(Sent(), ElementsAre("1:ab", "3:c"));
}

}  // namespace
}  // namespace holdfast
