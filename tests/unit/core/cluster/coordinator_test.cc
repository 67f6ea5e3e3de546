#include "core/cluster/coordinator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/cluster/coordinator_fixture.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class CoordinatorTest : public testing::Test {
 protected:
  std::unique_ptr<Life> Begin(const ProtocolFactory& protocol = Together()) {
    auto life = std::make_unique<Life>(store_, protocol, options_);
    life->coordinator.Boot().OrDie();
    return life;
  }
  // All parts of the snapshot that was begun last are there; its manifest is not stored yet.
  static void Upload(Life& life, SnapshotId id) {
    for (std::uint16_t i = 0; i < life.workers; ++i) life.Answer(i, ControlKind::kUploaded, id);
  }
  static void Complete(Life& life, SnapshotId id) {
    Upload(life, id);
    life.RunJobs();
  }
  ClusterRecord Record() { return DecodeClusterRecord(store_.objects.at("cluster.json")).value(); }
  std::vector<std::string> Manifests() { return store_.List(kManifestFolder).value(); }

  FakeObjectStore store_;
  CoordinatorOptions options_{
      .workers = 2, .interval = 1s, .head_start = {}, .timeout = 3s, .retained = 2, .accept_rollback = {}};
};

TEST_F(CoordinatorTest, WorkBeginsWhenAllHaveComeAndRestored) {
  const auto life = Begin();
  life->Hello(1);
  EXPECT_THAT(life->diary.Take(), IsEmpty());
  life->Hello(0);
  EXPECT_THAT(life->diary.Take(), ElementsAre("restore -> 0", "restore -> 1"));
  life->Learn();
  life->Answer(1, ControlKind::kRestored);
  EXPECT_THAT(life->diary.Take(), IsEmpty());
  life->Answer(0, ControlKind::kRestored);
  EXPECT_THAT(life->diary.Take(), ElementsAre("start -> 0", "start -> 1", "running in 1"));
  life->RunJobs();
  EXPECT_THAT(life->diary.Take(), ElementsAre("trigger -> 0 1.1", "trigger -> 1 1.1"));
}

TEST_F(CoordinatorTest, AHelloSaidTwiceIsHeardOnce) {
  const auto life = Begin();
  life->StartAll();
  life->diary.Take();
  life->Hello(0);
  EXPECT_THAT(life->diary.Take(), IsEmpty());
}

TEST_F(CoordinatorTest, EveryStartRaisesAllFencesDurably) {
  Begin();
  const auto first = Record();
  Begin();
  const auto second = Record();
  EXPECT_EQ(second.world_line, first.world_line.Next());
  EXPECT_EQ(second.incarnations[1], first.incarnations[1].Next());
  EXPECT_EQ(second.coordinator, second.world_line);
}

TEST_F(CoordinatorTest, OneFailedWorkerTakesAllBackToTheNewestSnapshot) {
  const auto life = Begin();
  life->StartAll();
  Complete(*life, Id(1, 1));
  life->diary.Take();
  life->Hello(1, 2);
  EXPECT_THAT(life->diary.Take(), IsEmpty()) << "the record comes first";
  life->RunJobs();
  EXPECT_THAT(life->diary.Take(), ElementsAre("restore -> 0 1.1", "restore -> 1 1.1"));
  EXPECT_EQ(Record().world_line, WorldLine(2));
  EXPECT_EQ(life->diary.last.world_line, WorldLine(2));
}

TEST_F(CoordinatorTest, AFailedWorkerWithALogComesBackAlone) {
  const auto life = Begin(Alone());
  life->StartAll();
  const auto before = Record();
  life->diary.Take();
  life->Hello(1, 2);
  life->RunJobs();
  EXPECT_THAT(life->diary.Take(), ElementsAre("restore -> 1"));
  EXPECT_EQ(Record().world_line, before.world_line);
  EXPECT_EQ(Record().incarnations[0], before.incarnations[0]);
  EXPECT_EQ(Record().incarnations[1], before.incarnations[1].Next());
}

TEST_F(CoordinatorTest, ASnapshotBeginsAtTheIntervalOnceTheLastIsComplete) {
  const auto life = Begin();
  life->StartAll();
  life->diary.Take();
  life->Pass(1100ms);
  EXPECT_THAT(life->diary.Take(), IsEmpty()) << "1.1 is still open";
  Complete(*life, Id(1, 1));
  EXPECT_THAT(life->diary.Take(), Contains("trigger -> 0 1.2")) << "overdue";
  Complete(*life, Id(1, 2));
  life->diary.Take();
  life->Pass(999ms);
  EXPECT_THAT(life->diary.Take(), IsEmpty());
  life->PassAndWork(1ms);
  EXPECT_THAT(life->diary.Take(), Contains("trigger -> 0 1.3"));
}

