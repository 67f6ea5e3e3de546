#include "workloads/oracles/outstanding.h"

#include <gtest/gtest.h>

#include <vector>

namespace holdfast {
namespace {

std::vector<std::pair<std::uint64_t, int>> Left(const Outstanding<int>& outstanding) {
  std::vector<std::pair<std::uint64_t, int>> left;
  outstanding.ForEach([&](std::uint64_t offset, int item) { left.emplace_back(offset, item); });
  return left;
}

TEST(OutstandingTest, AnItemIsTakenOnce) {
  Outstanding<int> outstanding;
  outstanding.Add(10);
  outstanding.Add(11);
  EXPECT_EQ(outstanding.Take(1), 11);
  EXPECT_EQ(outstanding.Take(1), std::nullopt);
  EXPECT_EQ(outstanding.Take(0), 10);
  EXPECT_EQ(outstanding.Take(0), std::nullopt);
  EXPECT_TRUE(Left(outstanding).empty());
}

TEST(OutstandingTest, OffsetsGoOnAfterEverythingWasTaken) {
  Outstanding<int> outstanding;
  outstanding.Add(10);
  outstanding.Take(0);
  EXPECT_EQ(outstanding.end(), 1u);
  outstanding.Add(11);
  EXPECT_EQ(outstanding.Take(1), 11);
}

TEST(OutstandingTest, AnOffsetNotAddedYetIsNothing) {
  Outstanding<int> outstanding;
  EXPECT_EQ(outstanding.Take(0), std::nullopt);
  outstanding.Add(10);
  EXPECT_EQ(outstanding.Take(1), std::nullopt);
  EXPECT_EQ(outstanding.Take(~std::uint64_t{0}), std::nullopt);
}

TEST(OutstandingTest, WhatIsLeftBehindCanStillBeTakenAndIsVisitedInOrder) {
  Outstanding<int> outstanding(3);
  for (int i = 0; i < 10; ++i) {
    outstanding.Add(i);
    if (i % 3 != 0) outstanding.Take(static_cast<std::uint64_t>(i));
  }
  EXPECT_EQ(outstanding.Take(3), 3);
  EXPECT_EQ(outstanding.Take(3), std::nullopt);
  EXPECT_EQ(Left(outstanding), (std::vector<std::pair<std::uint64_t, int>>{{0, 0}, {6, 6}, {9, 9}}));
}

TEST(OutstandingTest, AnItemCanBeChangedInPlaceUntilItIsTakenHoweverFarBehind) {
  Outstanding<int> outstanding(3);
  for (int i = 0; i < 10; ++i) {
    outstanding.Add(i);
    if (i % 3 != 0) outstanding.Take(static_cast<std::uint64_t>(i));
  }
  for (const std::uint64_t offset : {3, 9}) *outstanding.Find(offset) += 100;
  EXPECT_EQ(outstanding.Find(4), nullptr) << "taken";
  EXPECT_EQ(outstanding.Find(10), nullptr) << "not added yet";
  EXPECT_EQ(outstanding.Take(3), 103);
  EXPECT_EQ(outstanding.Take(9), 109);
  EXPECT_EQ(outstanding.Find(9), nullptr);
}

}  // namespace
}  // namespace holdfast
