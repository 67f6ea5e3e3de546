// A worker and its units: what a message does, and what failing, waiting and being pressed do.
#include "tests/unit/core/runtime/worker_rig.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

class WorkerTest : public testing::TestWithParam<ProtocolFactory> {
 protected:
  WorkerRig::Setup With(FailurePolicy policy) { return {.protocol = GetParam(), .policy = policy}; }
};

// What the protocol makes visible only with a snapshot.
void Show(WorkerRig& rig, std::uint32_t index = 1) {
  if (rig.worker->world_line() == WorldLine(1)) rig.Snapshot(index);
}

TEST_P(WorkerTest, ARecordBecomesAUnitWithStateMessagesAndEgress) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "note a; emit one; send bob note b, emit two");
  Show(rig);
  EXPECT_EQ(rig.Notes("ann"), "a");
  EXPECT_EQ(rig.Notes("bob"), "b");
  EXPECT_THAT(rig.Emitted(), ElementsAre("one", "two"));
  EXPECT_EQ(rig.worker->counters().units, 2u);
  EXPECT_TRUE(rig.worker->Idle());
}

TEST_P(WorkerTest, AFailingUnitLeavesNoEffectAndIsTriedAgain) {
  WorkerRig rig(With({.max_attempts = 5, .backoff = milliseconds(10)}));
  rig.Start();
  rig.Tell("ann", "note a; emit one; send bob note b; fail boom");
  EXPECT_EQ(rig.Notes("ann"), "");
  EXPECT_FALSE(rig.HasRow("bob"));
  EXPECT_FALSE(rig.worker->Idle());
  EXPECT_EQ(rig.worker->NextWake(), Duration(milliseconds(10)));
  Actor::broken = false;
  rig.Pass(milliseconds(9));
  EXPECT_EQ(rig.Notes("ann"), "") << "tried before its time";
  rig.Pass(milliseconds(1));
  Show(rig);
  EXPECT_EQ(rig.Notes("ann"), "a");
  EXPECT_EQ(rig.Notes("bob"), "b");
  EXPECT_THAT(rig.Emitted(), ElementsAre("one"));
  EXPECT_TRUE(rig.worker->Idle());
}

TEST_P(WorkerTest, LaterMessagesOfTheSameAddressWaitBehindAFailedOneOthersDoNot) {
  WorkerRig rig(With({.backoff = milliseconds(10)}));
  rig.Start();
  rig.Tell("ann", "note 1; fail boom");
  rig.Tell("ann", "note 2");
  rig.Tell("bob", "note x; send ann note 3");
  EXPECT_EQ(rig.Notes("ann"), "");
  EXPECT_EQ(rig.Notes("bob"), "x");
  Actor::broken = false;
  rig.Pass(milliseconds(10));
  EXPECT_EQ(rig.Notes("ann"), "1 2 3");
}

TEST_P(WorkerTest, AfterTheLastAttemptItGoesToTheDeadLetterEgressWithItsReason) {
  WorkerRig rig(With({.max_attempts = 3, .backoff = milliseconds(10)}));
  rig.Start();
  rig.Tell("ann", "note 1; fail boom");
  rig.Tell("ann", "note 2");
  for (int i = 0; i < 3; ++i) rig.Pass(milliseconds(1000));
  Show(rig);
  EXPECT_EQ(rig.Notes("ann"), "2") << "the next message goes on";
  ASSERT_EQ(rig.sink.visible.size(), 1u);
  DeadLetter letter;
  ASSERT_TRUE(Codec<DeadLetter>::Decode(rig.sink.visible[0], letter));
  EXPECT_EQ(letter.function, "test/actor");
  EXPECT_EQ(letter.id, "ann");
  EXPECT_EQ(letter.value_type, "test/Script");
  EXPECT_EQ(letter.reason, "boom");
  EXPECT_EQ(letter.attempts, 3u);
  EXPECT_EQ(rig.worker->counters().failed_attempts, 3u);
  EXPECT_EQ(rig.worker->counters().dead_letters, 1u);
}

TEST_P(WorkerTest, ThePolicyToFailStopsTheWorkerAndNothingOfTheUnitLeaves) {
  WorkerRig rig(With({.max_attempts = 2, .then = FailurePolicy::Then::kFail}));
  rig.Start();
  rig.Tell("ann", "emit one; fail boom");
  rig.Pass(milliseconds(1000));
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kStopped);
  EXPECT_EQ(rig.worker->reason(), "test/actor 'ann' failed 2 times and its policy is to stop: boom");
  EXPECT_EQ(rig.channel.reports.back().kind, ControlKind::kFailed);
  rig.Tell("bob", "emit two");
  EXPECT_THAT(rig.Emitted(), IsEmpty());
}

