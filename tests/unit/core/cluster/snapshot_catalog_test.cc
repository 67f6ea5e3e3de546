#include "core/cluster/snapshot_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/cluster/coordinator_fixture.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::uint16_t kWorkers = 2;

class SnapshotCatalogTest : public testing::Test {
 protected:
  SnapshotCatalogTest() {
    record_.world_line = WorldLine(9);
    record_.incarnations.resize(kWorkers);
  }
  void Store(SnapshotId id) {
    StoreSnapshot(store_, id, {0, 1}, kWorkers, Together());
    record_.kept.push_back(id);
  }
  void StoreOwn(SnapshotId id, std::uint16_t worker) {
    StoreSnapshot(store_, id, {worker}, kWorkers, Alone());
    record_.kept.push_back(id);
  }
  void Flip(const std::string& name, std::size_t at) { store_.objects.at(name)[at] ^= 1; }

  Status Open(std::optional<SnapshotId> accept = {}) {
    return catalog_.Open(store_, *TestApplication(), Together().traits, record_, accept);
  }
  Status OpenOwn(std::optional<SnapshotId> accept = {}) {
    return catalog_.Open(store_, *TestApplication(), Alone().traits, record_, accept);
  }
  std::vector<SnapshotId> InStore() {
    std::vector<SnapshotId> ids;
    for (const auto& name : store_.List(kManifestFolder).value()) ids.push_back(SnapshotOfName(name).value());
    return ids;
  }
  // Every part a manifest names is there, and no other.
  void ExpectPartsOfManifestsOnly() {
    std::vector<std::string> named;
    for (const auto id : InStore()) {
      const auto manifest = ReadManifest(store_, ManifestName(id)).value();
      for (const auto& part : manifest.parts) named.push_back(part.name);
    }
    EXPECT_EQ(store_.List(kPartFolder).value(), named);
  }

  FakeObjectStore store_;
  ClusterRecord record_;
  SnapshotCatalog catalog_;
};

TEST_F(SnapshotCatalogTest, AnEmptyStoreGivesNobodyALine) {
  ASSERT_TRUE(Open().ok());
  EXPECT_FALSE(catalog_.NewestFor(WorkerId(0)).has_value());
}

TEST_F(SnapshotCatalogTest, EverybodyReturnsToTheNewestSnapshotAndKnowsTheOldest) {
  Store(Id(3, 9));
  Store(Id(4, 1));
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(catalog_.NewestFor(WorkerId(1))->id, Id(4, 1));
  EXPECT_EQ(catalog_.NewestFor(WorkerId(1))->part.name, PartName(Id(4, 1), WorkerId(1)));
  EXPECT_EQ(catalog_.OldestFor(WorkerId(1)), Id(3, 9));
}

TEST_F(SnapshotCatalogTest, AWorkerWithSnapshotsOfItsOwnReturnsToItsOwn) {
  StoreOwn(Id(1, 1), 0);
  StoreOwn(Id(1, 2), 1);
  StoreOwn(Id(1, 3), 1);
  ASSERT_TRUE(OpenOwn().ok());
  EXPECT_EQ(catalog_.NewestFor(WorkerId(0))->id, Id(1, 1));
  EXPECT_EQ(catalog_.NewestFor(WorkerId(1))->id, Id(1, 3));
}

TEST_F(SnapshotCatalogTest, ASnapshotOfAnotherApplicationIsRefused) {
  StoreSnapshot(store_, Id(1, 1), {0, 1}, kWorkers, Together(), "other");
  record_.kept = {Id(1, 1)};
  const auto status = Open();
  EXPECT_EQ(status.error().code, ErrorCode::kRefused);
  EXPECT_EQ(status.error().message,
            "snapshot 1.1 belongs to another application or version (its functions, states, types or egresses differ); "
            "use an empty store or the program that wrote it");
}

TEST_F(SnapshotCatalogTest, ASnapshotThatTheProtocolCannotContinueIsRefused) {
  StoreOwn(Id(1, 1), 0);
  const auto status = Open();
  EXPECT_EQ(status.error().code, ErrorCode::kRefused);
  EXPECT_EQ(status.error().message,
            "snapshot 1.1 was written by protocol alone, which together cannot continue; use an empty store");
}

