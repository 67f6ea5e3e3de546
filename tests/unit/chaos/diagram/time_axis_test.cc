#include "chaos/diagram/time_axis.h"

#include <gtest/gtest.h>

#include "core/base/random.h"

namespace holdfast {
namespace {

constexpr SteadyTime kBegin{1'000'000'000};

SteadyTime After(std::int64_t nanos) { return {kBegin.nanos + nanos}; }

TEST(TimeAxisTest, LaterIsFurtherRight) {
  Random random(7);
  std::vector<SteadyTime> instants;
  for (int i = 0; i < 500; ++i) instants.push_back(After(static_cast<std::int64_t>(random.Exponential(1e6))));
  instants.push_back(After(2'000'000'000));
  const TimeAxis axis(instants, kBegin, 10, 0);
  std::ranges::sort(instants);
  EXPECT_EQ(axis.X(kBegin), 10);
  for (std::size_t i = 1; i < instants.size(); ++i) {
    if (instants[i - 1] == instants[i]) continue;
    EXPECT_GE(axis.X(instants[i]), axis.X(instants[i - 1]) + 0.99);
  }
}

TEST(TimeAxisTest, LengthsAreTimesWhereThingsHappen) {
  const TimeAxis axis({After(100), After(200), After(400), After(500)}, kBegin, 0, 0);
  EXPECT_DOUBLE_EQ(axis.X(After(400)) - axis.X(After(200)), 2 * (axis.X(After(200)) - axis.X(After(100))));
  EXPECT_TRUE(axis.breaks().empty());
}

TEST(TimeAxisTest, AnIdleStretchIsABreakThatSaysHowLongItWas) {
  const TimeAxis axis({After(100), After(200), After(300), After(1'000'000'300)}, kBegin, 0, 0);
  ASSERT_EQ(axis.breaks().size(), 1u);
  EXPECT_EQ(axis.breaks()[0].skipped, std::chrono::seconds(1));
  EXPECT_GT(axis.breaks()[0].x, axis.X(After(300)));
  EXPECT_LT(axis.breaks()[0].x, axis.right());
  EXPECT_LT(axis.right(), 200);
}

TEST(TimeAxisTest, AShortRunIsDrawnAsBroadAsWanted) {
  const TimeAxis axis({After(100), After(200)}, kBegin, 10, 900);
  EXPECT_DOUBLE_EQ(axis.right(), 910);
}

TEST(TimeAxisTest, TicksKeepApart) {
  std::vector<SteadyTime> instants;
  for (int i = 1; i < 200; ++i) instants.push_back(After(i * 1000));
  const auto ticks = TimeAxis(instants, kBegin, 0, 0).Ticks(90);
  ASSERT_GT(ticks.size(), 5u);
  for (std::size_t i = 1; i < ticks.size(); ++i) EXPECT_GE(ticks[i].x - ticks[i - 1].x, 90);
  EXPECT_EQ(ticks[0].text, "0.000 ms");
}

TEST(InstantTextTest, HasTheDigitsThatTellInstantsApart) {
  EXPECT_EQ(InstantText(std::chrono::microseconds(1234)), "1.234 ms");
  EXPECT_EQ(InstantText(std::chrono::microseconds(123'456)), "123.46 ms");
  EXPECT_EQ(InstantText(std::chrono::milliseconds(2'500)), "2.5000 s");
}

}  // namespace
}  // namespace holdfast
