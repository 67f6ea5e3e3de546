#include "chaos/faults/store_damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/snapshot/manifest.h"
#include "tests/unit/core/fakes/fake_stores.h"

namespace holdfast {
namespace {

using testing::ElementsAre;

class StoreDamageTest : public testing::Test {
 protected:
  static SnapshotId Id(std::uint32_t index) { return {WorldLine(1), SnapshotIndex(index)}; }
  void Store(SnapshotId id) {
    Manifest manifest;
    manifest.id = id;
    manifest.workers = 1;
    PartInfo part;
    part.name = PartName(id, WorkerId(0));
    manifest.parts.push_back(part);
    WriteObject(store_, part.name, "0123456789").OrDie();
    WriteObject(store_, ManifestName(id), EncodeManifest(manifest)).OrDie();
  }
  void Record(std::vector<SnapshotId> kept) {
    ClusterRecord record;
    record.world_line = WorldLine(1);
    record.incarnations.resize(1);
    record.kept = std::move(kept);
    store_.CompareAndSwap(kClusterRecordName, std::nullopt, EncodeClusterRecord(record)).OrDie();
  }
  FakeObjectStore store_;
};

TEST_F(StoreDamageTest, AByteOfTheNewestSnapshotIsChanged) {
  Record({Id(1), Id(2)});
  Store(Id(1));
  Store(Id(2));
  EXPECT_EQ(DamageNewestSnapshot(store_).value(),
            "byte 5 of " + PartName(Id(2), WorkerId(0)) + " in the newest snapshot 1.2 was changed");
  EXPECT_EQ(store_.Get(PartName(Id(2), WorkerId(0))).value(), "0123446789");
  EXPECT_EQ(store_.Get(PartName(Id(1), WorkerId(0))).value(), "0123456789");
}

TEST_F(StoreDamageTest, TheNewestSnapshotIsRemovedWithItsParts) {
  Record({Id(1), Id(2)});
  Store(Id(1));
  Store(Id(2));
  EXPECT_EQ(RemoveNewestSnapshot(store_).value(), "the newest snapshot 1.2 was removed, and 1.1 stands in its place");
  EXPECT_THAT(store_.List(kManifestFolder).value(), ElementsAre(ManifestName(Id(1))));
  EXPECT_THAT(store_.List(kPartFolder).value(), ElementsAre(PartName(Id(1), WorkerId(0))));
  EXPECT_EQ(RemoveNewestSnapshot(store_).status().error().code, ErrorCode::kNotFound);
}

TEST_F(StoreDamageTest, OnlySnapshotsThatCountAreThere) {
  Record({});
  Store(Id(1));
  EXPECT_EQ(DamageNewestSnapshot(store_).status().error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace holdfast