TEST_F(CoordinatorTest, TheFirstSnapshotComesAfterTheHeadStartAndNotAfterTheInterval) {
  options_.head_start = 20ms;
  const auto life = Begin();
  life->StartAll();
  EXPECT_THAT(life->diary.Take(), Contains("running in 1"));
  EXPECT_EQ(life->coordinator.NextWake(), 20ms);
  life->Pass(19ms);
  EXPECT_THAT(life->diary.Take(), IsEmpty());
  life->PassAndWork(1ms);
  EXPECT_THAT(life->diary.Take(), ElementsAre("trigger -> 0 1.1", "trigger -> 1 1.1"));
}

TEST_F(CoordinatorTest, ASnapshotNotStoredInTimeIsAbortedAndItsLatePartsAreIgnored) {
  const auto life = Begin();
  life->StartAll();
  life->Answer(0, ControlKind::kUploaded, Id(1, 1));
  life->diary.Take();
  life->Pass(3s);
  const auto lines = life->diary.Take();
  EXPECT_THAT(lines, Contains("aborted 1.1: it took longer than the time-out"));
  EXPECT_THAT(lines, Contains("abort -> 1 1.1"));
  life->Answer(1, ControlKind::kUploaded, Id(1, 1));
  life->RunJobs();
  EXPECT_THAT(Manifests(), IsEmpty());
}

TEST_F(CoordinatorTest, AFailedUploadAbortsTheSnapshotWithItsReason) {
  const auto life = Begin();
  life->StartAll();
  life->diary.Take();
  life->Answer(1, ControlKind::kUploadFailed, Id(1, 1), "disk full");
  EXPECT_THAT(life->diary.Take(), Contains("aborted 1.1: worker 1: disk full"));
}

TEST_F(CoordinatorTest, ASnapshotIsCalledCompleteOnlyOnceItsManifestIsStored) {
  const auto life = Begin();
  life->StartAll();
  life->diary.Take();
  Upload(*life, Id(1, 1));
  EXPECT_THAT(life->diary.Take(), IsEmpty()) << "nobody may release egress yet";
  life->background.jobs.front().work().OrDie();
  EXPECT_THAT(Manifests(), ElementsAre(ManifestName(Id(1, 1))));
  EXPECT_THAT(life->diary.Take(), IsEmpty());
  life->RunJobs();
  EXPECT_THAT(life->diary.Take(), ElementsAre("complete -> 0 1.1", "complete -> 1 1.1"));
  EXPECT_EQ(life->coordinator.completed(), 1u);
}

TEST_F(CoordinatorTest, OnlyAsManySnapshotsAsWantedAreKeptWholly) {
  const auto life = Begin();
  life->StartAll();
  for (const auto index : {1, 2, 3}) {
    Complete(*life, Id(1, index));
    life->PassAndWork(1s);
  }
  EXPECT_THAT(Manifests(), ElementsAre(ManifestName(Id(1, 2)), ManifestName(Id(1, 3))));
  EXPECT_THAT(store_.List(kPartFolder).value(),
              ElementsAre(PartName(Id(1, 2), WorkerId(0)), PartName(Id(1, 2), WorkerId(1)),
                          PartName(Id(1, 3), WorkerId(0)), PartName(Id(1, 3), WorkerId(1))));
}

TEST_F(CoordinatorTest, AMessageOfAnOlderIncarnationIsIgnored) {
  const auto life = Begin();
  life->StartAll();
  life->Answer(0, ControlKind::kUploaded, Id(1, 1));
  life->Answer(1, ControlKind::kUploaded, Id(1, 1));
  life->Hello(1, 2);  // Everybody rolls back before the manifest is stored.
  life->RunJobs();
  life->diary.Take();
  life->Answer(0, ControlKind::kFailed, {}, "said in the old world-line");
  EXPECT_THAT(life->diary.Take(), IsEmpty());
  EXPECT_FALSE(life->coordinator.failed());
}

TEST_F(CoordinatorTest, AStoppedWorkerStopsTheClusterWithItsSentence) {
  const auto life = Begin();
  life->StartAll();
  life->Answer(1, ControlKind::kFailed, {}, "the log is gone");
  EXPECT_EQ(life->diary.failure, "worker 1: the log is gone");
  EXPECT_TRUE(life->coordinator.failed());
}

