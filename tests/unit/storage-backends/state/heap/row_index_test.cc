#include "storage-backends/state/heap/row_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/base/random.h"

namespace holdfast::heap {
namespace {

std::uint32_t Hash(std::uint64_t number) { return RowIndex::Fold(Mix64(number)); }

// Rows are numbers; the hash of a row is Hash(row) unless the test gives another.
class RowIndexTest : public testing::Test {
 protected:
  RowIndex::Position Find(std::uint32_t row, std::uint32_t hash) {
    return index_.Find(hash, [&](std::uint32_t candidate) { return candidate == row; });
  }
  RowIndex::Position Find(std::uint32_t row) { return Find(row, Hash(row)); }
  void Insert(std::uint32_t row) { index_.Insert(Find(row), row); }

  RowIndex index_{Pages::kHuge};
};

TEST_F(RowIndexTest, FindsWhatWasInserted) {
  EXPECT_EQ(Find(7).row, 0u);
  Insert(7);
  EXPECT_EQ(Find(7).row, 7u);
  EXPECT_EQ(Find(8).row, 0u);
}

TEST_F(RowIndexTest, FindsEveryRowWhileItGrows) {
  for (std::uint32_t row = 1; row <= 30'000; ++row) {
    Insert(row);
    ASSERT_EQ(Find(row).row, row);
  }
  for (std::uint32_t row = 1; row <= 30'000; ++row) ASSERT_EQ(Find(row).row, row);
}

TEST_F(RowIndexTest, WhatWasReservedNeedsNoMoreMemory) {
  for (const std::uint32_t rows : {1u, 1'000u, 60'000u}) {
    index_.Reserve(rows);
    const auto bytes = index_.memory_bytes();
    for (std::uint32_t row = 1; row <= rows; ++row) Insert(row);
    EXPECT_EQ(index_.memory_bytes(), bytes) << rows;
    for (std::uint32_t row = 1; row <= rows; ++row) ASSERT_EQ(Find(row).row, row);
    index_.Clear();
    EXPECT_EQ(Find(1).row, 0u);
  }
}

TEST_F(RowIndexTest, GrowsBeyondWhatWasReserved) {
  index_.Reserve(3'000);
  for (std::uint32_t row = 1; row <= 30'000; ++row) Insert(row);
  for (std::uint32_t row = 1; row <= 30'000; ++row) ASSERT_EQ(Find(row).row, row);
}

TEST_F(RowIndexTest, InsertSaysWhereTheRowIsAfterGrowing) {
  for (std::uint32_t row = 1; row <= 5'000; ++row) {
    auto position = index_.Insert(Find(row), row);
    index_.Replace(position, row + 100'000);
    ASSERT_EQ(Find(row + 100'000, Hash(row)).row, row + 100'000);
  }
}

TEST_F(RowIndexTest, RowsOfOneHashAreToldApart) {
  for (std::uint32_t row = 1; row <= 5'000; ++row) index_.Insert(Find(row, 12345), row);
  for (std::uint32_t row = 1; row <= 5'000; row += 99) EXPECT_EQ(Find(row, 12345).row, row);
  for (std::uint32_t row = 1; row <= 5'000; ++row) index_.Erase(Find(row, 12345));
  EXPECT_EQ(Find(1, 12345).row, 0u);
}

TEST_F(RowIndexTest, ErasingNeverHidesAnotherRow) {
  Random random(3);
  std::map<std::uint32_t, bool> present;
  for (int step = 0; step < 60'000; ++step) {
    // Few home lines, so that most entries stand in a line that is not their home.
    const auto row = static_cast<std::uint32_t>(1 + random.Below(400));
    const std::uint32_t hash = (Hash(row % 3) & 0xfffff) | row << 20;
    const auto found = Find(row, hash);
    ASSERT_EQ(found.row != 0, present[row]) << "step " << step;
    if (present[row]) {
      index_.Erase(found);
    } else {
      index_.Insert(found, row);
    }
    present[row] = !present[row];
  }
}

TEST_F(RowIndexTest, ALargeIndexCostsAtMostSeventeenBytesARow) {
  double worst = 0;
  for (std::uint32_t row = 1; row <= 400'000; ++row) {
    Insert(row);
    if (row > 200'000) worst = std::max(worst, static_cast<double>(index_.memory_bytes()) / row);
  }
  EXPECT_LT(worst, 17);
}

TEST_F(RowIndexTest, ClearForgetsRowsAndGivesMemoryBack) {
  const auto empty = index_.memory_bytes();
  for (std::uint32_t row = 1; row <= 10'000; ++row) Insert(row);
  index_.Clear();
  EXPECT_EQ(Find(1).row, 0u);
  EXPECT_LE(index_.memory_bytes(), empty + 1024);
}

}  // namespace
}  // namespace holdfast::heap