TEST_F(SnapshotCatalogTest, ADamagedNewestManifestIsRefusedAndTheOlderOneNamed) {
  Store(Id(1, 1));
  Store(Id(1, 2));
  Flip(ManifestName(Id(1, 2)), 60);
  const auto status = Open();
  ASSERT_EQ(status.error().code, ErrorCode::kRefused);
  EXPECT_EQ(
      status.error().message,
      "snapshot 1.2 is damaged (manifests/00000001.00000002.json: a manifest with a wrong checksum); to go on "
      "from the older snapshot 1.1 and let the output since then be made again, start with --accept-rollback 1.1");
  EXPECT_EQ(catalog_.older(), Id(1, 1));
}

TEST_F(SnapshotCatalogTest, AnOlderSnapshotThatIsDamagedItselfIsNotNamed) {
  for (const auto index : {1, 2, 3}) Store(Id(1, index));
  Flip(PartName(Id(1, 2), WorkerId(1)), 20);
  Flip(ManifestName(Id(1, 3)), 60);
  EXPECT_THAT(Open().error().message, EndsWith("start with --accept-rollback 1.1"));
}

TEST_F(SnapshotCatalogTest, WithoutAnOlderSnapshotTheRefusalSaysSo) {
  Store(Id(1, 1));
  Flip(ManifestName(Id(1, 1)), 60);
  EXPECT_THAT(Open().error().message, HasSubstr("there is no older intact snapshot in this store"));
  EXPECT_EQ(catalog_.older(), std::nullopt);
}

TEST_F(SnapshotCatalogTest, ADamagedSnapshotThatNobodyNeedsDoesNotHinder) {
  Store(Id(1, 1));
  Store(Id(1, 2));
  Flip(ManifestName(Id(1, 1)), 60);
  ASSERT_TRUE(Open().ok());
  EXPECT_THAT(catalog_.ids(), ElementsAre(Id(1, 2)));
  ASSERT_TRUE(catalog_.Sweep(store_).ok());
  EXPECT_THAT(InStore(), ElementsAre(Id(1, 2)));
  ExpectPartsOfManifestsOnly();
}

TEST_F(SnapshotCatalogTest, ADamagedNewestSnapshotOfOneWorkerIsRefusedThoughOthersAreNewer) {
  StoreOwn(Id(1, 1), 0);
  StoreOwn(Id(1, 2), 1);
  StoreOwn(Id(1, 3), 0);
  StoreOwn(Id(1, 4), 1);
  Flip(ManifestName(Id(1, 3)), 60);
  EXPECT_THAT(OpenOwn().error().message,
              EndsWith("to go on from the older snapshot 1.1 and replay the log since then, start with "
                       "--accept-rollback 1.1"));
}

TEST_F(SnapshotCatalogTest, AnAcceptedRollbackLeavesOutEverythingNewer) {
  for (const auto index : {1, 2, 3}) Store(Id(1, index));
  Flip(ManifestName(Id(1, 3)), 60);
  ASSERT_TRUE(Open(Id(1, 1)).ok());
  EXPECT_EQ(catalog_.NewestFor(WorkerId(0))->id, Id(1, 1));
  ASSERT_TRUE(catalog_.Sweep(store_).ok());
  EXPECT_THAT(InStore(), ElementsAre(Id(1, 1)));
  ExpectPartsOfManifestsOnly();
}

TEST_F(SnapshotCatalogTest, AnAcceptedRollbackOfOneWorkerLeavesTheOthersAlone) {
  StoreOwn(Id(1, 1), 0);
  StoreOwn(Id(1, 2), 1);
  StoreOwn(Id(1, 3), 0);
  StoreOwn(Id(1, 4), 1);
  ASSERT_TRUE(OpenOwn(Id(1, 1)).ok());
  EXPECT_EQ(catalog_.NewestFor(WorkerId(0))->id, Id(1, 1));
  EXPECT_EQ(catalog_.NewestFor(WorkerId(1))->id, Id(1, 4));
}

