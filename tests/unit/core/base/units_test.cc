#include "core/base/units.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/base/random.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

template <class T>
std::string ErrorOf(const Result<T>& result) {
  return result.ok() ? "no error" : result.error().message;
}

TEST(UnitsTest, DurationsAreReadInEveryUnit) {
  EXPECT_EQ(*ParseDuration("7ns"), 7ns);
  EXPECT_EQ(*ParseDuration("10us"), 10us);
  EXPECT_EQ(*ParseDuration("500ms"), 500ms);
  EXPECT_EQ(*ParseDuration("2s"), 2s);
  EXPECT_EQ(*ParseDuration("1m"), 60s);
  EXPECT_EQ(*ParseDuration("3h"), 3h);
  EXPECT_EQ(*ParseDuration("0s"), 0s);
  EXPECT_EQ(*ParseDuration("1.5s"), 1500ms);
  EXPECT_EQ(*ParseDuration("0.000125s"), 125us);
}

TEST(UnitsTest, DurationErrorsSayWhatIsWrongAndWhichUnitsAreKnown) {
  EXPECT_EQ(ErrorOf(ParseDuration("500")),
            "'500' is not a duration: it has no unit; known: ns, us, ms, s, m, h, as in 500ms");
  EXPECT_EQ(ErrorOf(ParseDuration("5sec")),
            "'5sec' is not a duration: unknown unit 'sec'; known: ns, us, ms, s, m, h (did you mean s?)");
  EXPECT_THAT(ErrorOf(ParseDuration("ms")), HasSubstr("write a number and a unit"));
  EXPECT_THAT(ErrorOf(ParseDuration("-1s")), HasSubstr("write a number and a unit"));
  EXPECT_THAT(ErrorOf(ParseDuration("")), HasSubstr("write a number and a unit"));
  EXPECT_THAT(ErrorOf(ParseDuration("1 s")), HasSubstr("unknown unit ' s'"));
  EXPECT_THAT(ErrorOf(ParseDuration("1.s")), HasSubstr("the point has no digit behind it"));
  EXPECT_THAT(ErrorOf(ParseDuration("1.5ns")), HasSubstr("not a whole number of ns"));
  EXPECT_THAT(ErrorOf(ParseDuration("1.1234567h")), HasSubstr("more than six decimals"));
}

TEST(UnitsTest, QuantitiesThatDoNotFitAreRefusedNotWrapped) {
  EXPECT_EQ(*ParseDuration("9223372036854775807ns"), Duration::max());
  EXPECT_THAT(ErrorOf(ParseDuration("9223372036854775808ns")), HasSubstr("too large"));
  EXPECT_THAT(ErrorOf(ParseDuration("99999999999999999999s")), HasSubstr("too large"));
  EXPECT_EQ(ParseBytes("18446744073709551615B")->bytes, ~0ull);
  EXPECT_THAT(ErrorOf(ParseBytes("16777216TiB")), HasSubstr("too large"));
  EXPECT_THAT(ErrorOf(ParseRate(std::string(400, '9') + "/s")), HasSubstr("too large"));
}

TEST(UnitsTest, SizesAreBinaryAndDecimalUnitsGetAHint) {
  EXPECT_EQ(ParseBytes("64B")->bytes, 64u);
  EXPECT_EQ(*ParseBytes("64KiB"), KiB(64));
  EXPECT_EQ(*ParseBytes("1MiB"), MiB(1));
  EXPECT_EQ(*ParseBytes("0.5GiB"), MiB(512));
  EXPECT_EQ(ErrorOf(ParseBytes("64KB")),
            "'64KB' is not a size in bytes: unknown unit 'KB'; known: B, KiB, MiB, GiB, TiB (did you mean KiB?)");
}

TEST(UnitsTest, RatesAreEventsPerSecondOrMax) {
  EXPECT_EQ(ParseRate("50000/s")->per_second, 50000);
  EXPECT_EQ(ParseRate("90/m")->per_second, 1.5);
  EXPECT_TRUE(ParseRate("max")->unlimited());
  EXPECT_THAT(ErrorOf(ParseRate("0/s")), HasSubstr("above zero"));
  EXPECT_EQ(ErrorOf(ParseRate("5000")), "'5000' is not a rate: it has no unit; known: /s, /m, /h, as in 50000/s");
}

TEST(UnitsTest, FormattingPicksTheLargestUnitWithoutDecimals) {
  EXPECT_EQ(FormatDuration(0s), "0s");
  EXPECT_EQ(FormatDuration(60s), "1m");
  EXPECT_EQ(FormatDuration(90s), "90s");
  EXPECT_EQ(FormatDuration(1500us), "1500us");
  EXPECT_EQ(FormatBytes(KiB(1024)), "1MiB");
  EXPECT_EQ(FormatBytes({1000}), "1000B");
  EXPECT_EQ(FormatRate({20000}), "20000/s");
  EXPECT_EQ(FormatRate({0.5}), "0.5/s");
  EXPECT_EQ(FormatRate(Rate::Max()), "max");
}

TEST(UnitsTest, WhatIsFormattedReadsBackToTheSameValue) {
  Random random(2);
  for (int i = 0; i < 1000; ++i) {
    const Duration duration(static_cast<std::int64_t>(random.Next() >> (1 + random.Below(63))));
    const ByteSize size{random.Next() >> random.Below(64)};
    const Rate rate{std::exp(-300 + 600 * random.Unit())};
    ASSERT_EQ(*ParseDuration(FormatDuration(duration)), duration);
    ASSERT_EQ(*ParseBytes(FormatBytes(size)), size);
    ASSERT_EQ(*ParseRate(FormatRate(rate)), rate);
  }
}

}  // namespace
}  // namespace holdfast
