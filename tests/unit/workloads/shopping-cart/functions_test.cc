#include "workloads/shopping-cart/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/shopping-cart/story.h"

namespace holdfast::shopping_cart {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// One cart, one item; the test says what is offered.
ShopOptions Alone() {
  ShopOptions options;
  options.carts = options.items = options.command_partitions = 1;
  options.stock = 5;
  options.lines = 2;
  options.time_out = std::chrono::milliseconds(10);
  return options;
}

// What the test says, in its order.
class Said final : public Input {
 public:
  explicit Said(const Application& application)
      : commands_(application.FindIngress(kCommands).value()), restocks_(application.FindIngress(kRestocks).value()) {}

  std::uint16_t partitions() const override { return 1; }
  void Record(PartitionId, std::uint64_t offset, InputRecord& record) const override { record = records_.at(offset); }
  void Add(std::int64_t pieces) { Say({{0, records_.size()}, 0, 0, 0, pieces, 0}); }
  void Remove(std::uint64_t pick) { Say({{0, records_.size()}, 0, 1, 0, 0, pick}); }
  void CheckOut() { Say({{0, records_.size()}, 0, 2, 0, 0, 0}); }
  void Say(const Command& command) {
    auto& record = records_.emplace_back(CartId(0), "", commands_);
    Codec<Command>::Encode(command, record.value);
  }
  void Restock(std::int64_t pieces) {
    auto& record = records_.emplace_back(ItemId(0), "", restocks_);
    Codec<shopping_cart::Restock>::Encode({{0, records_.size()}, 0, pieces}, record.value);
  }

 private:
  std::uint16_t commands_;
  std::uint16_t restocks_;
  std::vector<InputRecord> records_;
};

class ShopTest : public testing::Test {
 protected:
  // The next that was said comes, and all that follows at once.
  void Come() {
    run.Offer(PartitionId(0), run.offered++);
    run.Handle();
  }
  std::vector<CartDeed> Deeds() const {
    std::vector<CartDeed> deeds;
    for (const auto& unit : run.All(kCarts)) deeds.push_back(static_cast<CartDeed>(unit.deed));
    return deeds;
  }
  Stock StockNow() const { return run.All(kStock).back().stock; }

  std::shared_ptr<const Application> application = ShopApplication(Alone()).value();
  std::shared_ptr<Said> said = std::make_shared<Said>(*application);
  TimedRun run{application, said};
};

TEST_F(ShopTest, AnAddReservesPiecesOfItsItem) {
  said->Add(3);
  Come();
  EXPECT_THAT(Deeds(), ElementsAre(CartDeed::kAsked, CartDeed::kAdded));
  EXPECT_EQ(StockNow(), (Stock{.free = 2, .reserved = 3, .asked = 1}));
  const auto lines = ReadLines(run.All(kCarts).back().basket.lines);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].pieces, 3);
  EXPECT_EQ(lines[0].stock, run.All(kStock)[0].mark);
}

TEST_F(ShopTest, AnItemThatHasNotEnoughRefusesAndKeepsWhatItHas) {
  said->Add(6);
  Come();
  EXPECT_THAT(Deeds(), ElementsAre(CartDeed::kAsked, CartDeed::kRefused));
  EXPECT_EQ(StockNow(), (Stock{.free = 5, .asked = 1}));
  EXPECT_TRUE(run.OnTheWay().empty()) << "an empty cart needs no time-out";
}

TEST_F(ShopTest, ARestockedItemHasEnough) {
  said->Restock(1);
  said->Add(6);
  Come(), Come();
  EXPECT_EQ(StockNow(), (Stock{.free = 0, .reserved = 6, .restocked = 1, .asked = 1}));
}

TEST_F(ShopTest, AFullCartAsksNobody) {
  for (int i = 0; i < 3; ++i) said->Add(1), Come();
  EXPECT_EQ(Deeds().back(), CartDeed::kFull);
  EXPECT_EQ(StockNow().reserved, 2);
}

