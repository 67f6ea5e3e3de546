#include "apps/mutants/hunt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "apps/mutants/page.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

Hunted Found(MutantNumber mutant, std::uint64_t run) {
  Hunted hunted{mutant, "unaligned", {}, {}, {}};
  hunted.unchecked.result.failure = {run, "duplicate\nduplicate: 2\n  a receipt came again", false};
  hunted.checked.result.failure = {run - 1, "a check failed", true};
  return hunted;
}

TEST(HuntTest, FourRunsInARowAreFourKindsOfOneSeed) {
  std::set<std::pair<std::string, bool>> kinds;
  for (std::uint64_t run = 5; run <= 8; ++run) {
    const auto options = OptionsOfRun(run, "unaligned");
    EXPECT_EQ(options.from, 2u);
    kinds.emplace(options.workload, options.troubled);
  }
  EXPECT_EQ(kinds.size(), 4u);
}

TEST(HuntTest, OneWorkloadAloneIsHuntedWithInBothWeathers) {
  std::set<std::pair<std::uint64_t, bool>> runs;
  for (std::uint64_t run = 1; run <= 8; ++run) {
    const auto options = OptionsOfRun(run, "unaligned", "payment");
    EXPECT_EQ(options.workload, "payment");
    runs.emplace(options.from, options.troubled);
  }
  EXPECT_EQ(runs.size(), 8u) << "no run twice";
}

TEST(HuntTest, AMutantMustBeFoundByAnOracle) {
  EXPECT_TRUE(Found(1, 9).good());
  auto crashing = Found(1, 9);
  crashing.unchecked.result.failure.reset();
  EXPECT_FALSE(crashing.good());
}

TEST(HuntTest, AControlMustFindNothingWithChecksOffOrOn) {
  Hunted control;
  EXPECT_TRUE(control.good());
  control.checked.result.failure = {4, "a check failed", true};
  EXPECT_FALSE(control.good());
}

TEST(HuntTest, TheControlRunsOnEveryProtocolAskedFor) {
  const auto parts = AllParts();
  const HuntOptions options{.mutants = {kNoMutant}, .protocols = {"unaligned", "message-logging"}, .runs = 4};
  std::vector<std::string> told;
  const auto hunted = Hunt(parts, options, [&](const Hunted& one) { told.push_back(one.protocol); });
  ASSERT_TRUE(hunted.ok()) << hunted.error().message;
  EXPECT_THAT(told, testing::ElementsAre("unaligned", "message-logging"));
  for (const auto& control : *hunted) EXPECT_TRUE(control.good()) << HuntLine(control);
}

TEST(HuntPageTest, ARowTellsRunsAndWhoSawIt) {
  const auto page = HuntPage({Found(1, 9)}, {});
  EXPECT_THAT(page, HasSubstr(fmt::format("| `{}` |", kMutants[0].name)));
  EXPECT_THAT(page, HasSubstr("| unaligned | 9 | 8 *a* | random-programs: duplicate |"));
}

TEST(HuntPageTest, WhatWasNotFoundIsSaid) {
  EXPECT_THAT(HuntPage({{1, "unaligned", {}, {}}}, {}), HasSubstr("**not found**"));
}

}  // namespace
}  // namespace holdfast
