// A worker among others: fences, late messages, pressure.
#include "tests/unit/core/runtime/worker_rig.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

WorkerRig Of(const ProtocolFactory& protocol, WorkerOptions options = {}) {
  return WorkerRig({.protocol = protocol, .workers = 2, .options = std::move(options)});
}

TEST(WorkerPeersTest, FramesOfAnotherWorldLineHaveNoEffect) {
  auto rig = Of(UnalignedProtocol());
  rig.Start();
  const auto mine = rig.IdOn(0);
  rig.world_line = WorldLine(0);
  rig.Receive(1, 1, mine, "note old");
  rig.world_line = WorldLine(2);
  rig.Receive(1, 1, mine, "note future");
  rig.world_line = WorldLine(1);
  rig.Receive(1, 1, mine, "note present");
  rig.Drain();
  EXPECT_EQ(rig.Notes(mine), "present");
}

TEST(WorkerPeersTest, FramesOfAFencedIncarnationHaveNoEffect) {
  auto rig = Of(MessageLoggingProtocol());
  rig.Start();
  const auto mine = rig.IdOn(0);
  auto header = rig.HeaderFrom(1, FrameKind::kData);
  header.first_sequence = header.count = 1;
  header.incarnation = Incarnation(2);
  rig.Deliver(header, rig.Envelope(mine, "note new"));
  header.first_sequence = 2;
  header.incarnation = Incarnation(1);
  rig.Deliver(header, rig.Envelope(mine, "note zombie"));
  rig.Drain();
  EXPECT_EQ(rig.Notes(mine), "new");
}

TEST(WorkerPeersTest, OrdersOfAnotherIncarnationHaveNoEffect) {
  auto rig = Of(UnalignedProtocol());
  rig.Restore();
  rig.Restore();
  rig.incarnation = Incarnation(1);
  rig.Order(ControlKind::kStart);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRestored);
  rig.Order(ControlKind::kRestore);  // Late: it was overtaken.
  rig.incarnation = Incarnation(2);
  rig.Order(ControlKind::kStart);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRunning);
}

TEST(WorkerPeersTest, ADamagedFrameStopsTheWorker) {
  auto rig = Of(UnalignedProtocol());
  rig.Start();
  rig.worker->OnFrame("not a frame");
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
}

TEST(WorkerPeersTest, AMessageSentBeforeThePeersCutAndReceivedAfterTheOwnIsInTheSnapshot) {
  auto rig = Of(UnalignedProtocol());
  rig.Start();
  const auto mine = rig.IdOn(0);
  rig.Order(ControlKind::kTrigger, 1);
  rig.Receive(1, 1, mine, "note late", 0);
  rig.Receive(1, 2, mine, "note after", 1);
  rig.ReceivePositions(1, FrameKind::kMark, 1, 1);
  rig.Drain();
  rig.TakePart();
  EXPECT_EQ(rig.part.messages, 1u);
  rig.Begin();
  rig.Start();
  rig.Drain();
  EXPECT_EQ(rig.Notes(mine), "late");
}

// The worker had collected late messages for a cut, which was given up; they went into the part of the next one as
// well, though its state had them already.
TEST(WorkerPeersTest, LateMessagesOfAnAbortedCutAreNotHandledTwice) {
  auto rig = Of(UnalignedProtocol());
  rig.Start();
  const auto mine = rig.IdOn(0);
  rig.Order(ControlKind::kTrigger, 1);
  rig.Receive(1, 1, mine, "note once", 0);
  rig.Order(ControlKind::kAbort, 1);
  rig.Drain();
  rig.Order(ControlKind::kTrigger, 2);
  rig.ReceivePositions(1, FrameKind::kMark, 1, 2);
  rig.Drain();
  rig.TakePart();
  rig.Begin();
  rig.Start();
  rig.Drain();
  EXPECT_EQ(rig.Notes(mine), "once");
}

