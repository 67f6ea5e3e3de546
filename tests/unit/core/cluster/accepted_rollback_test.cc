// What happens to the snapshots that an accepted rollback gives up, whenever the process dies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/cluster/coordinator_fixture.h"

namespace holdfast {
namespace {

using testing::Contains;
using testing::ElementsAre;

// The store of a process that dies at a certain change: this one and everything after it fail.
class DyingStore final : public ObjectStore {
 public:
  DyingStore(ObjectStore& inner, int changes) : inner_(inner), changes_left_(changes) {}
  bool dead() const { return changes_left_ < 0; }

  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view name) override { return inner_.Create(name); }
  Result<std::string> Get(std::string_view name) override { return inner_.Get(name); }
  Result<std::string> GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) override {
    return inner_.GetRange(name, offset, size);
  }
  Result<std::vector<std::string>> List(std::string_view prefix) override { return inner_.List(prefix); }
  Status Delete(std::string_view name) override { return Dies() ? Death() : inner_.Delete(name); }
  Status CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                        std::string_view bytes) override {
    return Dies() ? Death() : inner_.CompareAndSwap(name, expected, bytes);
  }

 private:
  bool Dies() { return changes_left_ < 0 || --changes_left_ < 0; }
  static Status Death() { return MakeError(ErrorCode::kUnavailable, "the process is dead"); }
  ObjectStore& inner_;
  int changes_left_;
};

class AcceptedRollbackTest : public testing::Test {
 protected:
  AcceptedRollbackTest() {
    Life first(store_, Together(), options_);
    first.coordinator.Boot().OrDie();
    for (const auto index : {1, 2, 3}) {
      StoreSnapshot(store_, Id(1, index), {0, 1}, 2, Together());
      NameInRecord(store_, Id(1, index));
    }
  }
  void DamageNewest() { store_.objects.at(ManifestName(Id(1, 3)))[60] ^= 1; }

  Status Boot(ObjectStore& store, std::optional<SnapshotId> accept = {}) {
    auto options = options_;
    options.accept_rollback = accept;
    Life life(store, Together(), options);
    return life.coordinator.Boot();
  }
  // A start without the flag, and what it goes back to.
  std::string NextStart() {
    Life life(store_, Together(), options_);
    if (const auto status = life.coordinator.Boot(); !status.ok()) return status.error().message;
    life.StartAll();
    return life.diary.Take().front();
  }
  void ExpectEveryCountingManifestIntact() {
    const auto record = DecodeClusterRecord(store_.Get(kClusterRecordName).value()).value();
    for (const auto& name : store_.List(kManifestFolder).value()) {
      const auto id = SnapshotOfName(name).value();
      const auto manifest = ReadManifest(store_, name);
      if (!record.Counts(id) || !manifest.ok()) continue;
      EXPECT_TRUE(VerifyParts(store_, *manifest).ok()) << fmt::to_string(id);
    }
  }

  CoordinatorOptions options_{.workers = 2, .accept_rollback = {}};
  FakeObjectStore store_;
};

TEST_F(AcceptedRollbackTest, LaterStartsGoOnFromThereWithoutTheFlag) {
  DamageNewest();
  ASSERT_TRUE(Boot(store_, Id(1, 1)).ok());
  EXPECT_EQ(NextStart(), "restore -> 0 1.1");
  EXPECT_THAT(store_.List(kManifestFolder).value(), ElementsAre(ManifestName(Id(1, 1))));
}

TEST_F(AcceptedRollbackTest, SnapshotsTakenAfterItAreTheNewest) {
  Life life(store_, Together(), {.workers = 2, .accept_rollback = Id(1, 2)});
  life.coordinator.Boot().OrDie();
  life.StartAll();
  for (std::uint16_t i = 0; i < 2; ++i) life.Answer(i, ControlKind::kUploaded, Id(2, 1));
  life.RunJobs();
  EXPECT_EQ(NextStart(), "restore -> 0 2.1");
}

TEST_F(AcceptedRollbackTest, ADeathAtAnyStepLeavesTheRefusalOrTheRollback) {
  DamageNewest();
  const auto before = store_.objects;
  std::set<std::string> outcomes;
  for (int changes = 0, alive = 0; alive == 0; ++changes) {
    store_.objects = before;
    DyingStore dying(store_, changes);
    Boot(dying, Id(1, 1)).Ignore();
    alive = dying.dead() ? 0 : 1;
    ExpectEveryCountingManifestIntact();
    const auto next = NextStart();
    outcomes.insert(next.substr(0, 23));
    if (next.starts_with("restore")) continue;
    EXPECT_TRUE(next.ends_with("start with --accept-rollback 1.2")) << next;
    ASSERT_TRUE(Boot(store_, Id(1, 1)).ok());
    EXPECT_EQ(NextStart(), "restore -> 0 1.1");
  }
  EXPECT_THAT(outcomes, ElementsAre("restore -> 0 1.1", "snapshot 1.3 is damaged"));
}

TEST_F(AcceptedRollbackTest, ADeathAtAnyStepLeavesIntactNewerSnapshotsWhollyOrGivesThemUp) {
  const auto before = store_.objects;
  std::set<std::string> outcomes;
  for (int changes = 0, alive = 0; alive == 0; ++changes) {
    store_.objects = before;
    DyingStore dying(store_, changes);
    Boot(dying, Id(1, 1)).Ignore();
    alive = dying.dead() ? 0 : 1;
    ExpectEveryCountingManifestIntact();
    outcomes.insert(NextStart());
  }
  EXPECT_THAT(outcomes, ElementsAre("restore -> 0 1.1", "restore -> 0 1.3"));
}

class SinkAheadTest : public AcceptedRollbackTest {
 protected:
  // Whether each worker is told to compare what it restores with the sink.
  static std::vector<std::uint64_t> Compared(Life& life) {
    life.StartAll();
    return life.diary.compared;
  }
};

TEST_F(SinkAheadTest, AStartComparesTheStoreWithTheSink) {
  Life life(store_, Together(), options_);
  life.coordinator.Boot().OrDie();
  EXPECT_THAT(Compared(life), ElementsAre(1, 1));
}

TEST_F(SinkAheadTest, AfterAnAcceptedRollbackTheSinkMayBeAheadUntilThereIsASnapshot) {
  DamageNewest();
  ASSERT_TRUE(Boot(store_, Id(1, 2)).ok());
  {
    Life life(store_, Together(), options_);
    life.coordinator.Boot().OrDie();
    EXPECT_THAT(Compared(life), ElementsAre(0, 0));
    for (std::uint16_t i = 0; i < 2; ++i) life.Answer(i, ControlKind::kUploaded, Id(3, 1));
    life.RunJobs();
  }
  Life life(store_, Together(), options_);
  life.coordinator.Boot().OrDie();
  EXPECT_THAT(Compared(life), ElementsAre(1, 1));
}

TEST_F(SinkAheadTest, AWorkerBehindItsSinkEndsTheClusterWithTheWayOut) {
  Life life(store_, Together(), options_);
  life.coordinator.Boot().OrDie();
  for (std::uint16_t i = 0; i < 2; ++i) life.Hello(i);
  life.Learn();
  life.Answer(0, ControlKind::kFailed, Id(1, 3), "behind the sink");
  EXPECT_THAT(life.diary.failure, testing::HasSubstr("behind the sink"));
  EXPECT_EQ(life.diary.older, Id(1, 3));
}

}  // namespace
}  // namespace holdfast
