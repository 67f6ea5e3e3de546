// Each rule has a history that breaks it and no other.
#include "workloads/shopping-cart/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/shopping-cart/broken_history.h"

namespace holdfast::shopping_cart {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Changes every output of an egress from the first on that `begins`, of the same instance.
template <class M, class Begins, class Change>
void ChangeFrom(Story& story, const Egress<M>& egress, const Begins& begins, const Change& change) {
  std::string key;
  for (const auto place : story.On(egress.name)) {
    auto& output = story.outputs[place];
    M content;
    ASSERT_TRUE(Codec<M>::Decode(output.value, content));
    if (key.empty() && begins(content)) key = output.key;
    if (output.key != key) continue;
    change(content);
    output.value.clear();
    Codec<M>::Encode(content, output.value);
  }
  ASSERT_FALSE(key.empty());
  story.Relink();
}

TEST(ShopOracleTest, AFailureFreeRunIsExact) {
  std::map<std::uint32_t, int> carts, stock;
  for (std::uint64_t seed = 1; seed < 30; ++seed) {
    Story story(Village(), {}, seed);
    for (; story.offered < 60; ++story.offered) {
      for (std::uint16_t p = 0; p < 3; ++p) story.Offer(PartitionId(p), story.offered);
      if (story.offered % 8 == 7) story.Handle();
    }
    story.RunAll(0);
    const auto findings = story.Judge(true);
    EXPECT_TRUE(findings.none()) << "seed " << seed << ": " << findings.Text();
    const auto outputs = story.outputs.size();
    EXPECT_EQ(story.ledger, (Ledger{.expected = outputs, .seen = outputs}));
    for (const auto& unit : story.All(kCarts)) ++carts[unit.deed];
    for (const auto& unit : story.All(kStock)) ++stock[unit.deed];
  }
  EXPECT_EQ(carts.size(), 10u) << "everything that a cart does";
  EXPECT_EQ(stock.size(), 5u);
}

TEST(ShopOracleTest, OutputsOfDifferentInstancesMayComeInAnyOrder) {
  for (const auto* first : {"item-", "cart-"}) {
    auto story = Fifty();
    std::stable_partition(story.outputs.begin(), story.outputs.end(),
                          [&](const Story::Output& output) { return output.key.starts_with(first); });
    std::stable_partition(story.outputs.begin(), story.outputs.end(), [&](const Story::Output& output) {
      return output.egress == story.application->FindEgress(kOrders.name).value();
    });
    const auto findings = story.Judge(true);
    EXPECT_TRUE(findings.none()) << findings.Text();
  }
}

TEST(ShopOracleTest, AUnitThatTellsOfAnotherHistoryBreaksTheChain) {
  auto story = Fifty();
  story.ChangeOutput(kCarts, [](CartUnit& unit) { return Is(unit, CartDeed::kEmpty) && ++unit.at; });
  EXPECT_THAT(Only(story, Damage::kBrokenChain), HasSubstr("it stands for another history"));
}

TEST(ShopOracleTest, AUnitThatIsNeverSeenLeavesAGap) {
  auto options = OneLine();
  options.check_outs = 50;
  options.time_out = std::chrono::milliseconds(3);
  Story story(options);
  for (; story.offered < 60; ++story.offered) {
    for (std::uint16_t p = 0; p < 2; ++p) story.Offer(PartitionId(p), story.offered);
    if (story.offered % 8 == 7) story.Handle();
  }
  story.RunAll(0);
  EXPECT_TRUE(story.Judge(true).none());
  const auto place = story.ChangeOutput(kCarts, [](CartUnit& unit) { return Is(unit, CartDeed::kStale); });
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(place));
  EXPECT_THAT(Only(story, Damage::kBrokenChain), HasSubstr("versions between were never seen"));
}