TEST_P(WorkerTest, ParkedMessagesAndThoseBehindThemSurviveARecovery) {
  WorkerRig rig(With({.backoff = milliseconds(10)}));
  rig.Start();
  rig.Tell("ann", "note 1; fail boom");
  rig.Tell("ann", "note 2");
  rig.Snapshot(1);
  rig.Begin();
  rig.Start();
  EXPECT_FALSE(rig.worker->Idle());
  Actor::broken = false;
  rig.Drain();
  EXPECT_EQ(rig.Notes("ann"), "1 2");
}

TEST(WorkerTest, AMessageFarAwayIsLookedAtAgainBecauseTheClockMayBeSet) {
  WorkerRig rig;
  rig.Start();
  rig.Tell("a", "after 3600000 b emit x");
  EXPECT_EQ(rig.worker->NextWake(), Duration(milliseconds(1000)));
  rig.clock.app = rig.clock.app + std::chrono::hours(1);
  rig.Pass(milliseconds(1000));
  rig.Snapshot(1);
  EXPECT_THAT(rig.Emitted(), ElementsAre("x"));
  rig.clock.app = rig.clock.app + -std::chrono::hours(2);
  rig.Pass(milliseconds(1000));
  rig.Snapshot(2);
  EXPECT_THAT(rig.Emitted(), ElementsAre("x")) << "it does not fall due again";
}

TEST_P(WorkerTest, DelayedMessagesComeOnceAndNeverEarly) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "after 50 bob note b");
  EXPECT_EQ(rig.worker->NextWake(), Duration(milliseconds(50)));
  rig.Pass(milliseconds(49));
  EXPECT_EQ(rig.Notes("bob"), "");
  rig.Pass(milliseconds(1));
  EXPECT_EQ(rig.Notes("bob"), "b");
  rig.Pass(milliseconds(1000));
  EXPECT_EQ(rig.Notes("bob"), "b");
  EXPECT_EQ(rig.state.CountIn(kDelayedTable), 0u);
}

TEST_P(WorkerTest, ADelayedMessageSurvivesARecoveryAndDownTimeCounts) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "after 50 bob note b");
  rig.Snapshot(1);
  rig.clock.Advance(milliseconds(80));
  rig.Begin();
  rig.Start();
  rig.Drain();
  EXPECT_EQ(rig.Notes("bob"), "b");
  rig.Pass(milliseconds(1000));
  EXPECT_EQ(rig.Notes("bob"), "b");
}

TEST_P(WorkerTest, ATokenCancelsAndASecondMessageTakesTheFirstsPlace) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "after 50 bob note cancelled");
  rig.Tell("ann", "cancel");
  rig.Tell("ann", "after 50 bob note replaced");
  rig.Tell("ann", "after 60 bob note last");
  rig.Tell("eve", "cancel");  // Another sender's token.
  rig.Pass(milliseconds(1000));
  EXPECT_EQ(rig.Notes("bob"), "last");
  rig.Tell("ann", "cancel");  // Fired already: does nothing.
  EXPECT_EQ(rig.worker->counters().delayed_cancelled, 2u);
  EXPECT_EQ(rig.worker->counters().delayed_fired, 1u);
  EXPECT_EQ(rig.worker->phase(), Worker::Phase::kRunning);
}

TEST_P(WorkerTest, AnAsyncAnswerComesBackToItsAddressOnce) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "look ok; look bad");
  ASSERT_EQ(rig.async.started.size(), 2u);
  rig.async.started[0].done(rig.async.started[0].request);
  rig.async.started[1].done(MakeError(ErrorCode::kUnavailable, "no"));
  rig.Drain();
  EXPECT_EQ(rig.Notes("ann"), "success of ok failure of bad");
  EXPECT_EQ(rig.state.CountIn(kAsyncTable), 0u);
}

TEST_P(WorkerTest, AnAsyncAnswerIsUnknownAfterARecoveryAndTheLateOneIsIgnored) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "look it");
  rig.Snapshot(1);
  rig.Restore();
  rig.Order(ControlKind::kStart);
  rig.async.started[0].done(rig.async.started[0].request);
  rig.Drain();
  EXPECT_EQ(rig.Notes("ann"), "unknown of it");
  EXPECT_EQ(rig.async.started.size(), 1u) << "it is not started again by itself";
}

TEST_P(WorkerTest, ItIsNotSettledBeforeDelayedMessagesOutcomesAndOutputAreOut) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "after 50 bob emit late; look ok");
  EXPECT_TRUE(rig.worker->Idle());
  EXPECT_FALSE(rig.worker->Settled());
  rig.async.started[0].done(rig.async.started[0].request);
  rig.Drain();
  EXPECT_FALSE(rig.worker->Settled()) << "a message is to come";
  EXPECT_FALSE(rig.worker->SettledUntil(rig.clock.app + milliseconds(50)));
  EXPECT_TRUE(rig.worker->SettledUntil(rig.clock.app + milliseconds(49)));
  rig.Pass(milliseconds(50));
  EXPECT_EQ(rig.worker->Settled(), rig.Emitted().size() == 1) << "output waits for the snapshot";
  Show(rig);
  EXPECT_TRUE(rig.worker->Settled());
}

