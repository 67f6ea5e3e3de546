#include "core/base/mutation.h"

#include <gtest/gtest.h>

#include <set>

namespace holdfast {
namespace {

static_assert(kMutationBuild || !HOLDFAST_MUTANT("send-before-durable"), "in a normal build a site is a constant");

TEST(MutationTest, NoMutantIsOnByDefault) { EXPECT_EQ(ActiveMutant(), kNoMutant); }

TEST(MutationTest, AMutantIsFoundByItsName) {
  const auto mutant = FindMutant("send-before-durable");
  ASSERT_NE(mutant, kNoMutant);
  EXPECT_EQ(kMutants[mutant - 1].name, "send-before-durable");
  EXPECT_EQ(FindMutant("never-written"), kNoMutant);
}

TEST(MutationTest, EveryRowIsWholeAndItsNameItsOwn) {
  std::set<std::string_view> names;
  for (const auto& mutant : kMutants) {
    EXPECT_TRUE(names.insert(mutant.name).second) << mutant.name;
    EXPECT_TRUE(mutant.broken.ends_with('.')) << mutant.name;
    EXPECT_FALSE(mutant.rule.empty() || mutant.protocols.empty()) << mutant.name;
  }
}

}  // namespace
}  // namespace holdfast