TEST(ShopOracleTest, EachOutputTwiceIsADuplicate) {
  for (const auto egress : {kCarts.name, kStock.name, kOrders.name}) {
    for (const std::size_t which : {0u, 1u, 3u}) {
      auto story = Fifty();
      story.outputs.push_back(story.outputs[story.On(egress)[which]]);
      EXPECT_THAT(Only(story, Damage::kDuplicate), HasSubstr("came again"));
    }
  }
}

TEST(ShopOracleTest, TheLastUnitAgainWithOtherContentContradicts) {
  auto story = Fifty();
  auto last = story.All(kCarts).back();
  ++last.mark.chain;
  story.AddOutput(kCarts, CartId(last.cart), last);
  EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr("with other content"));
}

TEST(ShopOracleTest, CommandsOfACartComeInTheirOrder) {
  auto options = OneLine();
  options.check_outs = 100;
  Story story(options);
  story.RunAll(10);
  const auto places = story.On(kCarts.name);
  const auto units = story.All(kCarts);
  for (const std::size_t i : {3u, 4u}) {
    auto swapped = units[i];
    swapped.place = units[7 - i].place;
    story.outputs[places[i]].value.clear();
    Codec<CartUnit>::Encode(swapped, story.outputs[places[i]].value);
  }
  story.Relink();
  EXPECT_THAT(Only(story, Damage::kOutOfOrder), HasSubstr("command 0/3 came after 0/4"));
}

TEST(ShopOracleTest, WhatACartDoesIsWhatItsCommandWishes) {
  EXPECT_THAT(OnlyOf(Damage::kContradictory, kCarts,
                     [](CartUnit& unit) {
                       if (!Is(unit, CartDeed::kEmpty)) return false;
                       unit.deed = static_cast<std::uint32_t>(CartDeed::kNothing);
                       return true;
                     }),
              HasSubstr("its command has wish 2"));
}

TEST(ShopOracleTest, ACartIsFullWhenItHasNoRoom) {
  auto options = OneLine();
  options.time_out = std::chrono::hours(1);
  Story story(options);
  story.RunAll(2);
  ++options.lines;
  ShopOracle roomy(story.application, ShopInput(1, options, *story.application));
  const auto findings = story.TimedRun::Judge(roomy, false);
  EXPECT_THAT(findings.first(Damage::kContradictory), ElementsAre(HasSubstr("it was not full")));
  EXPECT_EQ(findings.total(), 1u) << findings.Text();
}

TEST(ShopOracleTest, AnItemRefusesOnlyWhatItHasNot) {
  auto options = Village();
  options.stock = 0;
  Story story(options);
  story.RunAll(10);
  std::uint64_t refused = 0;
  for (const auto& unit : story.All(kStock)) refused += Is(unit, StockDeed::kRefused);
  ASSERT_GT(refused, 0u);
  for (std::uint64_t item = 0; item < options.items; ++item) {
    const auto all = story.All(kStock);
    if (std::ranges::count(all, item, &StockUnit::item) == 0) continue;
    ChangeFrom(
        story, kStock, [item](const StockUnit& unit) { return unit.item == item; },
        [](StockUnit& unit) { unit.stock.free += 100; });
  }
  options.stock = 100;
  ShopOracle plentiful(story.application, ShopInput(1, options, *story.application));
  const auto findings = story.TimedRun::Judge(plentiful, false);
  EXPECT_THAT(findings.first(Damage::kContradictory)[0], HasSubstr("pieces were refused, and 10"));
  EXPECT_EQ(findings.count(Damage::kContradictory), refused);
  EXPECT_EQ(findings.total(), refused) << findings.Text();
}

TEST(ShopOracleTest, NoPieceAppearsOrVanishes) {
  auto story = Fifty();
  ChangeFrom(
      story, kStock, [](const StockUnit& unit) { return Is(unit, StockDeed::kReleased); },
      [](StockUnit& unit) { ++unit.stock.sold; });
  EXPECT_THAT(Only(story, Damage::kWrongState), HasSubstr("and not '"));
}

