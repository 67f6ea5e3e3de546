#include "core/snapshot/part.h"

#include <gtest/gtest.h>

#include "tests/unit/core/fakes/fake_stores.h"
#include "tests/unit/core/snapshot/damage.h"

namespace holdfast {
namespace {

constexpr char kName[] = "snapshots/part";

WorkerMeta Meta() {
  WorkerMeta meta;
  meta.ingress = {{PartitionId(0), 11}, {PartitionId(3), 12}};
  meta.next_row = 13;
  meta.lsn = Lsn(14);
  meta.sent = {{WorkerId(1), {15, 16}}};
  meta.consumed = {{WorkerId(1), {17, 18}}, {WorkerId(2), {19, 20}}};
  return meta;
}

// A part with two rows, a run of three messages, one of two unacknowledged ones, and a batch of egress.
PartInfo WritePart(FakeObjectStore& store) {
  FakeStateBackend rows;
  rows.Put({KeyGroup(1), TableId(2), "key"}, "value").OrDie();
  rows.Put({KeyGroup(1), TableId(2), ""}, "").OrDie();
  PartInfo info;
  info.name = kName;
  const auto object = *store.Create(kName);
  PartWriter part(*object);
  part.AddRows(**rows.Cut()).OrDie();
  part.AddMessages({nullptr, "queued", {WorkerId(1), Lane::kIngress, 7}, 3}).OrDie();
  part.AddOutbox({WorkerId(2), Lane::kFunction, 8, 2, "kept"}).OrDie();
  part.AddEgress({9, "records"}).OrDie();
  part.Finish(Meta(), info).OrDie();
  object->Commit().OrDie();
  return info;
}

// A part with these rows and nothing else.
PartInfo WriteRows(FakeObjectStore& store, FakeStateBackend& rows) {
  PartInfo info;
  info.name = kName;
  const auto object = *store.Create(kName);
  PartWriter part(*object);
  part.AddRows(**rows.Cut()).OrDie();
  part.Finish({}, info).OrDie();
  object->Commit().OrDie();
  return info;
}

// What a reader sees, in words.
std::vector<std::string> Seen(FakeObjectStore& store, const PartInfo& info) {
  std::vector<std::string> seen;
  PartVisitor visitor;
  visitor.row = [&](const RowKey& key, std::string_view value) -> Status {
    seen.push_back(fmt::format("row {} {} '{}' '{}'", key.group, key.table, key.id, value));
    return {};
  };
  visitor.messages = [&](const MessageRun& run) -> Status {
    seen.push_back(
        fmt::format("{} messages from {} at {}: {}", run.count, run.first.worker, run.first.sequence, run.envelopes));
    return {};
  };
  visitor.outbox = [&](const OutboxRun& run) -> Status {
    seen.push_back(fmt::format("{} to {} at {}: {}", run.count, run.peer, run.first_sequence, run.envelopes));
    return {};
  };
  visitor.egress = [&](const EgressBatch& batch) -> Status {
    seen.push_back(fmt::format("egress {}: {}", batch.position, batch.records));
    return {};
  };
  EXPECT_EQ(*ReadPart(store, info, visitor), Meta());
  return seen;
}

TEST(PartTest, EverythingComesBackInTheOrderWritten) {
  FakeObjectStore store;
  const auto info = WritePart(store);
  EXPECT_EQ(Seen(store, info),
            (std::vector<std::string>{"row 1 2 '' ''", "row 1 2 'key' 'value'", "3 messages from 1 at 7: queued",
                                      "2 to 2 at 8: kept", "egress 9: records"}));
}

TEST(PartTest, ThePartIsDescribedByItsSizeAndCounts) {
  FakeObjectStore store;
  const auto info = WritePart(store);
  EXPECT_EQ(info.bytes, store.objects[kName].size());
  EXPECT_EQ(info.rows, 2u);
  EXPECT_EQ(info.messages, 5u);
}

TEST(PartTest, AnyDamageIsRefusedAndNamesTheObject) {
  FakeObjectStore store;
  const auto info = WritePart(store);
  ForEachDamage(store.objects[kName], [&](const std::string& damaged, const std::string& how) {
    store.objects[kName] = damaged;
    const auto read = ReadPart(store, info, {});
    ASSERT_FALSE(read.ok()) << how;
    EXPECT_EQ(read.error().code, ErrorCode::kDataLoss) << how;
    EXPECT_TRUE(read.error().message.starts_with(kName)) << how << ": " << read.error().message;
  });
}

TEST(PartTest, TheWholePartOfAnotherSnapshotIsRefused) {
  FakeObjectStore store;
  auto info = WritePart(store);
  ++info.checksum;
  EXPECT_NE(ReadPart(store, info, {}).status().error().message.find("differ from the manifest's"), std::string::npos);
}

TEST(PartTest, ManyRowsMakeManyBlocksAndAllComeBack) {
  FakeObjectStore store;
  FakeStateBackend rows;
  const std::string value(1000, 'v');
  for (int i = 0; i < 3000; ++i) rows.Put({KeyGroup(0), TableId(0), fmt::format("{}", i)}, value).OrDie();
  const auto info = WriteRows(store, rows);
  std::uint64_t seen = 0;
  PartVisitor visitor;
  visitor.row = [&](const RowKey&, std::string_view bytes) -> Status {
    seen += bytes == value;
    return {};
  };
  ASSERT_TRUE(ReadPart(store, info, visitor).ok());
  EXPECT_EQ(seen, 3000u);
}

TEST(PartTest, EveryRowIsAnnouncedBeforeItComesAndNoneTooEarly) {
  FakeObjectStore store;
  FakeStateBackend rows;
  for (int i = 0; i < 100; ++i) rows.Put({KeyGroup(1), TableId(2), fmt::format("key {:3}", i)}, "value").OrDie();
  const auto info = WriteRows(store, rows);
  std::vector<std::string> announced;
  std::size_t come = 0;
  PartVisitor visitor;
  visitor.soon = [&](const RowKey& key) { announced.emplace_back(key.id); };
  visitor.row = [&](const RowKey& key, std::string_view) -> Status {
    EXPECT_GT(announced.size(), come);
    EXPECT_LE(announced.size(), come + 32);  // What was asked for should still be in the cache.
    EXPECT_EQ(announced[come++], key.id);
    return {};
  };
  ReadPart(store, info, visitor).status().OrDie();
  EXPECT_EQ(come, 100u);
  EXPECT_EQ(announced.size(), 100u);
}

TEST(PartTest, TheVisitorsErrorEndsTheReading) {
  FakeObjectStore store;
  const auto info = WritePart(store);
  PartVisitor visitor;
  visitor.row = [](const RowKey&, std::string_view) -> Status { return MakeError(ErrorCode::kExhausted, "full"); };
  EXPECT_EQ(ReadPart(store, info, visitor).error().message, "full");
}

}  // namespace
}  // namespace holdfast
