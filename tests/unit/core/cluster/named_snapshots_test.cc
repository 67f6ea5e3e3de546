// The record names a snapshot before it begins, and what it names is looked for by its name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/cluster/coordinator_fixture.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class NamedSnapshotsTest : public testing::Test {
 protected:
  std::unique_ptr<Life> Begin(const ProtocolFactory& protocol = Together()) {
    const CoordinatorOptions options{.workers = 2, .interval = 1s, .head_start = {}, .accept_rollback = {}};
    auto life = std::make_unique<Life>(store_, protocol, options);
    life->coordinator.Boot().OrDie();
    return life;
  }
  static void Complete(Life& life, SnapshotId id) {
    for (std::uint16_t i = 0; i < life.workers; ++i) life.Answer(i, ControlKind::kUploaded, id);
    life.RunJobs();
  }
  ClusterRecord Record() { return DecodeClusterRecord(store_.objects.at("cluster.json")).value(); }

  FakeObjectStore store_;
};

TEST_F(NamedSnapshotsTest, ASnapshotBeginsOnceTheRecordNamesIt) {
  const auto life = Begin();
  life->StartAll();
  Complete(*life, Id(1, 1));
  life->diary.Take();
  life->Pass(1s);
  EXPECT_THAT(life->diary.Take(), IsEmpty()) << "the record comes first";
  life->RunJobs();
  EXPECT_THAT(life->diary.Take(), ElementsAre("trigger -> 0 1.2", "trigger -> 1 1.2"));
  EXPECT_THAT(Record().kept, ElementsAre(Id(1, 1), Id(1, 2)));
}

TEST_F(NamedSnapshotsTest, ASnapshotWhoseWorkerFailsWhileTheRecordIsChangedNeverBegins) {
  const auto life = Begin();
  life->StartAll();
  Complete(*life, Id(1, 1));
  life->Pass(1s);
  life->diary.Take();
  life->Hello(1, 2);
  life->RunJobs();
  EXPECT_THAT(life->diary.Take(), ElementsAre("aborted 1.2: a worker failed", "restore -> 0 1.1", "restore -> 1 1.1"));
}

TEST_F(NamedSnapshotsTest, SnapshotsThatAreDueTogetherAreNamedTogether) {
  const auto life = Begin(Alone());
  life->StartAll();
  life->PassAndWork(1s);
  EXPECT_THAT(Record().kept, ElementsAre(Id(1, 1), Id(1, 2)));
}

TEST_F(NamedSnapshotsTest, AStoreThatListsNothingIsGoneBackOnToTheNewestSnapshot) {
  const auto life = Begin();
  life->StartAll();
  Complete(*life, Id(1, 1));
  life->PassAndWork(1s);
  Complete(*life, Id(1, 2));
  store_.lists_nothing = true;
  const auto successor = Begin();
  successor->StartAll();
  EXPECT_THAT(successor->diary.Take(), Contains("restore -> 0 1.2"));
}

TEST_F(NamedSnapshotsTest, WhoWantsToRestoreDoesNotWaitForTheNextTryOfASnapshot) {
  const auto life = Begin();
  life->StartAll();
  Complete(*life, Id(1, 1));
  store_.failures = 1000;
  for (int i = 0; i < 20; ++i) life->PassAndWork(1s);
  store_.failures = 0;
  life->diary.Take();
  life->Hello(0, 2);
  life->RunJobs();
  EXPECT_THAT(life->diary.Take(), Contains("restore -> 0 1.1"));
}

// Between the look of one who starts and its swap, somebody else is faster.
class RacedStore final : public FakeObjectStore {
 public:
  Status CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                        std::string_view bytes) override {
    if (race) std::exchange(race, {})();
    return FakeObjectStore::CompareAndSwap(name, expected, bytes);
  }
  std::function<void()> race;
};

TEST(RaiseFenceTest, APredecessorThatBeginsASnapshotMeanwhileIsShutOut) {
  RacedStore store;
  const CoordinatorOptions options{.workers = 2, .accept_rollback = {}};
  Life first(store, Together(), options);
  first.coordinator.Boot().OrDie();
  Life second(store, Together(), options);
  store.race = [&first] { first.StartAll(); };
  EXPECT_TRUE(second.coordinator.Boot().ok());
  EXPECT_EQ(DecodeClusterRecord(store.objects.at("cluster.json")).value().coordinator, WorldLine(2));
}

TEST(RaiseFenceTest, OfTwoThatStartAtTheSameMomentOneGoes) {
  RacedStore store;
  const CoordinatorOptions options{.workers = 2, .accept_rollback = {}};
  Life(store, Together(), options).coordinator.Boot().OrDie();
  Life one(store, Together(), options);
  Life other(store, Together(), options);
  store.race = [&other] { other.coordinator.Boot().OrDie(); };
  EXPECT_THAT(one.coordinator.Boot().error().message, testing::HasSubstr("at the same moment"));
}

TEST_F(NamedSnapshotsTest, WhoseADamagedSnapshotIsIsAskedByName) {
  const auto life = Begin(Alone());
  life->StartAll();
  life->PassAndWork(1s);
  life->Answer(0, ControlKind::kUploaded, Id(1, 1));
  life->Answer(1, ControlKind::kUploaded, Id(1, 2));
  life->RunJobs();
  store_.objects.at(ManifestName(Id(1, 1)))[60] ^= 1;
  store_.lists_nothing = true;
  Life successor(store_, Alone(), {.workers = 2, .accept_rollback = {}});
  EXPECT_EQ(successor.coordinator.Boot().error().code, ErrorCode::kRefused);
}

}  // namespace
}  // namespace holdfast
