#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "workloads/suite/runner/runner.h"

namespace holdfast {
namespace {

Suite SuiteOf(std::vector<std::string> points, int repetitions) {
  Suite suite{.name = "test", .about = {}, .seed = 7, .repetitions = repetitions, .points = {}};
  for (auto& name : points) suite.points.push_back({.name = std::move(name), .axes = {}, .parts = {}});
  return suite;
}

TEST(PlanTest, EveryBlockHoldsEveryPointOnceInItsOwnOrder) {
  const std::vector<SuiteVariant> variants = {{"", SuiteOf({"a", "b", "c", "d", "e", "f"}, 4)}};
  const auto plan = PlanRun(variants);
  ASSERT_EQ(plan.size(), 24u);
  std::set<std::string> orders;
  for (std::size_t block = 0; block < 4; ++block) {
    std::set<std::string> names;
    std::string order;
    for (std::size_t i = 6 * block; i < 6 * block + 6; ++i) {
      EXPECT_EQ(plan[i].block, static_cast<int>(block));
      EXPECT_EQ(plan[i].seed, plan[6 * block].seed);
      names.insert(plan[i].point->name);
      order += plan[i].point->name;
    }
    EXPECT_EQ(names.size(), 6u);
    orders.insert(order);
  }
  EXPECT_GT(orders.size(), 1u);
}

TEST(PlanTest, VariantsOfAPointStandBackToBack) {
  const auto suite = SuiteOf({"a", "b", "c"}, 3);
  const std::vector<SuiteVariant> variants = {{"A", suite}, {"B", suite}, {"control", suite}};
  const auto plan = PlanRun(variants);
  ASSERT_EQ(plan.size(), 27u);
  for (std::size_t i = 0; i < plan.size(); i += 3) {
    EXPECT_EQ(plan[i].point->name, plan[i + 1].point->name);
    EXPECT_EQ(plan[i].point->name, plan[i + 2].point->name);
    const std::set<std::string> labels = {plan[i].variant->label, plan[i + 1].variant->label,
                                          plan[i + 2].variant->label};
    EXPECT_EQ(labels.size(), 3u);
  }
}

TEST(PlanTest, TheSameSeedGivesTheSameOrder) {
  const std::vector<SuiteVariant> variants = {{"", SuiteOf({"a", "b", "c", "d"}, 2)}};
  const auto names = [&] {
    std::vector<std::string> order;
    for (const auto& planned : PlanRun(variants)) order.push_back(planned.point->name);
    return order;
  };
  EXPECT_EQ(names(), names());
}

TEST(PlanTest, TheRecordHasTheOrderOfTheSuiteWhateverTheOrderOfTheRun) {
  const std::vector<SuiteVariant> variants = {{"A", SuiteOf({"b", "c", "a"}, 2)}, {"B", SuiteOf({"b", "c", "a"}, 2)}};
  std::map<RecordRank, std::string> record;
  for (const auto& planned : PlanRun(variants)) {
    record[RankInRecord(planned)] = fmt::format("{}{}{}", planned.point->name, planned.block, planned.variant->label);
  }
  std::string order;
  for (const auto& [rank, name] : record) order += name + " ";
  EXPECT_EQ(order, "b0A b0B b1A b1B c0A c0B c1A c1B a0A a0B a1A a1B ");
}

}  // namespace
}  // namespace holdfast