TEST_P(WorkerTest, WhatWasToComeIsStillToComeAfterARecovery) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "after 50 bob note b; look it");
  rig.Snapshot(1);
  rig.Begin();
  rig.Start();
  rig.Drain();  // The outcome is unknown, and handled.
  EXPECT_THAT(rig.worker->Describe(), HasSubstr("1 delayed, 0 operations; the next delayed message is due in"));
  EXPECT_EQ(rig.worker->counters().delayed_restored, 1u);
  EXPECT_EQ(rig.worker->counters().async_outcomes, 1u);
  EXPECT_EQ(rig.worker->counters().async_unknown, 1u);
  EXPECT_FALSE(rig.worker->Settled());
  rig.Pass(milliseconds(50));
  EXPECT_THAT(rig.worker->Describe(), HasSubstr("0 delayed, 0 operations"));
}

TEST_P(WorkerTest, IngressIsReadOnlyWhileTheQueueIsShort) {
  auto setup = With({});
  setup.options.queue_low = 3;
  WorkerRig rig(setup);
  rig.Start();
  rig.Offer("ann", "send a note x; send b note x; send c note x; send d note x");
  rig.worker->Run(1);
  EXPECT_EQ(rig.worker->queued(), 4u);
  rig.Offer("bob", "note y");
  rig.worker->Run(1);  // Four are not below three, and neither are three: one of them is handled, no record read.
  EXPECT_EQ(rig.ingress.next, 1u);
  rig.Drain();
  EXPECT_EQ(rig.Notes("bob"), "y");
}

TEST_P(WorkerTest, AnExpiredValueIsGone) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "keep k; note n");
  rig.Pass(milliseconds(200));
  rig.Tell("ann", "note m");
  const auto row = *rig.state.Get(rig.KeyOf("ann")).value();
  EXPECT_FALSE(FindValue(row, StateSlot(1), AppTime{0})) << "the bytes are gone with the next write";
  EXPECT_EQ(rig.Notes("ann"), "n m");
}

TEST_P(WorkerTest, AnAddressNobodyWritesToAnyMoreLosesItsExpiredRowWithASnapshot) {
  WorkerRig rig(With({}));
  rig.Start();
  for (int i = 0; i < 200; ++i) rig.Tell(fmt::format("passing-{}", i), "keep k");
  rig.Tell("lasting", "keep k; note n");
  rig.Snapshot(1);
  EXPECT_EQ(rig.state.size().rows, 201u) << "nothing has expired yet";
  rig.Pass(milliseconds(200));
  EXPECT_EQ(rig.state.size().rows, 201u);
  rig.Snapshot(2);
  EXPECT_EQ(rig.state.size().rows, 1u);
  EXPECT_EQ(rig.worker->counters().expired_rows, 200u);
  EXPECT_EQ(rig.Notes("lasting"), "n");
}

TEST_P(WorkerTest, ARowWrittenAgainAfterTheCutThatSawItExpiredStays) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "keep k");
  rig.Pass(milliseconds(200));
  rig.Order(ControlKind::kTrigger, 1);
  rig.Tell("ann", "keep again");
  rig.TakePart();
  if (GetParam().traits.name == "stop-the-world") rig.Order(ControlKind::kResume, 1);
  rig.Order(ControlKind::kComplete, 1, SnapshotId{rig.world_line, SnapshotIndex(1)}.Packed());
  rig.Drain();
  EXPECT_TRUE(rig.HasRow("ann"));
}

TEST_P(WorkerTest, ARecoveryBringsAnExpiredRowBackAndItIsStillNotShown) {
  WorkerRig rig(With({}));
  rig.Start();
  rig.Tell("ann", "keep k");
  rig.Snapshot(1);
  rig.Pass(milliseconds(200));
  rig.Begin();
  rig.Start();
  EXPECT_TRUE(rig.HasRow("ann"));
  EXPECT_FALSE(FindValue(*rig.state.Get(rig.KeyOf("ann")).value(), StateSlot(1), rig.clock.AppNow()));
  rig.Snapshot(2);
  EXPECT_FALSE(rig.HasRow("ann"));
}

INSTANTIATE_TEST_SUITE_P(Protocols, WorkerTest,
                         testing::Values(StopTheWorldProtocol(), UnalignedProtocol(), MessageLoggingProtocol()),
                         [](const auto& protocol) {
                           std::string name(protocol.param.traits.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace holdfast
