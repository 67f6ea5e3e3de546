// A sink that is away for a while: nothing is undone, nothing is lost, nothing comes twice.
#include "tests/unit/core/runtime/worker_rig.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

TEST(WorkerSinkTest, OutputWaitsUntilTheSinkIsBackWhileWorkGoesOn) {
  WorkerRig rig({.protocol = MessageLoggingProtocol()});
  rig.Start();
  rig.sink.failures = 2;  // The batch, and the first try to come back.
  rig.Tell("a", "note x; emit one");
  rig.Tell("a", "note y; emit two");
  EXPECT_THAT(rig.Emitted(), IsEmpty());
  EXPECT_EQ(rig.Notes("a"), "x y");
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRunning);
  EXPECT_THAT(rig.worker->Describe(), HasSubstr("the sink failed 1 times in a row, the last: the sink is away"));
  EXPECT_EQ(rig.worker->NextWake(), milliseconds(1));
  rig.Pass(milliseconds(1));
  EXPECT_THAT(rig.Emitted(), IsEmpty());
  EXPECT_EQ(rig.worker->NextWake(), milliseconds(2));
  rig.Pass(milliseconds(2));
  EXPECT_THAT(rig.Emitted(), ElementsAre("one", "two"));
  EXPECT_EQ(rig.worker->NextWake(), std::nullopt);
  EXPECT_TRUE(rig.worker->Settled());
}

TEST(WorkerSinkTest, ABatchWhoseAnswerWasLostIsNotMadeAgain) {
  WorkerRig rig;
  rig.Start();
  rig.sink.lost_answers = 1;
  rig.Tell("a", "emit one");
  rig.Snapshot(1);
  EXPECT_FALSE(rig.worker->Settled());
  rig.Pass(milliseconds(1));
  EXPECT_THAT(rig.Emitted(), ElementsAre("one"));
  EXPECT_TRUE(rig.worker->Settled());
}

TEST(WorkerSinkTest, ASinkThatIsAwayForGoodStopsItWithTheReason) {
  WorkerRig rig({.protocol = MessageLoggingProtocol(), .options = {.max_restore_failures = 2}});
  rig.Start();
  rig.sink.failures = 100;
  rig.Tell("a", "emit one");
  for (int i = 0; i < 4; ++i) rig.Pass(milliseconds(1000));
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
  EXPECT_EQ(rig.worker->reason(), "gave up the sink after 3 failures in a row, the last: the sink is away");
}

TEST(WorkerSinkTest, ARollbackEndsTheWaitBecauseItAsksTheSinkAnyway) {
  WorkerRig rig({.protocol = MessageLoggingProtocol()});
  rig.Start();
  rig.sink.failures = 1;
  rig.Tell("a", "emit one");
  rig.Start();
  rig.Drain();
  EXPECT_THAT(rig.Emitted(), ElementsAre("one"));
  EXPECT_EQ(rig.worker->NextWake(), std::nullopt);
}

TEST(WorkerSinkTest, ASinkThatIsAwayDuringARestoreIsWaitedFor) {
  WorkerRig rig;
  rig.sink.failures = 1;
  rig.Restore();
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kBooting);
  rig.Pass(milliseconds(1));
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRestored);
}

}  // namespace
}  // namespace holdfast
