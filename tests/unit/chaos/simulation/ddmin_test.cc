#include "chaos/simulation/ddmin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace holdfast {
namespace {

using testing::ElementsAre;

std::vector<int> UpTo(int n) {
  std::vector<int> items(static_cast<std::size_t>(n));
  std::iota(items.begin(), items.end(), 1);
  return items;
}

auto Contains(std::vector<int> wanted) {
  return [wanted](const std::vector<int>& items) { return std::ranges::includes(items, wanted); };
}

TEST(DdminTest, FindsTheOneToBlameAmongMany) { EXPECT_THAT(Ddmin(UpTo(100), Contains({73})), ElementsAre(73)); }

TEST(DdminTest, FindsSeveralThatFailOnlyTogetherInTheirOrder) {
  EXPECT_THAT(Ddmin(UpTo(50), Contains({2, 25, 49})), ElementsAre(2, 25, 49));
}

TEST(DdminTest, KeepsAllWhenAllAreNeeded) {
  EXPECT_THAT(Ddmin(UpTo(5), Contains(UpTo(5))), ElementsAre(1, 2, 3, 4, 5));
}

TEST(DdminTest, KeepsNoneWhenNoneIsNeeded) {
  EXPECT_THAT(Ddmin(UpTo(5), Contains({})), ElementsAre());
  EXPECT_THAT(Ddmin(UpTo(0), Contains({})), ElementsAre());
}

TEST(DdminTest, NothingCanBeLeftOutOfWhatItFinds) {
  // Fails with any three that follow each other.
  const auto fails = [](const std::vector<int>& items) {
    for (std::size_t i = 2; i < items.size(); ++i) {
      if (items[i] == items[i - 2] + 2) return true;
    }
    return false;
  };
  EXPECT_EQ(Ddmin(UpTo(40), fails).size(), 3u);
}

TEST(DdminTest, AsksFewTimesWhenOneIsToBlame) {
  int asked = 0;
  const auto fails = [&](const std::vector<int>& items) { return ++asked, Contains({700})(items); };
  Ddmin(UpTo(1000), fails);
  EXPECT_LT(asked, 60);
}

TEST(SmallestFailingTest, FindsTheBorder) {
  EXPECT_EQ(SmallestFailing(1, 1000, [](auto n) { return n >= 37; }), 37);
  EXPECT_EQ(SmallestFailing(1, 1000, [](auto n) { return n >= 1; }), 1);
  EXPECT_EQ(SmallestFailing(1, 1000, [](auto n) { return n >= 1000; }), 1000);
}

}  // namespace
}  // namespace holdfast
