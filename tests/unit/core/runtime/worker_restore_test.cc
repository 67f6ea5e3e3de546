// What a worker does when coming back fails.
#include "tests/unit/core/runtime/worker_rig.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

WorkerRig Logging() { return WorkerRig({.protocol = MessageLoggingProtocol()}); }

TEST(WorkerRestoreTest, PassingTroubleOfTheStoreIsWaitedOutWithTheSameIncarnation) {
  WorkerRig rig;
  rig.Start();
  rig.Tell("a", "note x");
  rig.Snapshot(1);
  rig.objects.read_failures = 1;
  rig.Restore();
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kBooting);
  EXPECT_EQ(rig.worker->NextWake(), Duration(milliseconds(1)));
  rig.Pass(milliseconds(1));
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRestored);
  EXPECT_EQ(rig.Reported(ControlKind::kRestoreAgain), 0u);
  EXPECT_EQ(rig.Notes("a"), "x");
}

TEST(WorkerRestoreTest, EveryFailureDoublesTheWaitUpToTheLongest) {
  WorkerRig rig({.options = {.first_restore_wait = milliseconds(10), .longest_restore_wait = milliseconds(50)}});
  rig.Start();
  rig.Snapshot(1);
  rig.objects.read_failures = 5;
  rig.Restore();
  for (const auto wait : {10, 20, 40, 50, 50}) {
    EXPECT_EQ(rig.worker->NextWake(), Duration(milliseconds(wait)));
    rig.Pass(milliseconds(wait - 1));
    EXPECT_EQ(rig.worker->NextWake(), Duration(milliseconds(1))) << "it has not begun before its time";
    rig.Pass(milliseconds(1));
  }
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRestored);
}

TEST(WorkerRestoreTest, TooManyFailuresInARowStopItWithTheReason) {
  WorkerRig rig({.options = {.max_restore_failures = 3}});
  rig.Start();
  rig.Snapshot(1);
  rig.objects.read_failures = 100;
  rig.Restore();
  for (int i = 0; i < 3; ++i) rig.Pass(milliseconds(1000));
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
  EXPECT_EQ(rig.worker->reason(), "gave up after 4 failures in a row, the last: the store is away");
  EXPECT_EQ(rig.worker->NextWake(), std::nullopt);
}

TEST(WorkerRestoreTest, ANewOrderTakesThePlaceOfTheWaitingOne) {
  WorkerRig rig;
  rig.Start();
  rig.Snapshot(1);
  rig.objects.read_failures = 1;
  rig.Restore();
  rig.Restore();
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRestored);
  rig.Order(ControlKind::kStart);
  rig.Pass(milliseconds(5000));
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRunning);
}

// The log had been opened by the incarnation whose replay failed, and opening it again was refused: the worker stopped.
TEST(WorkerRestoreTest, AfterAFailedReplayItAsksForANewIncarnation) {
  auto rig = Logging();
  rig.Start();
  rig.Tell("a", "note x");
  rig.logs.replay_failures = 1;
  rig.Restore();
  EXPECT_EQ(rig.Reported(ControlKind::kRestoreAgain), 0u) << "before its time";
  rig.Pass(milliseconds(1));
  ASSERT_EQ(rig.channel.reports.back().kind, ControlKind::kRestoreAgain);
  EXPECT_EQ(rig.channel.reports.back().incarnation, Incarnation(2));
  EXPECT_EQ(rig.channel.reports.back().text, "the log's disk is away");
  rig.Start();
  EXPECT_EQ(rig.Notes("a"), "x");
}

TEST(WorkerRestoreTest, AfterAFailedOpeningItAsksForANewIncarnation) {
  auto rig = Logging();
  rig.logs.open_failures = 1;
  rig.Restore();
  rig.Pass(milliseconds(1));
  EXPECT_EQ(rig.Reported(ControlKind::kRestoreAgain), 1u);
  rig.Start();
}

// A coordinator that had been replaced sent its order late, to a worker that had just started: the worker was fenced
// and stopped for good, and the order of the coordinator in force, right behind, found nobody.
TEST(WorkerRestoreTest, AfterAnOrderThatCameTooLateItStillObeysANewerOne) {
  WorkerRig rig;
  rig.sink.fenced = 1;
  rig.incarnation = rig.incarnation.Next();
  rig.Order(ControlKind::kRestore);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
  EXPECT_EQ(rig.Reported(ControlKind::kFailed), 1u);
  rig.channel.reports.clear();
  rig.Start();
  rig.worker->OnFrame("nonsense");
  rig.incarnation = rig.incarnation.Next();
  rig.Order(ControlKind::kRestore);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped) << "for other reasons it stops for good";
}