TEST(WorkerPeersTest, PeersAreAskedToHoldBackWhileTheQueueIsLongAndNotLonger) {
  auto rig = Of(UnalignedProtocol(), {.queue_low = 2});
  rig.Start();
  const auto mine = rig.IdOn(0);
  for (std::uint64_t i = 1; i <= 6; ++i) rig.Receive(1, i, mine, "note x");
  rig.worker->Run(1);
  ASSERT_EQ(rig.Sent(FrameKind::kPressure).size(), 1u);
  EXPECT_EQ(rig.Sent(FrameKind::kPressure)[0].count, 1u);
  rig.worker->Run(2);
  EXPECT_EQ(rig.Sent(FrameKind::kPressure).size(), 1u) << "three left are above the low mark";
  rig.Drain();
  ASSERT_EQ(rig.Sent(FrameKind::kPressure).size(), 2u);
  EXPECT_EQ(rig.Sent(FrameKind::kPressure)[1].count, 0u);
}

TEST(WorkerPeersTest, SaysWhatIsNext) {
  auto rig = Of(UnalignedProtocol());
  rig.Start();
  rig.Receive(1, 1, rig.IdOn(0), "note message");
  EXPECT_THAT(rig.worker->Describe(), HasSubstr(fmt::format("; next is a message to test/actor '{}'", rig.IdOn(0))));
}

TEST(WorkerPeersTest, AWorkerAPeerHoldsBackReadsNoIngressButDrainsItsQueue) {
  auto rig = Of(UnalignedProtocol());
  rig.Start();
  const auto mine = rig.IdOn(0);
  auto pressure = rig.HeaderFrom(1, FrameKind::kPressure);
  pressure.count = 1;
  rig.Deliver(pressure, {});
  rig.Receive(1, 1, mine, "note message");
  rig.Tell(mine, "note record");
  EXPECT_EQ(rig.Notes(mine), "message");
  EXPECT_THAT(rig.worker->Describe(), HasSubstr("held back by a peer"));
  pressure.count = 0;
  rig.Deliver(pressure, {});
  rig.Drain();
  EXPECT_EQ(rig.Notes(mine), "message record");
}

// A peer that pressed, died and came back has forgotten that it did, and never took it back: the worker waited for
// ever.
TEST(WorkerPeersTest, APeerThatRecoversHoldsNobodyBackAnyMore) {
  auto rig = Of(MessageLoggingProtocol());
  rig.Start();
  const auto mine = rig.IdOn(0);
  auto pressure = rig.HeaderFrom(1, FrameKind::kPressure);
  pressure.count = 1;
  rig.Deliver(pressure, {});
  rig.Tell(mine, "note record");
  EXPECT_EQ(rig.Notes(mine), "");
  rig.ReceivePositions(1, FrameKind::kResume, 0);
  rig.Drain();
  EXPECT_EQ(rig.Notes(mine), "record");
}

TEST(WorkerPeersTest, APeerThatRecoversIsToldAgainToHoldBack) {
  auto rig = Of(MessageLoggingProtocol(), {.queue_low = 2});
  rig.Start();
  const auto mine = rig.IdOn(0);
  for (std::uint64_t i = 1; i <= 6; ++i) rig.Receive(1, i, mine, "note x");
  rig.worker->Run(1);
  rig.ReceivePositions(1, FrameKind::kResume, 6);
  ASSERT_EQ(rig.Sent(FrameKind::kPressure).size(), 2u);
  EXPECT_EQ(rig.Sent(FrameKind::kPressure)[1].count, 1u);
}

TEST(WorkerPeersTest, WithALogNothingLeavesBeforeItsRecordIsDurable) {
  auto rig = Of(MessageLoggingProtocol());
  rig.Start();
  const auto theirs = rig.IdOn(1);
  rig.Offer(rig.IdOn(0), "send " + theirs + " note x; emit one");
  rig.worker->Run(16);
  EXPECT_THAT(rig.Sent(FrameKind::kData), IsEmpty());
  EXPECT_THAT(rig.Emitted(), IsEmpty());
  rig.background.RunAll();
  EXPECT_EQ(rig.Sent(FrameKind::kData).size(), 1u);
  EXPECT_THAT(rig.Emitted(), ElementsAre("one"));
}

TEST(WorkerPeersTest, WithALogAMessageIsAcknowledgedOnceItIsDurablyConsumed) {
  auto rig = Of(MessageLoggingProtocol());
  rig.Start();
  rig.Receive(1, 1, rig.IdOn(0), "note x");
  rig.worker->Run(16);
  EXPECT_THAT(rig.Sent(FrameKind::kAck), IsEmpty());
  rig.background.RunAll();
  EXPECT_EQ(rig.Sent(FrameKind::kAck).size(), 1u);
}

}  // namespace
}  // namespace holdfast
