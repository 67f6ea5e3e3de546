#include "engines/collector/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr WorkerId kStream{3};
constexpr EgressFence kFirst{WorldLine(1), Incarnation(1)};
constexpr EgressFence kSecond{WorldLine(1), Incarnation(2)};

std::string Record(std::string_view value) {
  std::string bytes;
  AppendEgressRecord(bytes, {EgressId(1), ValueTypeId(2), "key", value});
  return bytes;
}

class CollectorTest : public testing::Test {
 protected:
  Status Commit(EgressFence fence, std::uint64_t position, std::string_view value) {
    return collector_.Commit(kStream, fence, position, Record(value), {++now_});
  }
  // Values of all visible records.
  std::vector<std::string> Seen() const {
    std::vector<std::string> values;
    for (const auto& visible : collector_.visible()) {
      auto rest = visible.records;
      for (EgressRecord record; TakeEgressRecord(rest, record);) values.emplace_back(record.value);
    }
    return values;
  }

  Collector collector_;
  std::int64_t now_ = 0;
};

TEST_F(CollectorTest, CommitsAreVisibleInOrderFromTheInstantTheyArrive) {
  ASSERT_EQ(*collector_.Fence(kStream, kFirst), 0u);
  ASSERT_TRUE(Commit(kFirst, 5, "a").ok());
  ASSERT_TRUE(Commit(kFirst, 9, "b").ok());
  EXPECT_THAT(Seen(), ElementsAre("a", "b"));
  EXPECT_EQ(collector_.visible()[1].at, SteadyTime{2});
  EXPECT_EQ(collector_.visible()[1].stream, kStream);
}

TEST_F(CollectorTest, ReadingOutShowsEverythingAndLeavesTheInstants) {
  ASSERT_EQ(*collector_.Fence(kStream, kFirst), 0u);
  const std::string large(3 << 20, 'x');  // Less than two fit into a block; the last needs one of its own.
  const std::string huge(9 << 20, 'y');
  for (std::uint64_t i = 1; i <= 4; ++i) ASSERT_TRUE(Commit(kFirst, i, large).ok());
  ASSERT_TRUE(Commit(kFirst, 5, huge).ok());
  ASSERT_TRUE(Commit(kFirst, 6, "small").ok());
  std::vector<std::string> read;
  collector_.ReadOut([&](const Collector::Visible& visible) { read.emplace_back(visible.records); });
  EXPECT_TRUE(
      (read == std::vector{Record(large), Record(large), Record(large), Record(large), Record(huge), Record("small")}));
  EXPECT_THAT(Seen(), IsEmpty());
  EXPECT_EQ(collector_.visible().size(), 6u);
  EXPECT_EQ(collector_.last_visible(), SteadyTime{6});
}

TEST_F(CollectorTest, ACommitAtOrBelowThePositionIsConfirmedButNotShownWhateverItHolds) {
  ASSERT_TRUE(Commit(kFirst, 5, "a").ok());
  EXPECT_TRUE(Commit(kFirst, 5, "a").ok());
  EXPECT_TRUE(Commit(kFirst, 4, "different").ok());
  EXPECT_THAT(Seen(), ElementsAre("a"));
  EXPECT_EQ(collector_.counts().repetitions, 2u);
  EXPECT_EQ(collector_.counts().deliveries, 3u);
}

TEST_F(CollectorTest, EqualContentAtAHigherPositionIsShownAgain) {
  ASSERT_TRUE(Commit(kFirst, 5, "a").ok());
  ASSERT_TRUE(Commit(kFirst, 6, "a").ok());
  EXPECT_THAT(Seen(), ElementsAre("a", "a"));
}

TEST_F(CollectorTest, ALaterFenceLearnsThePositionAndShutsTheEarlierOut) {
  ASSERT_TRUE(Commit(kFirst, 5, "a").ok());
  EXPECT_EQ(*collector_.Fence(kStream, kSecond), 5u);
  EXPECT_EQ(Commit(kFirst, 6, "zombie").error().code, ErrorCode::kFenced);
  EXPECT_EQ(collector_.Emit(kStream, kFirst, Record("zombie"), {1}).error().code, ErrorCode::kFenced);
  EXPECT_EQ(collector_.Fence(kStream, kFirst).error().code, ErrorCode::kFenced);
  EXPECT_THAT(Seen(), ElementsAre("a"));
  EXPECT_EQ(collector_.counts().refused, 3u);
}

TEST_F(CollectorTest, AFenceHoldsForItsStreamOnly) {
  ASSERT_TRUE(collector_.Fence(kStream, kSecond).ok());
  EXPECT_TRUE(collector_.Commit(WorkerId(4), kFirst, 1, Record("other"), {1}).ok());
  EXPECT_THAT(Seen(), ElementsAre("other"));
}

TEST_F(CollectorTest, EmissionsAreShownEveryTimeAndLeaveThePositionAlone) {
  ASSERT_TRUE(Commit(kFirst, 5, "a").ok());
  ASSERT_TRUE(collector_.Emit(kStream, kFirst, Record("now"), {7}).ok());
  ASSERT_TRUE(collector_.Emit(kStream, kFirst, Record("now"), {8}).ok());
  EXPECT_THAT(Seen(), ElementsAre("a", "now", "now"));
  EXPECT_EQ(*collector_.Fence(kStream, kFirst), 5u);
  EXPECT_EQ(collector_.last_visible(), SteadyTime{8});
}

TEST_F(CollectorTest, MalformedRecordsAreRefusedAndThePositionStays) {
  const auto bytes = Record("a").substr(0, 5);
  const auto status = collector_.Commit(kStream, kFirst, 5, bytes, {1});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(*collector_.Fence(kStream, kFirst), 0u);
}

TEST_F(CollectorTest, BeyondItsMemoryItGoesOnCountingAndSaysThatItIsIncomplete) {
  collector_ = Collector({.max_kept_bytes = Record("a").size()});
  ASSERT_TRUE(Commit(kFirst, 1, "a").ok());
  EXPECT_TRUE(collector_.complete());
  ASSERT_TRUE(Commit(kFirst, 2, "b").ok());
  EXPECT_FALSE(collector_.complete());
  EXPECT_THAT(Seen(), ElementsAre("a"));
  EXPECT_EQ(collector_.counts().visible_records, 2u);
}

TEST_F(CollectorTest, AnEmptyCommitMovesThePositionAndShowsNothing) {
  ASSERT_TRUE(collector_.Commit(kStream, kFirst, 4, "", {1}).ok());
  EXPECT_THAT(collector_.visible(), IsEmpty());
  EXPECT_EQ(*collector_.Fence(kStream, kFirst), 4u);
}

}  // namespace
}  // namespace holdfast