// A worker had stopped for a damaged part and told a coordinator that was about to die; the next one ordered it to
// restore and heard nothing, for ever.
TEST(WorkerRestoreTest, StoppedForGoodItSaysSoAgainToWhoeverAsks) {
  WorkerRig rig;
  rig.Start();
  rig.worker->OnFrame("nonsense");
  ASSERT_EQ(rig.channel.reports.back().kind, ControlKind::kFailed);
  const auto first = rig.channel.reports.back();
  rig.channel.reports.clear();
  rig.Order(ControlKind::kRestore);
  EXPECT_TRUE(rig.channel.reports.empty()) << "that order is not newer";
  rig.incarnation = rig.incarnation.Next();
  rig.Order(ControlKind::kRestore);
  ASSERT_EQ(rig.Reported(ControlKind::kFailed), 1u);
  EXPECT_EQ(rig.channel.reports[0].text, first.text);
  EXPECT_EQ(rig.channel.reports[0].incarnation, rig.incarnation) << "else nobody would heed it";
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
}

TEST(WorkerRestoreTest, AFullDiskUnderTheLogIsWaitedOut) {
  auto rig = Logging();
  rig.Start();
  rig.logs.flush_failures = 1;
  rig.logs.trouble = ErrorCode::kExhausted;
  rig.Tell("a", "note x");
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kBooting);
  rig.Pass(milliseconds(1));
  EXPECT_EQ(rig.Reported(ControlKind::kRestoreAgain), 1u);
  rig.Start();
  rig.Drain();
  EXPECT_EQ(rig.Notes("a"), "x");
}

TEST(WorkerRestoreTest, AFailedFlushShowsNothingAndGoesBackToWhatIsDurable) {
  auto rig = Logging();
  rig.Start();
  rig.Tell("a", "note x; emit one");
  rig.logs.flush_failures = 1;
  rig.Tell("a", "note y; emit two");
  EXPECT_THAT(rig.Emitted(), ElementsAre("one"));
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kBooting);
  rig.Pass(milliseconds(1));
  ASSERT_EQ(rig.Reported(ControlKind::kRestoreAgain), 1u);
  rig.Start();
  rig.Drain();  // The record behind "two" is read again.
  EXPECT_THAT(rig.Emitted(), ElementsAre("one", "two"));
  EXPECT_EQ(rig.Notes("a"), "x y");
}

TEST(WorkerRestoreTest, OnlyADurableFlushEndsARowOfFailures) {
  WorkerRig rig({.protocol = MessageLoggingProtocol(), .options = {.max_restore_failures = 2}});
  rig.logs.flush_failures = 100;
  rig.Start();
  for (int i = 0; i < 2; ++i) {
    rig.Tell("a", "note x");
    rig.Pass(milliseconds(1000));
    rig.Start();
  }
  rig.Drain();
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
  EXPECT_THAT(rig.worker->reason(), HasSubstr("the log's disk is away"));
}

// ---- A store behind the sink
// -----------------------------------------------------------------------------------------

TEST(WorkerRestoreTest, AnEmptyStoreBehindASinkThatHasOutputIsRefused) {
  WorkerRig rig;
  rig.sink.committed = SnapshotId{rig.world_line, SnapshotIndex(4)}.Packed();
  rig.Begin();
  rig.Order(ControlKind::kRestore, 0, 1);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
  EXPECT_THAT(rig.worker->reason(), HasSubstr("the sink has output up to snapshot 1.4, of which this store knows"));
  EXPECT_EQ(rig.channel.reports.back().snapshot, SnapshotId());
}

TEST(WorkerRestoreTest, AnOlderSnapshotThanTheSinkHasIsRefusedWithTheWayOut) {
  WorkerRig rig;
  rig.Start();
  rig.Tell("a", "egress x");
  rig.Snapshot(1);
  rig.sink.committed = SnapshotId{rig.world_line, SnapshotIndex(2)}.Packed();
  rig.incarnation = rig.incarnation.Next();
  rig.Order(ControlKind::kRestore, 1, 1);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
  EXPECT_THAT(rig.worker->reason(), HasSubstr("output up to snapshot 1.2, but the store ends before"));
  EXPECT_THAT(rig.worker->reason(), HasSubstr("start with --accept-rollback 1.1"));
  EXPECT_EQ(rig.channel.reports.back().snapshot, (SnapshotId{rig.world_line, SnapshotIndex(1)}));
}

TEST(WorkerRestoreTest, TheSnapshotThatTheSinkHasIsGoneOnFrom) {
  WorkerRig rig;
  rig.Start();
  rig.Tell("a", "egress x");
  rig.Snapshot(1);
  rig.incarnation = rig.incarnation.Next();
  rig.Order(ControlKind::kRestore, 1, 1);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRestored) << rig.worker->reason();
}

TEST(WorkerRestoreTest, ASinkAheadIsNoMatterIfTheUserKnows) {
  WorkerRig rig;
  rig.sink.committed = SnapshotId{rig.world_line, SnapshotIndex(4)}.Packed();
  rig.Begin();
  rig.Order(ControlKind::kRestore, 0, 0);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRestored) << rig.worker->reason();
}

TEST(WorkerRestoreTest, ALogThatEndsBeforeTheSinkIsRefused) {
  auto rig = Logging();
  rig.sink.committed = 9;
  rig.Begin();
  rig.incarnation = rig.incarnation.Next();
  rig.Order(ControlKind::kRestore, 0, 1);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
  EXPECT_THAT(rig.worker->reason(), HasSubstr("the sink has output up to log record 9"));
}

}  // namespace
}  // namespace holdfast