// ---- Trouble of the store ------------------------------------------------------------------------------------------

TEST_F(CoordinatorTest, AManifestThatCannotBeStoredIsTriedAgainEverMoreRarely) {
  const auto life = Begin();
  life->StartAll();
  Upload(*life, Id(1, 1));
  store_.failures = 1000;
  int tries = 0;
  for (const auto end = life->clock.now + 20s; life->clock.now < end;) {
    tries += life->background.jobs.empty() ? 0 : 1;
    life->RunJobs();
    life->Pass(life->coordinator.NextWake());
  }
  EXPECT_GT(tries, 10);
  EXPECT_LT(tries, 20);
  EXPECT_THAT(life->coordinator.Describe(), HasSubstr("storing the manifest again, for it failed: the store is away"));
  store_.failures = 0;
  life->Pass(5s);
  life->RunJobs();
  EXPECT_EQ(life->coordinator.completed(), 1u);
}

TEST_F(CoordinatorTest, AManifestStoredInSpiteOfAnErrorIsCompleteAtTheNextTry) {
  const auto life = Begin();
  life->StartAll();
  Upload(*life, Id(1, 1));
  store_.failures = 1;
  store_.but_done = true;
  life->RunJobs();
  EXPECT_EQ(life->coordinator.completed(), 0u);
  life->Pass(10ms);
  life->RunJobs();
  EXPECT_EQ(life->coordinator.completed(), 1u);
}

TEST_F(CoordinatorTest, ARecordThatCannotBeChangedIsTriedAgainEverMoreRarely) {
  const auto life = Begin();
  life->StartAll();
  Complete(*life, Id(1, 1));
  life->diary.Take();
  store_.failures = 1000;
  life->Hello(0, 2);
  int tries = 0;
  for (const auto end = life->clock.now + 20s; life->clock.now < end;) {
    tries += life->background.jobs.empty() ? 0 : 1;
    life->RunJobs();
    life->Pass(life->coordinator.NextWake());
  }
  EXPECT_GT(tries, 10);
  EXPECT_LT(tries, 20);
  EXPECT_THAT(life->diary.Take(), IsEmpty()) << "nobody restores before the record is durable";
  store_.failures = 0;
  life->Pass(5s);
  life->RunJobs();
  EXPECT_THAT(life->diary.Take(), Contains("restore -> 0 1.1"));
}

// ---- Successors ----------------------------------------------------------------------------------------------------

TEST_F(CoordinatorTest, ACoordinatorThatWasReplacedCannotRollBackAndSaysSo) {
  const auto life = Begin();
  life->StartAll();
  const auto successor = Begin();
  life->Hello(0, 2);
  life->RunJobs();
  EXPECT_THAT(life->diary.failure, HasSubstr("another coordinator may have taken over"));
}

TEST_F(CoordinatorTest, ACoordinatorThatWasReplacedCallsNothingComplete) {
  const auto zombie = Begin();
  zombie->StartAll();
  Upload(*zombie, Id(1, 1));
  zombie->diary.Take();
  const auto successor = Begin();
  zombie->RunJobs();  // Its manifest lands late.
  EXPECT_THAT(zombie->diary.Take(), IsEmpty()) << "its workers would release egress that the successor makes again";
  EXPECT_EQ(zombie->diary.failure,
            "snapshot 1.1 could not be completed: another coordinator has taken over, in world-line 2");
}

TEST_F(CoordinatorTest, AManifestThatLandsAfterASuccessorChoseItsLineNeverCounts) {
  const auto zombie = Begin();
  zombie->StartAll();
  Complete(*zombie, Id(1, 1));
  zombie->PassAndWork(1s);
  Upload(*zombie, Id(1, 2));
  const auto successor = Begin();  // Chooses 1.1, and sweeps the parts of 1.2.
  zombie->RunJobs();
  ASSERT_THAT(Manifests(), Contains(ManifestName(Id(1, 2))));
  const auto next = Begin();
  next->StartAll();
  EXPECT_THAT(next->diary.Take(), Contains("restore -> 0 1.1"));
  EXPECT_THAT(Manifests(), ElementsAre(ManifestName(Id(1, 1))));
}