TEST_F(SnapshotCatalogTest, AnUnknownIdIsNotAccepted) {
  Store(Id(1, 1));
  Store(Id(1, 2));
  const auto status = Open(Id(1, 7));
  EXPECT_EQ(status.error().code, ErrorCode::kRefused);
  EXPECT_EQ(status.error().message,
            "--accept-rollback 1.7: there is no such complete snapshot in this store; it has 1.1, 1.2");
}

TEST_F(SnapshotCatalogTest, ADamagedSnapshotIsNotAcceptedAndNothingNewerIsGivenUpForIt) {
  for (const auto index : {1, 2, 3}) Store(Id(1, index));
  Flip(PartName(Id(1, 2), WorkerId(0)), 20);
  const auto status = Open(Id(1, 2));
  EXPECT_THAT(status.error().message,
              StartsWith("snapshot 1.2 is damaged (snapshots/00000001.00000002/worker-0.part: a wrong checksum at "
                         "offset 0)"));
  EXPECT_THAT(status.error().message, EndsWith("--accept-rollback 1.1"));
}

TEST_F(SnapshotCatalogTest, WhatTheRecordDoesNotCountIsNeitherUsedNorRead) {
  Store(Id(3, 1));
  Store(Id(3, 2));
  StoreSnapshot(store_, Id(3, 3), {0, 1}, kWorkers, Together(), "other");
  Flip(ManifestName(Id(3, 2)), 60);
  record_.kept = {Id(3, 1)};
  ASSERT_TRUE(Open().ok());
  EXPECT_THAT(catalog_.ids(), ElementsAre(Id(3, 1)));
  ASSERT_TRUE(catalog_.Sweep(store_).ok());
  EXPECT_THAT(InStore(), ElementsAre(Id(3, 1)));
  ExpectPartsOfManifestsOnly();
}

TEST_F(SnapshotCatalogTest, ASnapshotOfAWorldLineThatNeverBeganIsRefused) {
  StoreSnapshot(store_, Id(9, 1), {0, 1}, kWorkers, Together());
  const auto status = Open();
  EXPECT_EQ(status.error().code, ErrorCode::kDataLoss);
  EXPECT_THAT(status.error().message, HasSubstr("copies of different age"));
}

TEST_F(SnapshotCatalogTest, PartsWithoutAManifestAreSweptAndOthersStay) {
  Store(Id(1, 1));
  StorePart(store_, Id(1, 2), WorkerId(0));
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(catalog_.Sweep(store_).ok());
  EXPECT_THAT(store_.List(kPartFolder).value(),
              ElementsAre(PartName(Id(1, 1), WorkerId(0)), PartName(Id(1, 1), WorkerId(1))));
}

TEST_F(SnapshotCatalogTest, EveryWorkerKeepsAsManySnapshotsAsWanted) {
  StoreOwn(Id(1, 1), 0);
  for (const auto index : {2, 3, 4}) StoreOwn(Id(1, index), 1);
  ASSERT_TRUE(OpenOwn().ok());
  const auto expired = catalog_.TakeExpired(2);
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_EQ(expired.front().id, Id(1, 2));
  EXPECT_THAT(catalog_.ids(), ElementsAre(Id(1, 1), Id(1, 3), Id(1, 4)));
}

TEST_F(SnapshotCatalogTest, ADeletedSnapshotLeavesNothing) {
  DeleteSnapshot(store_, StoreSnapshot(store_, Id(1, 1), {0, 1}, kWorkers, Together())).OrDie();
  EXPECT_THAT(store_.objects, IsEmpty());
}

TEST_F(SnapshotCatalogTest, AMissingPartIsDamage) {
  const auto manifest = StoreSnapshot(store_, Id(1, 1), {0, 1}, kWorkers, Together());
  EXPECT_TRUE(VerifyParts(store_, manifest).ok());
  store_.objects.erase(manifest.parts[1].name);
  EXPECT_EQ(VerifyParts(store_, manifest).error().message,
            "snapshots/00000001.00000001/worker-1.part: the part is not there");
}

}  // namespace
}  // namespace holdfast
