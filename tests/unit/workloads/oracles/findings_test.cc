#include "workloads/oracles/findings.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(FindingsTest, NothingFoundIsNothingToSay) {
  Findings findings;
  EXPECT_TRUE(findings.none());
  EXPECT_EQ(findings.Text(), "");
}

TEST(FindingsTest, EveryOneCountsButOnlyTheFirstFewAreKept) {
  Findings findings;
  int made = 0;
  for (int i = 0; i < 8; ++i) {
    findings.Add(Damage::kMissing, [&] { return std::string("number ") + static_cast<char>('0' + made++); });
  }
  findings.Add(Damage::kPhantom, [] { return "a ghost"; });
  EXPECT_EQ(findings.count(Damage::kMissing), 8u);
  EXPECT_EQ(made, 5) << "sentences nobody reads are not made";
  EXPECT_EQ(findings.Text(),
            "missing: 8\n  number 0\n  number 1\n  number 2\n  number 3\n  number 4\n  and 3 more\n"
            "phantom: 1\n  a ghost\n");
}

TEST(FindingsTest, EveryDamageHasAName) {
  for (std::size_t i = 0; i < kDamageKinds; ++i) EXPECT_NE(DamageName(static_cast<Damage>(i)), "?");
}

TEST(FindingsTest, ALedgerHoldsTheCountOfEachKindThatOutputsShow) {
  Findings findings;
  int times = 0;
  for (const auto damage : {Damage::kMissing, Damage::kDuplicate, Damage::kOutOfOrder, Damage::kPhantom,
                            Damage::kContradictory, Damage::kWrongState}) {
    ++times;
    for (int i = 0; i < times; ++i) findings.Add(damage, [] { return ""; });
  }
  EXPECT_EQ(findings.LedgerOf(20, 19), (Ledger{.expected = 20,
                                               .seen = 19,
                                               .missing = 1,
                                               .duplicate = 2,
                                               .out_of_order = 3,
                                               .phantom = 4,
                                               .contradictory = 5}));
}

}  // namespace
}  // namespace holdfast