TEST_F(CoordinatorTest, AnOlderManifestOfAnotherWorkerThatLandsLateDoesNotCountEither) {
  const auto zombie = Begin(Alone());
  zombie->StartAll();
  zombie->PassAndWork(1s);
  zombie->Answer(0, ControlKind::kUploaded, Id(1, 1));
  zombie->Answer(1, ControlKind::kUploaded, Id(1, 2));
  std::swap(zombie->background.jobs[0], zombie->background.jobs[1]);
  zombie->background.RunOne();  // 1.2 is complete; 1.1 is under way.
  const auto successor = Begin(Alone());
  zombie->RunJobs();
  const auto next = Begin(Alone());
  next->StartAll();
  const auto lines = next->diary.Take();
  EXPECT_THAT(lines, Contains("restore -> 0"));
  EXPECT_THAT(lines, Contains("restore -> 1 1.2"));
}

TEST_F(CoordinatorTest, ACoordinatorThatWasReplacedDeletesNothing) {
  options_.retained = 1;
  const auto zombie = Begin();
  zombie->StartAll();
  Complete(*zombie, Id(1, 1));
  zombie->PassAndWork(1s);
  Upload(*zombie, Id(1, 2));
  zombie->background.RunOne();
  const auto successor = Begin();
  zombie->RunJobs();
  EXPECT_THAT(Manifests(), Contains(ManifestName(Id(1, 1))));
}

// ---- Refusals ------------------------------------------------------------------------------------------------------

TEST_F(CoordinatorTest, AStoreOfAnotherApplicationIsRefusedEvenWithoutSnapshots) {
  Begin(Alone());
  Life other(store_, Alone(), options_, "other");
  const auto status = other.coordinator.Boot();
  EXPECT_EQ(status.error().code, ErrorCode::kRefused);
  EXPECT_THAT(status.error().message, HasSubstr("belongs to another application or version"));
  Begin(Alone());  // Nothing happened to it.
}

TEST_F(CoordinatorTest, AStoreOfAClusterOfAnotherSizeIsRefused) {
  Begin();
  options_.workers = 3;
  Life larger(store_, Together(), options_);
  EXPECT_EQ(larger.coordinator.Boot().error().message,
            "the store belongs to a cluster of 2 workers, not 3; use an empty store");
}

TEST_F(CoordinatorTest, SnapshotsWithoutARecordAreRefused) {
  StoreSnapshot(store_, Id(1, 1), {0, 1}, 2, Together());
  Life life(store_, Together(), options_);
  EXPECT_EQ(life.coordinator.Boot().error().message, "the store has snapshots but no cluster.json; it is incomplete");
  EXPECT_FALSE(store_.objects.contains("cluster.json"));
}

TEST_F(CoordinatorTest, ADamagedRecordIsNamed) {
  Begin();
  store_.objects["cluster.json"][70] ^= 1;
  Life life(store_, Together(), options_);
  EXPECT_EQ(life.coordinator.Boot().error().message, "cluster.json: a cluster record with a wrong checksum");
}

TEST_F(CoordinatorTest, ADamagedPartStopsTheClusterWithObjectOffsetAndWayOut) {
  const auto life = Begin();
  life->StartAll();
  Complete(*life, Id(1, 1));
  life->PassAndWork(1s);
  Complete(*life, Id(1, 2));
  store_.objects.at(PartName(Id(1, 2), WorkerId(1)))[20] ^= 1;
  life->Hello(1, 2);
  life->RunJobs();
  life->Learn();
  life->Answer(1, ControlKind::kFailed, {}, "what the worker read made no sense");
  life->RunJobs();
  EXPECT_TRUE(life->coordinator.failed());
  EXPECT_EQ(life->diary.failure,
            "snapshot 1.2 is damaged (snapshots/00000001.00000002/worker-1.part: a wrong checksum at offset 0); to go "
            "on from the older snapshot 1.1 and let the output since then be made again, start with --accept-rollback "
            "1.1");
  EXPECT_EQ(life->diary.older, Id(1, 1));
}

TEST_F(CoordinatorTest, AWorkerThatCannotRestoreAnIntactSnapshotIsQuoted) {
  const auto life = Begin();
  life->StartAll();
  Complete(*life, Id(1, 1));
  life->Hello(1, 2);
  life->RunJobs();
  life->Learn();
  life->Answer(1, ControlKind::kFailed, {}, "the sink is gone");
  life->RunJobs();
  EXPECT_EQ(life->diary.failure, "worker 1: the sink is gone");
  EXPECT_EQ(life->diary.older, std::nullopt);
}

}  // namespace
}  // namespace holdfast
