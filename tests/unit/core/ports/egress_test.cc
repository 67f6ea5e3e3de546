#include "core/ports/egress.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace holdfast {
namespace {

std::string TwoRecords() {
  std::string bytes;
  AppendEgressRecord(bytes, {EgressId(1), ValueTypeId(2), "key", "value"});
  AppendEgressRecord(bytes, {EgressId(3), ValueTypeId(4), "", ""});
  return bytes;
}

TEST(EgressRecordTest, RecordsComeBackOneByOne) {
  const auto bytes = TwoRecords();
  std::string_view rest = bytes;
  EgressRecord record;
  ASSERT_TRUE(TakeEgressRecord(rest, record));
  EXPECT_EQ(record.egress, EgressId(1));
  EXPECT_EQ(record.value_type, ValueTypeId(2));
  EXPECT_EQ(record.key, "key");
  EXPECT_EQ(record.value, "value");
  ASSERT_TRUE(TakeEgressRecord(rest, record));
  EXPECT_EQ(record.egress, EgressId(3));
  EXPECT_EQ(record.value, "");
  EXPECT_FALSE(TakeEgressRecord(rest, record));
}

TEST(EgressRecordTest, ACutOffRecordIsNotTaken) {
  const auto bytes = TwoRecords();
  EgressRecord record;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    std::string_view rest(bytes.data(), size);
    int taken = 0;
    while (TakeEgressRecord(rest, record)) ++taken;
    EXPECT_LT(taken, 2);
  }
}

TEST(EgressRecordTest, DamagedBytesNeverCrash) {
  const auto bytes = TwoRecords();
  Random random(5);
  for (int i = 0; i < 1000; ++i) {
    auto damaged = bytes;
    damaged[random.Below(damaged.size())] = static_cast<char>(random.Next());
    std::string_view rest = damaged;
    EgressRecord record;
    while (TakeEgressRecord(rest, record)) EXPECT_LE(record.value.size(), damaged.size());
  }
}

TEST(EgressFenceTest, AWorldLineWeighsMoreThanAnIncarnation) {
  EXPECT_LT((EgressFence{WorldLine(1), Incarnation(9)}), (EgressFence{WorldLine(2), Incarnation(1)}));
  EXPECT_LT((EgressFence{WorldLine(2), Incarnation(1)}), (EgressFence{WorldLine(2), Incarnation(2)}));
}

}  // namespace
}  // namespace holdfast