// The item has not answered yet.
TEST_F(ShopTest, WhatWasAskedForTakesRoomButIsNotCheckedOut) {
  for (int i = 0; i < 3; ++i) said->Add(1);
  said->CheckOut();
  for (int i = 0; i < 4; ++i) run.Offer(PartitionId(0), run.offered++);
  run.Handle(4);
  EXPECT_THAT(Deeds(), ElementsAre(CartDeed::kAsked, CartDeed::kAsked, CartDeed::kFull, CartDeed::kEmpty));
  run.Handle();
  EXPECT_EQ(ReadLines(run.All(kCarts).back().basket.lines).size(), 2u);
}

TEST_F(ShopTest, ARemoveGivesOneLineBack) {
  said->Add(1), said->Add(2), said->Remove(3), said->Remove(0), said->Remove(0);
  for (int i = 0; i < 5; ++i) Come();
  const auto units = run.All(kCarts);
  ASSERT_EQ(units.size(), 7u);
  EXPECT_EQ(units[4].line.pieces, 2) << "number 3 of 2 is the second";
  EXPECT_EQ(units[5].line.pieces, 1);
  EXPECT_EQ(Deeds().back(), CartDeed::kNothing);
  EXPECT_EQ(StockNow(), (Stock{.free = 5, .asked = 2}));
  EXPECT_TRUE(run.OnTheWay().empty()) << "nor does one that was emptied";
}

TEST_F(ShopTest, ACheckOutSellsWhatTheCartHoldsAndTellsOfItsOrder) {
  said->Add(1), said->Add(2), said->CheckOut(), said->CheckOut();
  for (int i = 0; i < 4; ++i) Come();
  const auto orders = run.All(kOrders);
  ASSERT_EQ(orders.size(), 1u);
  const auto lines = ReadLines(orders[0].lines);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].stock, run.All(kStock)[0].mark);
  EXPECT_EQ(lines[1].stock, run.All(kStock)[1].mark);
  EXPECT_EQ(StockNow(), (Stock{.free = 2, .sold = 3, .asked = 2}));
  EXPECT_EQ(Deeds().back(), CartDeed::kEmpty);
  EXPECT_EQ(run.All(kCarts).back().basket.bought, 3);
}

TEST_F(ShopTest, ACartInWhichNothingChangesIsAbandoned) {
  said->Add(1), said->Add(2);
  Come(), Come();
  const auto changed = run.now;
  EXPECT_TRUE(run.Wait());
  run.Handle();
  EXPECT_EQ(run.now, changed + 10) << "the second add put it off";
  EXPECT_EQ(Deeds().back(), CartDeed::kAbandoned);
  EXPECT_EQ(StockNow(), (Stock{.free = 5, .asked = 2}));
  EXPECT_FALSE(run.Wait());
}

// It has left already when the cart changes.
TEST_F(ShopTest, ATimeOutThatWasCalledOffTooLateChangesNothing) {
  said->Add(1), said->CheckOut();
  Come();
  run.Offer(PartitionId(0), run.offered++);
  EXPECT_TRUE(run.Wait());
  run.Handle();
  EXPECT_THAT(Deeds(), ElementsAre(CartDeed::kAsked, CartDeed::kAdded, CartDeed::kOrdered, CartDeed::kStale));
  EXPECT_EQ(StockNow().sold, 1);
}

TEST_F(ShopTest, AnUnknownWishIsRefused) {
  said->Say({{0, 0}, 0, 7, 0, 0, 0});
  Come();
  DeadLetter letter;
  ASSERT_EQ(run.outputs.size(), 1u);
  ASSERT_TRUE(Codec<DeadLetter>::Decode(run.outputs[0].value, letter));
  EXPECT_THAT(std::string(letter.reason), HasSubstr("no wish number 7; known: 0 add"));
}

TEST(ShopMisdeedTest, AnAnswerThatNobodyWaitsForIsRefused) {
  Story story(Alone(), {.repeat = Codec<Reserved>::Name()});
  story.RunAll(10);
  ASSERT_EQ(story.On(kDeadLetterEgress).size(), 1u);
  DeadLetter letter;
  ASSERT_TRUE(Codec<DeadLetter>::Decode(story.outputs[story.On(kDeadLetterEgress)[0]].value, letter));
  EXPECT_THAT(std::string(letter.reason), HasSubstr("for which cart 0 does not wait"));
}

}  // namespace
}  // namespace holdfast::shopping_cart