TEST(ShopOracleTest, ABasketIsTheOneThatFollows) {
  auto story = Fifty();
  ChangeFrom(
      story, kCarts, [](const CartUnit& unit) { return Is(unit, CartDeed::kAdded); },
      [](CartUnit& unit) { ++unit.basket.asked; });
  EXPECT_THAT(Only(story, Damage::kWrongState), HasSubstr("deed 3 of cart-"));
}

TEST(ShopOracleTest, WhatAnItemSaysOfAnAddIsWhatWasOffered) {
  EXPECT_THAT(OnlyOf(Damage::kContradictory, kStock,
                     [](StockUnit& unit) { return Is(unit, StockDeed::kRefused) && ++unit.pieces; }),
              HasSubstr("are none of what was offered there"));
  EXPECT_THAT(OnlyOf(Damage::kContradictory, kCarts,
                     [](CartUnit& unit) { return Is(unit, CartDeed::kRefused) && ++unit.line.pieces; }),
              HasSubstr("are none of what was asked for"));
}

TEST(ShopOracleTest, ARestockBringsWhatWasOffered) {
  auto story = Fifty();
  bool first = true;
  ChangeFrom(
      story, kStock, [](const StockUnit& unit) { return Is(unit, StockDeed::kRestocked); },
      [&](StockUnit& unit) {
        unit.pieces += first && Is(unit, StockDeed::kRestocked);
        first &= !Is(unit, StockDeed::kRestocked);
        unit.stock.free += !first;
        unit.stock.restocked += !first;
      });
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kContradictory)[0], HasSubstr("is none of what was offered"));
}

TEST(ShopOracleTest, ARemovedLineIsTheOneThatWasPicked) {
  EXPECT_THAT(OnlyOf(Damage::kContradictory, kCarts,
                     [](CartUnit& unit) { return Is(unit, CartDeed::kRemoved) && ++unit.line.pieces; }),
              HasSubstr("of which it had to remove the"));
}

TEST(ShopOracleTest, EveryMessageLostShows) {
  for (const auto& type : {Codec<Reserve>::Name(), Codec<Reserved>::Name(), Codec<Release>::Name(), Codec<Sale>::Name(),
                           Codec<Command>::Name(), Codec<Restock>::Name()}) {
    auto options = Village();
    options.removes = 40;
    options.time_out = std::chrono::hours(1);
    Story story(options, {.lose = type});
    story.RunAll(60);
    const auto findings = story.Judge();
    EXPECT_GT(findings.count(Damage::kMissing), 0u) << type << findings.Text();
    EXPECT_EQ(story.ledger.expected, story.ledger.seen + story.ledger.missing);
    const bool alone = type == Codec<Release>::Name() || type == Codec<Sale>::Name();
    if (alone) {
      EXPECT_THAT(Only(story, Damage::kMissing), HasSubstr("its end was told, and never came"));
    }
  }
}

TEST(ShopOracleTest, EveryMessageHandledTwiceShows) {
  for (const auto& type : {Codec<Reserve>::Name(), Codec<Reserved>::Name(), Codec<Release>::Name(), Codec<Sale>::Name(),
                           Codec<Command>::Name(), Codec<Restock>::Name()}) {
    auto story = Fifty({.repeat = type});
    EXPECT_FALSE(story.Judge().none()) << type;
  }
  auto story = Fifty({.repeat = Codec<Restock>::Name()});
  EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr("was answered twice"));
  Story lasting(OneLine(), {.repeat = Codec<TimeOut>::Name()});
  lasting.RunAll(1);
  EXPECT_THAT(Only(lasting, Damage::kDuplicate), HasSubstr("came again"));
}

TEST(ShopOracleTest, NothingIsSoldThatWasNotReserved) {
  auto story = Fifty({.repeat = Codec<Sale>::Name()});
  EXPECT_THAT(story.Judge().first(Damage::kPhantom)[0], HasSubstr("is sold, and was not granted, or is over"));
}

