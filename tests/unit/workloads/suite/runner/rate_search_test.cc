#include "workloads/suite/runner/rate_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace holdfast {
namespace {

using testing::Each;
using testing::ElementsAre;

// The rates that are tried with a system that keeps up below `capacity`.
std::vector<double> Search(RateSearch& search, double capacity, TryOutcome above = TryOutcome::kHopeless) {
  std::vector<double> tried;
  while (const auto rate = search.Next()) {
    tried.push_back(*rate);
    search.Tell(*rate <= capacity ? TryOutcome::kSustained : above);
    if (tried.size() > 100) return {};
  }
  return tried;
}

TEST(RateSearch, GoesUpInStridesAndThenHalvesUntilItIsNearEnough) {
  RateSearch search({.from = 1000, .to = 1e6, .precision = 1.2});
  EXPECT_THAT(Search(search, 10'000), ElementsAre(1000, 4000, 16'000, 8000, 11'300, 9510, 9510));
  EXPECT_EQ(search.sustained(), 9510);
  EXPECT_EQ(search.refused(), 11'300);
  EXPECT_EQ(search.tries(), 7);
}

TEST(RateSearch, FindsWhatTheSystemCanDoWhereverItLies) {
  for (double capacity = 0.3; capacity < 2e6; capacity *= 1.7) {
    RateSearch search({.from = 1000, .to = 4e6, .precision = 1.1});
    ASSERT_FALSE(Search(search, capacity).empty());
    ASSERT_TRUE(search.sustained());
    EXPECT_LE(*search.sustained(), capacity);
    EXPECT_GT(*search.refused(), capacity);
    EXPECT_LE(*search.refused() / *search.sustained(), 1.1);
  }
}

TEST(RateSearch, GoesDownIfTheFirstIsRefused) {
  RateSearch search({.from = 1000, .to = 1e6, .precision = 2});
  EXPECT_THAT(Search(search, 100), ElementsAre(1000, 250, 62.5, 125, 62.5));
}

TEST(RateSearch, EndsWithoutARateIfNoneIsSustained) {
  RateSearch search({.from = 100, .to = 1e6, .precision = 1.1});
  EXPECT_FALSE(Search(search, 0).empty());
  EXPECT_FALSE(search.sustained());
  EXPECT_LT(search.refused(), 1);
}

TEST(RateSearch, EndsAtTheHighestThatMayBeTried) {
  RateSearch search({.from = 1000, .to = 10'000, .precision = 1.1});
  EXPECT_THAT(Search(search, 1e9), ElementsAre(1000, 4000, 10'000, 10'000));
  EXPECT_FALSE(search.refused());
}

TEST(RateSearch, OneBadTryIsNoRefusal) {
  RateSearch search({.from = 1000, .to = 4000, .precision = 1.1});
  search.Tell(TryOutcome::kRefused);
  EXPECT_EQ(search.Next(), 1000);
  search.Tell(TryOutcome::kSustained);
  EXPECT_EQ(search.Next(), 4000);
  search.Tell(TryOutcome::kRefused);
  search.Tell(TryOutcome::kRefused);
  EXPECT_EQ(search.refused(), 4000);
  EXPECT_EQ(search.Next(), 2000);
}

TEST(RateSearch, WhatWasSustainedByLuckIsGivenUpAgain) {
  RateSearch search({.from = 1000, .to = 4000, .precision = 4});
  search.Tell(TryOutcome::kSustained);
  search.Tell(TryOutcome::kSustained);
  EXPECT_EQ(search.Next(), 4000);
  search.Tell(TryOutcome::kHopeless);
  EXPECT_EQ(search.sustained(), 1000);
  EXPECT_EQ(search.refused(), 4000);
  EXPECT_EQ(search.Next(), 1000);
}

}  // namespace
}  // namespace holdfast
