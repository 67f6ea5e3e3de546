#include "core/snapshot/manifest.h"

#include <gtest/gtest.h>

#include "tests/unit/core/fakes/fake_stores.h"
#include "tests/unit/core/snapshot/damage.h"

namespace holdfast {
namespace {

constexpr SnapshotId kId{WorldLine(0x1a), SnapshotIndex(0x2b)};

Manifest Sample() {
  Manifest manifest;
  manifest.id = kId;
  manifest.protocol = "some-protocol";
  manifest.name_table = "function 0 a/b\n";
  manifest.workers = 3;
  manifest.parts = {{WorkerId(2), "snapshots/x", 6, 0xffffffff, 8, 9, Lsn(10), 11, 12}};
  manifest.triggered_at = 13;
  manifest.completed_at = 14;
  return manifest;
}

TEST(ManifestTest, EveryFieldComesBack) {
  const auto read = DecodeManifest(EncodeManifest(Sample()));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->id, kId);
  EXPECT_EQ(read->protocol, "some-protocol");
  EXPECT_EQ(read->name_table, "function 0 a/b\n");
  EXPECT_EQ(read->workers, 3);
  EXPECT_EQ(read->triggered_at, 13);
  EXPECT_EQ(read->completed_at, 14);
  ASSERT_EQ(read->parts.size(), 1u);
  const auto& part = read->parts[0];
  EXPECT_EQ(part.worker, WorkerId(2));
  EXPECT_EQ(part.name, "snapshots/x");
  EXPECT_EQ(part.checksum, 0xffffffffu);
  EXPECT_EQ(part.lsn, Lsn(10));
}

TEST(ManifestTest, AnyDamageIsRefused) {
  ForEachDamage(EncodeManifest(Sample()), [](const std::string& damaged, const std::string& how) {
    const auto read = DecodeManifest(damaged);
    ASSERT_FALSE(read.ok()) << how;
    EXPECT_EQ(read.error().code, ErrorCode::kDataLoss) << how;
  });
}

TEST(ManifestTest, ADamagedManifestIsNamed) {
  FakeObjectStore store;
  store.objects[ManifestName(kId)] = "{}";
  const auto read = ReadManifest(store, ManifestName(kId));
  EXPECT_TRUE(read.error().message.starts_with("manifests/0000001a.0000002b.json: ")) << read.error().message;
}

TEST(ManifestTest, AManifestUnderTheNameOfAnotherSnapshotIsDamage) {
  FakeObjectStore store;
  const auto name = ManifestName({kId.world_line, kId.index.Next()});
  store.objects[name] = EncodeManifest(Sample());
  const auto read = ReadManifest(store, name);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().code, ErrorCode::kDataLoss);
  EXPECT_EQ(read.error().message, "manifests/0000001a.0000002c.json: the manifest of another snapshot, 26.43");
}

TEST(ManifestTest, NamesSortByAgeAndTellTheirSnapshot) {
  const SnapshotId older{WorldLine(9), SnapshotIndex(0xffffffff)};
  const SnapshotId newer{WorldLine(10), SnapshotIndex(1)};
  EXPECT_LT(ManifestName(older), ManifestName(newer));
  EXPECT_EQ(SnapshotOfName(ManifestName(newer)), newer);
  EXPECT_EQ(SnapshotOfName(PartName(older, WorkerId(3))), older);
}

TEST(ManifestTest, AnIdIsReadAsItIsPrinted) {
  EXPECT_EQ(ParseSnapshotId(fmt::to_string(kId)).value(), kId);
  for (const auto* text : {"", "3", "3.", ".17", "3.17x", "3.1.7"}) EXPECT_FALSE(ParseSnapshotId(text).ok()) << text;
}

TEST(ManifestTest, OtherNamesTellNone) {
  for (const auto* name : {"", "cluster.json", "manifests/", "manifests/1.2.json", "manifests/0000000x.00000001.json",
                           "other/00000001.00000001.json"}) {
    EXPECT_EQ(SnapshotOfName(name), std::nullopt) << name;
  }
}

TEST(ManifestTest, AnObjectIsWrittenOnceAndVisibleWhole) {
  FakeObjectStore store;
  EXPECT_TRUE(WriteObject(store, "a", "one").ok());
  EXPECT_EQ(WriteObject(store, "a", "two").error().code, ErrorCode::kAlreadyExists);
  store.failures = 1;
  EXPECT_FALSE(WriteObject(store, "b", "three").ok());
  EXPECT_EQ(store.objects, (decltype(store.objects){{"a", "one"}}));
}

TEST(ClusterRecordTest, EveryFieldComesBack) {
  const ClusterRecord record{
      WorldLine(3), {Incarnation(4), Incarnation(5)}, "some-protocol", "names", WorldLine(2), {kId}, WorldLine(1)};
  const auto read = DecodeClusterRecord(EncodeClusterRecord(record));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->world_line, WorldLine(3));
  EXPECT_EQ(read->incarnations, record.incarnations);
  EXPECT_EQ(read->protocol, "some-protocol");
  EXPECT_EQ(read->name_table, "names");
  EXPECT_EQ(read->coordinator, WorldLine(2));
  EXPECT_EQ(read->kept, record.kept);
  EXPECT_EQ(read->rolled_back, WorldLine(1));
}

TEST(ClusterRecordTest, OnlyWhatIsKeptCounts) {
  ClusterRecord record;
  record.kept = {{WorldLine(2), SnapshotIndex(5)}, {WorldLine(2), SnapshotIndex(7)}};
  EXPECT_TRUE(record.Counts({WorldLine(2), SnapshotIndex(5)}));
  EXPECT_FALSE(record.Counts({WorldLine(2), SnapshotIndex(6)}));
  EXPECT_TRUE(record.Counts({WorldLine(2), SnapshotIndex(7)}));
  EXPECT_FALSE(record.Counts({WorldLine(3), SnapshotIndex(5)}));
}

TEST(ClusterRecordTest, AnyDamageIsRefused) {
  const ClusterRecord record{WorldLine(3), {Incarnation(4)}, "some-protocol", "names"};
  ForEachDamage(EncodeClusterRecord(record), [](const std::string& damaged, const std::string& how) {
    const auto read = DecodeClusterRecord(damaged);
    ASSERT_FALSE(read.ok()) << how;
    EXPECT_EQ(read.error().code, ErrorCode::kDataLoss) << how;
  });
}

}  // namespace
}  // namespace holdfast
