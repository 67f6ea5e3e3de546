#include "core/snapshot/control.h"

#include <gtest/gtest.h>

#include "tests/unit/core/snapshot/damage.h"

namespace holdfast {
namespace {

ControlMessage Message() {
  ControlMessage message;
  message.kind = ControlKind::kUploaded;
  message.worker = WorkerId(1);
  message.world_line = WorldLine(2);
  message.incarnation = Incarnation(3);
  message.snapshot = {WorldLine(2), SnapshotIndex(4)};
  message.number = 0x1'0000'0005;
  message.part = {WorkerId(1), "snapshots/x", 6, 7, 8, 9, Lsn(10), 11, 12};
  message.text = "why";
  return message;
}

TEST(ControlTest, EveryFieldComesBack) {
  const auto read = DecodeControl(EncodeControl(Message()));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->kind, ControlKind::kUploaded);
  EXPECT_EQ(read->worker, WorkerId(1));
  EXPECT_EQ(read->world_line, WorldLine(2));
  EXPECT_EQ(read->incarnation, Incarnation(3));
  EXPECT_EQ(read->snapshot, (SnapshotId{WorldLine(2), SnapshotIndex(4)}));
  EXPECT_EQ(read->number, 0x1'0000'0005u);
  EXPECT_EQ(read->text, "why");
}

TEST(ControlTest, APartIsDescribedWhole) {
  const auto part = DecodeControl(EncodeControl(Message()))->part;
  EXPECT_EQ(part.worker, WorkerId(1));
  EXPECT_EQ(part.name, "snapshots/x");
  EXPECT_EQ(part.bytes, 6u);
  EXPECT_EQ(part.checksum, 7u);
  EXPECT_EQ(part.rows, 8u);
  EXPECT_EQ(part.messages, 9u);
  EXPECT_EQ(part.lsn, Lsn(10));
  EXPECT_EQ(part.cut_nanos, 11u);
  EXPECT_EQ(part.upload_nanos, 12u);
}

TEST(ControlTest, AnyDamageIsRefused) {
  ForEachDamage(EncodeControl(Message()), [](const std::string& damaged, const std::string& how) {
    const auto read = DecodeControl(damaged);
    ASSERT_FALSE(read.ok()) << how;
    EXPECT_EQ(read.error().code, ErrorCode::kDataLoss) << how;
  });
}

TEST(ControlTest, EveryKindHasANameOfItsOwn) {
  std::vector<std::string_view> names;
  for (auto kind = ControlKind::kHello; kind <= ControlKind::kAbort;
       kind = static_cast<ControlKind>(static_cast<int>(kind) + 1)) {
    names.push_back(ControlKindName(kind));
    EXPECT_NE(names.back(), "unknown");
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace holdfast
