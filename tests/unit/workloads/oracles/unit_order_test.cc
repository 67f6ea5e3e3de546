#include "workloads/oracles/unit_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Told {
  struct Witness {
    std::uint64_t version = 0;
    std::uint64_t chain = 0;
    friend bool operator==(const Witness&, const Witness&) = default;
  };
  Witness witness;
};
using Sight = UnitOrder<Told>::Sight;

class UnitOrderTest : public testing::Test {
 protected:
  Sight Add(std::uint64_t instance, std::uint64_t version, std::uint64_t chain = 0) {
    return order.Add(instance, {.witness = {version, chain}},
                     [this](const Told& told) { turns.push_back(told.witness.version); });
  }
  UnitOrder<Told> order{2};
  std::vector<std::uint64_t> turns;
};

TEST_F(UnitOrderTest, WhatComesBeforeItsTurnWaits) {
  EXPECT_EQ(Add(0, 3), Sight::kFirst);
  EXPECT_EQ(Add(0, 2), Sight::kFirst);
  EXPECT_THAT(turns, IsEmpty());
  EXPECT_EQ(Add(0, 1), Sight::kFirst);
  EXPECT_THAT(turns, ElementsAre(1, 2, 3));
  EXPECT_EQ(order.latest(0).version, 3u);
}

TEST_F(UnitOrderTest, InstancesDoNotWaitForEachOther) {
  Add(0, 2);
  Add(1, 1);
  EXPECT_THAT(turns, ElementsAre(1));
  EXPECT_EQ(order.latest(0).version, 0u);
}

TEST_F(UnitOrderTest, ASecondUnitOfAVersionIsToldApart) {
  Add(0, 1, 7);
  Add(0, 3, 9);
  EXPECT_EQ(Add(0, 1, 7), Sight::kSame);
  EXPECT_EQ(Add(0, 1, 8), Sight::kOther);
  EXPECT_EQ(Add(0, 3, 9), Sight::kSame);
  EXPECT_EQ(Add(0, 3, 8), Sight::kOther);
  Add(0, 2);
  EXPECT_EQ(Add(0, 2), Sight::kPast);
  EXPECT_EQ(Add(0, 0), Sight::kPast) << "there is no such version";
  EXPECT_THAT(turns, ElementsAre(1, 2, 3));
}

TEST_F(UnitOrderTest, AtTheEndWhatStillWaitsHasItsTurn) {
  Add(1, 5);
  Add(1, 3);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> late;
  order.Finish([&](std::uint64_t instance, const Told& told) { late.emplace_back(instance, told.witness.version); });
  EXPECT_THAT(late, ElementsAre(std::pair(1u, 3u), std::pair(1u, 5u)));
  EXPECT_EQ(order.latest(1).version, 5u);
}

}  // namespace
}  // namespace holdfast
