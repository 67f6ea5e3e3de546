#include "apps/cli/number_check.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

// What the user reads; empty if it is accepted.
std::string ComplaintOf(const CLI::Validator& check, std::string text) { return check(text); }

TEST(NumberCheckTest, AWholeNumberWithinItsRangeIsAccepted) {
  for (const auto* text : {"1", "7", "256"}) EXPECT_EQ(ComplaintOf(WholeNumber(1, 256), text), "");
  EXPECT_EQ(ComplaintOf(WholeNumber(1), "18446744073709551615"), "");
}

TEST(NumberCheckTest, WhatIsRefusedIsShownBesideWhatIsAccepted) {
  EXPECT_EQ(ComplaintOf(WholeNumber(1), "1..1500"), "'1..1500' is no whole number from 1 on");
  for (const std::string text : {"", "0", "257", "-1", "1.5", "x"}) {
    EXPECT_EQ(ComplaintOf(WholeNumber(1, 256), text), "'" + text + "' is no whole number from 1 to 256");
  }
}

TEST(NumberCheckTest, TimeMustPass) {
  for (const auto* text : {"0.02", "1", "1e3"}) EXPECT_EQ(ComplaintOf(NumberAboveZero(), text), "");
  for (const std::string text : {"0", "-1", "inf", "nan", "1m"}) {
    EXPECT_EQ(ComplaintOf(NumberAboveZero(), text), "'" + text + "' is no number above 0");
  }
}

}  // namespace
}  // namespace holdfast
