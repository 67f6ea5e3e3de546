#include "workloads/load/keys.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace holdfast {
namespace {

constexpr int kDraws = 100'000;

std::vector<double> Frequencies(std::uint64_t count, double theta, std::uint64_t seed) {
  const KeyChooser chooser(count, {theta});
  Random random(seed);
  std::vector<double> seen(count);
  for (int i = 0; i < kDraws; ++i) ++seen.at(chooser.Choose(random));
  return seen;
}

std::vector<double> Zipf(std::uint64_t count, double theta) {
  std::vector<double> expected(count);
  double sum = 0;
  for (std::uint64_t k = 0; k < count; ++k) sum += expected[k] = std::pow(static_cast<double>(k + 1), -theta);
  for (auto& p : expected) p *= kDraws / sum;
  return expected;
}

// For n degrees of freedom the statistic is n on average, with a deviation of sqrt(2 n).
double ChiSquare(const std::vector<double>& seen, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t k = 0; k < seen.size(); ++k) sum += (seen[k] - expected[k]) * (seen[k] - expected[k]) / expected[k];
  return sum;
}

class KeyChooserTest : public testing::TestWithParam<double> {};

TEST_P(KeyChooserTest, DrawsFollowTheLawExactly) {
  const double theta = GetParam();
  for (const std::uint64_t count : {2, 3, 10, 60}) {
    const auto freedom = static_cast<double>(count - 1);
    const auto statistic = ChiSquare(Frequencies(count, theta, 11), Zipf(count, theta));
    EXPECT_LT(statistic, freedom + 4.5 * std::sqrt(2 * freedom)) << count << " keys, theta " << theta;
  }
}

INSTANTIATE_TEST_SUITE_P(Thetas, KeyChooserTest, testing::Values(0.0, 0.2, 0.5, 0.99, 1.0, 1.000001, 1.2, 2.0));

TEST(KeyChooser, TheWrongLawWouldBeNoticed) {
  EXPECT_GT(ChiSquare(Frequencies(60, 0.99, 11), Zipf(60, 1.05)), 59 + 4.5 * std::sqrt(2 * 59));
}

TEST(KeyChooser, AMillionKeysAreInRangeAndSkewed) {
  const KeyChooser chooser(1'000'000, {0.99});
  Random random(12);
  int first = 0;
  std::uint64_t largest = 0;
  for (int i = 0; i < kDraws; ++i) {
    const auto key = chooser.Choose(random);
    ASSERT_LT(key, 1'000'000u);
    first += key == 0;
    largest = std::max(largest, key);
  }
  EXPECT_NEAR(first, kDraws / 15.4, 300);  // The sum of 1 / k^0.99 up to a million is 15.4.
  EXPECT_GT(largest, 900'000u);
}

TEST(KeyChooser, OneKeyIsAlwaysChosen) {
  Random random(13);
  for (const double theta : {0.0, 0.99, 1.0, 3.0}) EXPECT_EQ(KeyChooser(1, {theta}).Choose(random), 0u);
}

TEST(KeyChooser, EqualSeedsDrawEqualKeys) { EXPECT_EQ(Frequencies(10, 0.99, 14), Frequencies(10, 0.99, 14)); }

}  // namespace
}  // namespace holdfast