TEST(ShopOracleTest, BothSidesNameTheSameUnit) {
  EXPECT_THAT(OnlyOf(Damage::kContradictory, kStock,
                     [](StockUnit& unit) { return Is(unit, StockDeed::kSold) && (unit.by.version += 1'000); }),
              HasSubstr("its end was told as 4"));
}

TEST(ShopOracleTest, ARefusalIsNotTakenForAGrant) {
  auto options = OneLine();
  options.stock = 0;
  options.restock_pieces = 1;
  options.pieces = 1;
  Story story(options);
  story.Offer(PartitionId(0), 0), story.Handle();
  story.Offer(PartitionId(1), 0), story.Handle();
  story.offered = 1;
  story.ChangeOutput(kCarts, [](CartUnit& unit) {
    if (!Is(unit, CartDeed::kRefused)) return false;
    unit.deed = static_cast<std::uint32_t>(CartDeed::kAdded);
    AppendLine(unit.basket.lines, unit.line);
    unit.basket.time_out = 1;
    unit.basket.due = unit.at + 15;
    return true;
  });
  story.Relink();
  EXPECT_THAT(Only(story, Damage::kContradictory), HasSubstr("its answer was told as 2 by version 1, and taken as 1"));
}

// What the item did not hear of, no output tells: the time-out came a moment ago.
TEST(ShopOracleTest, WhatIsReservedIsInCartsAtRest) {
  Story story(OneLine(), {.lose = Codec<Release>::Name()});
  story.RunAll(1);
  EXPECT_TRUE(story.Judge().none()) << "it may still come";
  EXPECT_THAT(Only(story, Damage::kWrongState, true), HasSubstr("pieces are reserved, and 0 are in carts"));
}

TEST(ShopOracleTest, StateOfAnotherHistoryIsWrong) {
  auto options = Village();
  options.check_outs = 0;
  options.time_out = std::chrono::hours(1);
  Story story(options);
  story.RunAll(50);
  ASSERT_TRUE(story.Judge(true).none());
  const auto cart = story.application->FindFunction(kCart).value().value;
  const auto item = story.application->FindFunction(kItem).value().value;
  story.memory.erase({cart, "cart-0"});
  story.memory[{cart, "cart-1"}] = story.memory[{cart, "cart-2"}];
  story.memory[{item, "item-9"}] = "?";
  std::string all = story.Judge(true).Text();
  EXPECT_THAT(all, HasSubstr("'cart-0': no state after its outputs"));
  EXPECT_THAT(all, HasSubstr("'cart-1': its state is not the one"));
  EXPECT_THAT(all, HasSubstr("'item-9': there is no such instance"));
}

TEST(ShopOracleTest, WhatNobodyOfferedIsAPhantom) {
  auto story = Fifty();
  story.offered -= 1;
  const auto findings = story.Judge();
  EXPECT_EQ(findings.count(Damage::kPhantom), 3u) << findings.Text();
  EXPECT_EQ(findings.total(), 3u) << findings.Text();
  story = Fifty();
  story.outputs.push_back({story.application->FindEgress(kStock.name).value(), "item-0", "?"});
  Only(story, Damage::kPhantom);
}

// Rolled back, and gone on in another order: each timeline alone is right, output of both is not.
TEST(ShopOracleTest, OutputOfARolledBackTimelineShows) {
  Story story(Village());
  story.RunAll(20);
  Story other(story), more(story);
  other.Offer(PartitionId(0), 20), other.Offer(PartitionId(1), 20), other.Handle();
  more.Offer(PartitionId(1), 20), more.Offer(PartitionId(0), 20), more.Handle();
  const auto common = static_cast<std::ptrdiff_t>(story.outputs.size());
  other.outputs.insert(other.outputs.end(), more.outputs.begin() + common, more.outputs.end());
  EXPECT_FALSE(other.Judge().none());
}

}  // namespace
}  // namespace holdfast::shopping_cart
