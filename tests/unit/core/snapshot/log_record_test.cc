#include "core/snapshot/log_record.h"

#include <gtest/gtest.h>

#include "tests/unit/core/snapshot/damage.h"

namespace holdfast {
namespace {

using Kind = UnitInput::Kind;

std::string Encoded(const LogRecord& record) {
  std::string bytes;
  AppendLogRecord(bytes, record);
  return bytes;
}

LogRecord WithInput(const UnitInput& input) {
  return {.input = input,
          .now = AppTime{1234},
          .self = {FunctionId(5), "someone"},
          .self_group = KeyGroup(6),
          .effects = "effects"};
}

TEST(LogRecordTest, WhatAUnitDidComesBack) {
  const auto bytes = Encoded(WithInput({.kind = Kind::kLocal}));
  const auto record = ReadLogRecord(bytes);
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->outcome, LogRecord::Outcome::kApplied);
  EXPECT_EQ(record->now, AppTime{1234});
  EXPECT_EQ(record->self, (AddressView{FunctionId(5), "someone"}));
  EXPECT_EQ(record->self_group, KeyGroup(6));
  EXPECT_EQ(record->effects, "effects");
}

TEST(LogRecordTest, EveryKindOfInputComesBack) {
  const auto ingress = Encoded(WithInput({.kind = Kind::kIngress, .partition = PartitionId(3), .offset = 1000}));
  EXPECT_EQ(ReadLogRecord(ingress)->input.partition, PartitionId(3));
  EXPECT_EQ(ReadLogRecord(ingress)->input.offset, 1000u);

  const auto channel = Encoded(WithInput({.kind = Kind::kChannel, .source = {WorkerId(2), Lane::kIngress, 77}}));
  const auto source = ReadLogRecord(channel)->input.source;
  EXPECT_EQ(source.worker, WorkerId(2));
  EXPECT_EQ(source.lane, Lane::kIngress);
  EXPECT_EQ(source.sequence, 77u);

  for (const auto kind : {Kind::kDelayed, Kind::kAsync, Kind::kParked}) {
    const auto row = Encoded(WithInput({.kind = kind, .group = KeyGroup(9), .row = "row"}));
    EXPECT_EQ(ReadLogRecord(row)->input.kind, kind);
    EXPECT_EQ(ReadLogRecord(row)->input.group, KeyGroup(9));
    EXPECT_EQ(ReadLogRecord(row)->input.row, "row");
  }
}

TEST(LogRecordTest, ARecordThatChangesNobodyHasNoAddress) {
  const auto bytes = Encoded({.input = {.kind = Kind::kLocal}, .outcome = LogRecord::Outcome::kParked, .effects = "e"});
  const auto record = ReadLogRecord(bytes);
  ASSERT_TRUE(record.ok());
  EXPECT_FALSE(record->self.valid());
  EXPECT_EQ(record->outcome, LogRecord::Outcome::kParked);
  EXPECT_EQ(record->effects, "e");
}

// The log itself has the checksum; here nothing may be read that is not there.
TEST(LogRecordTest, DamagedBytesAreRefusedOrReadWithinTheirBounds) {
  ForEachDamage(Encoded(WithInput({.kind = Kind::kDelayed, .group = KeyGroup(9), .row = "row"})),
                [](const std::string& damaged, const std::string& how) {
                  const auto record = ReadLogRecord(damaged);
                  if (!record.ok()) return;
                  EXPECT_LE(record->effects.size() + record->self.id.size() + record->input.row.size(), damaged.size())
                      << how;
                });
  EXPECT_EQ(ReadLogRecord("").error().code, ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace holdfast
