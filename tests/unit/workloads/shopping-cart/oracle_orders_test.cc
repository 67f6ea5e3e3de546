// What carts do with what they were granted: orders, and time-outs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/workloads/shopping-cart/broken_history.h"

namespace holdfast::shopping_cart {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ShopOracleOfOrdersTest, AnOrderIsSeenOnceAndIsWhatTheCartHeld) {
  auto story = Fifty();
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(story.On(kOrders.name).back()));
  EXPECT_THAT(Only(story, Damage::kMissing), HasSubstr("was made, and never seen"));

  for (const bool later : {false, true}) {
    story = Fifty();
    const auto place = story.ChangeOutput(kOrders, [](Order& order) { return order.lines.pop_back(), true; });
    if (later)
      std::rotate(story.outputs.begin(), story.outputs.begin() + static_cast<std::ptrdiff_t>(place),
                  story.outputs.begin() + static_cast<std::ptrdiff_t>(place) + 1);
    EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr("is not what the cart held"));
  }

  story = Fifty();
  story.AddOutput(kOrders, CartId(1), {{0, 0}, 1, 1'000, "", {}});
  EXPECT_THAT(Only(story, Damage::kPhantom), HasSubstr("order 1000 of cart-1 is one that the cart never made"));
}

TEST(ShopOracleOfTimeOutsTest, ATimeOutThatComesEarlyShowsUnlessClocksDisagree) {
  auto story = Fifty({.fire_early = true});
  EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr(" ms early"));
  ShopOracle oracle(story.application, *story.shop);
  oracle.ClocksDisagree();
  EXPECT_TRUE(story.TimedRun::Judge(oracle, true).none());
}

TEST(ShopOracleOfTimeOutsTest, ATimeOutThatNeverComesIsMissing) {
  Story story(OneLine(), {.lose = Codec<TimeOut>::Name()});
  story.RunAll(3);
  EXPECT_TRUE(story.Judge().none()) << "it may still come";
  EXPECT_THAT(Only(story, Damage::kWrongState, true), HasSubstr("was due to be abandoned, and still waits"));
  story = Story(OneLine(), {.lose = Codec<TimeOut>::Name()});
  story.RunAll(1'100);
  EXPECT_THAT(Only(story, Damage::kMissing), HasSubstr("was to be abandoned at"));
}

TEST(ShopOracleOfTimeOutsTest, ATimeOutThatNobodySetIsAPhantom) {
  Story story(OneLine());
  story.RunAll(1);
  auto last = story.All(kCarts).back();
  ASSERT_TRUE(Is(last, CartDeed::kAbandoned));
  last.deed = static_cast<std::uint32_t>(CartDeed::kStale);
  last.number = 17;
  ++last.mark.version;
  story.AddOutput(kCarts, CartId(0), last);
  story.Relink();
  EXPECT_THAT(Only(story, Damage::kPhantom), HasSubstr("time-out 17, due at"));
}

TEST(ShopOracleOfTimeOutsTest, ACurrentTimeOutIsHeeded) {
  Story story(OneLine());
  story.RunAll(1);
  ASSERT_TRUE(Is(story.All(kStock).back(), StockDeed::kReleased));
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(story.On(kStock.name).back()));
  Basket before;
  story.ChangeOutput(kCarts, [&](CartUnit& unit) {
    if (!Is(unit, CartDeed::kAbandoned)) return before = unit.basket, false;
    unit.deed = static_cast<std::uint32_t>(CartDeed::kStale);
    unit.basket = before;
    return true;
  });
  story.Relink();
  EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr("was not called off"));
}

TEST(ShopOracleOfOrdersTest, ACartThatHoldsSomethingIsNotEmpty) {
  auto options = OneLine();
  options.check_outs = 50;
  options.time_out = std::chrono::hours(1);
  Story story(options);
  for (; story.On(kOrders.name).empty() && story.offered < 50; ++story.offered) {
    for (std::uint16_t p = 0; p < 2; ++p) story.Offer(PartitionId(p), story.offered), story.Handle();
  }
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(story.On(kOrders.name).back()));
  const auto sold = story.ChangeOutput(kStock, [](StockUnit& unit) { return Is(unit, StockDeed::kSold); });
  // All that comes after the check-out.
  story.outputs.resize(sold);
  Basket before;
  story.ChangeOutput(kCarts, [&](CartUnit& unit) {
    if (!Is(unit, CartDeed::kOrdered)) return before = unit.basket, false;
    unit.deed = static_cast<std::uint32_t>(CartDeed::kEmpty);
    unit.basket = before;
    ++unit.basket.commands;
    return true;
  });
  story.Relink();
  EXPECT_THAT(story.Judge().first(Damage::kContradictory),
              ElementsAre(HasSubstr("it held 1 lines when it was checked")));
}

}  // namespace
}  // namespace holdfast::shopping_cart
