#include "chaos/diagram/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/chaos/diagram/hand_made.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Found {
  DamageKind kind;
  std::uint64_t flight;
  friend bool operator==(const Found&, const Found&) = default;
};

std::vector<Found> Find(const HandMade& run) {
  std::vector<Found> found;
  for (const auto& mark : FindDamage(run.events)) found.push_back({mark.kind, mark.flight});
  return found;
}

// Workers 0 and 1 take snapshot 1.1 at different instants, and later all go back to it.
class LineTest : public testing::Test {
 protected:
  void CutSender() { run_.At(1'000).Cut(0, Snapshot(1)); }
  void CutReceiver() { run_.At(2'000).Cut(1, Snapshot(1)); }
  void StoreAndGoBack() {
    run_.At(3'000).Stored(0, Snapshot(1));
    run_.Stored(1, Snapshot(1));
    run_.AtTheCoordinator(SimFact::kComplete, Snapshot(1));
    run_.At(4'000).AtTheCoordinator(SimFact::kRollback, Snapshot(1));
  }
  HandMade run_;
};

TEST_F(LineTest, ReceivedInsideAndSentOutsideIsAnOrphan) {
  CutSender();
  run_.At(1'500);
  const auto orphan = run_.Send(0, 1, 1, 1);
  run_.At(1'800).Arrive(orphan);
  CutReceiver();
  StoreAndGoBack();
  EXPECT_THAT(Find(run_), ElementsAre(Found{DamageKind::kOrphan, orphan}));
}

TEST_F(LineTest, SentAndReceivedInsideIsNot) {
  run_.At(500);
  run_.Arrive(run_.Send(0, 1, 1));
  CutSender();
  CutReceiver();
  StoreAndGoBack();
  EXPECT_THAT(Find(run_), IsEmpty());
}

TEST_F(LineTest, SentInsideAndReceivedBetweenCutAndStoreMayBeChannelStateAndIsNotLost) {
  run_.At(500);
  const auto late = run_.Send(0, 1, 1);
  CutSender();
  CutReceiver();
  run_.At(2'500).Arrive(late);
  StoreAndGoBack();
  EXPECT_THAT(Find(run_), IsEmpty());
}

TEST_F(LineTest, SentInsideAndNeverTakenIsLost) {
  run_.At(500);
  const auto lost = run_.Send(0, 1, 1);
  run_.At(900).Drop(lost, "a broken filter");
  CutSender();
  CutReceiver();
  StoreAndGoBack();
  EXPECT_THAT(Find(run_), ElementsAre(Found{DamageKind::kLost, lost}));
}

TEST_F(LineTest, WithoutAReturnToTheLineNothingIsDamaged) {
  CutSender();
  run_.At(1'500);
  run_.Arrive(run_.Send(0, 1, 1, 1));
  CutReceiver();
  EXPECT_THAT(Find(run_), IsEmpty());
}

TEST_F(LineTest, OutputOfALaterSnapshotIsUndoneByTheReturn) {
  CutSender();
  CutReceiver();
  run_.At(2'500).Show(0, Snapshot(1).Packed());
  const auto early = run_.Show(0, Snapshot(2).Packed());
  StoreAndGoBack();
  EXPECT_THAT(Find(run_), ElementsAre(Found{DamageKind::kUndoneOutput, early}));
}

// Worker 0 sent three messages to worker 1, is killed and recovers alone from its log.
class LogTest : public testing::Test {
 protected:
  LogTest() {
    run_.Channel(0, 1, 0, 0);
    run_.Channel(1, 0, 0, 0);
    for (std::uint64_t number = 1; number <= 3; ++number) {
      run_.At(static_cast<int>(number) * 100);
      flights_.push_back(run_.Send(0, 1, number));
      run_.Arrive(flights_.back());
    }
    run_.At(1'000).Life(SimFact::kKill, Worker(0));
  }
  void Restore(std::uint64_t consumed, std::uint64_t sent, std::uint64_t log_tail = 9) {
    run_.At(2'000).RestoredFromLog(0, log_tail);
    run_.Channel(0, 1, consumed, sent);
  }
  HandMade run_;
  std::vector<std::uint64_t> flights_;
};

TEST_F(LogTest, WhatTheLogRemembersIsNoOrphan) {
  Restore(0, 3);
  EXPECT_THAT(Find(run_), IsEmpty());
}

TEST_F(LogTest, WhatTheSenderForgotAndTheReceiverTookIsAnOrphan) {
  Restore(0, 1);
  EXPECT_THAT(Find(run_),
              ElementsAre(Found{DamageKind::kOrphan, flights_[1]}, Found{DamageKind::kOrphan, flights_[2]}));
}

TEST_F(LogTest, WhatTheReceiverForgotTooIsNone) {
  run_.At(1'500).Life(SimFact::kKill, Worker(1));
  Restore(0, 1);
  run_.At(2'500).RestoredFromLog(1, 0);
  run_.Channel(1, 0, 1, 0);
  EXPECT_THAT(Find(run_), IsEmpty());
}

TEST_F(LogTest, WhatTheReceiverRemembersAfterItsOwnRecoveryIsAnOrphanStill) {
  run_.At(1'500).Life(SimFact::kKill, Worker(1));
  Restore(0, 1);
  run_.At(2'500).RestoredFromLog(1, 0);
  run_.Channel(1, 0, 2, 0);
  EXPECT_THAT(Find(run_), ElementsAre(Found{DamageKind::kOrphan, flights_[1]}));
}

TEST_F(LogTest, AcknowledgedAndNotDurableIsLost) {
  HandMade run;
  run.Channel(0, 1, 0, 0);
  const auto lost = run.Send(1, 0, 1);
  run.At(100).Arrive(lost);
  run.At(200).Acknowledge(0, 1, 1);
  run.At(300).Life(SimFact::kKill, Worker(0));
  run.At(400).RestoredFromLog(0, 0);
  run.Channel(0, 1, 0, 0);
  EXPECT_THAT(Find(run), ElementsAre(Found{DamageKind::kLost, lost}));
}

TEST_F(LogTest, AFrameAcknowledgedInPartIsNotLostIfThatPartIsKnown) {
  HandMade run;
  run.RestoredFromLog(0, 0);
  run.Arrive(run.Send(1, 0, 1, 0, 5));
  run.At(200).Acknowledge(0, 1, 2);
  run.At(300).Life(SimFact::kKill, Worker(0));
  run.At(400).RestoredFromLog(0, 5);
  run.Channel(0, 1, 2, 0);
  EXPECT_THAT(Find(run), IsEmpty());
}

TEST_F(LogTest, AWorkerAloneHasALogTooAndItsOutputIsNotUndoneByARecovery) {
  HandMade run;
  run.RestoredFromLog(0, 0);
  run.At(100).Show(0, 5);
  run.At(200).AtTheCoordinator(SimFact::kRollback);
  run.At(300).RestoredFromLog(0, 5);
  EXPECT_THAT(Find(run), IsEmpty());
}

TEST_F(LogTest, NotAcknowledgedIsSentAgainAndNotLost) {
  HandMade run;
  run.Channel(0, 1, 0, 0);
  run.Arrive(run.Send(1, 0, 1));
  run.At(300).Life(SimFact::kKill, Worker(0));
  run.At(400).RestoredFromLog(0, 0);
  run.Channel(0, 1, 0, 0);
  EXPECT_THAT(Find(run), IsEmpty());
}

TEST_F(LogTest, OutputWhoseRecordIsGoneIsUndone) {
  run_.At(900).Show(0, 9);
  const auto undone = run_.Show(0, 10);
  run_.Show(1, 11);  // Of another.
  Restore(0, 3, 9);
  EXPECT_THAT(Find(run_), ElementsAre(Found{DamageKind::kUndoneOutput, undone}));
}

TEST(FindDamageTest, AnObjectionOfTheOracleNamesTheOutputThatCameLast) {
  HandMade run;
  run.Show(0, 1);
  const auto wrong = run.At(100).Show(1, 1);
  run.Object("visit 3 came again");
  const auto marks = FindDamage(run.events);
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0].flight, wrong);
  EXPECT_EQ(marks[0].sentence, "visit 3 came again");
}

}  // namespace
}  // namespace holdfast
