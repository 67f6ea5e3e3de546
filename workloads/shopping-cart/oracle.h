// The shopping cart's oracle. Who gets the last piece depends on who comes first, so it cannot know the outcomes; but
// it can replay them. It demands
//
//   - that the units of each cart and each item are told of once, in order, as one gapless chain, each with what
//     follows from what was there before: an item grants if and only if enough is free, no piece appears or vanishes;
//   - that each command is answered once, in the order in which the cart's commands were offered, and each restock
//     made once;
//   - that carts and items agree on each reservation (handshakes.h): asked for once, answered once, and if it was
//     granted, given back or sold once, and never what was not reserved;
//   - that each check-out of a cart that holds something is told of by one order, of just what its items had granted
//     by then, with the versions that granted it;
//   - that a time-out comes once, never early, and empties the cart, unless it was called off.
//
// At rest (CheckState), states are those of the last outputs, and what is reserved of the items is what is in carts.
//
// It shares the messages and the input with the system, and no code with the functions. Its memory grows with carts,
// items, what is under way, and time-outs that came.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "workloads/oracles/oracle.h"
#include "workloads/oracles/outstanding.h"
#include "workloads/oracles/seen_marks.h"
#include "workloads/shopping-cart/application.h"
#include "workloads/shopping-cart/handshakes.h"

namespace holdfast::shopping_cart {

class ShopOracle final : public Oracle {
 public:
  // `application` gives the numbers of egresses and states.
  ShopOracle(std::shared_ptr<const Application> application, ShopInput input);
  ShopOracle(const ShopOracle&) = delete;  // Its parts speak to each other.
  ShopOracle& operator=(const ShopOracle&) = delete;

  void Offered(PartitionId partition, std::uint64_t end) override;
  void See(const EgressRecord& record) override;
  void Disturbed() override {}
  void ClocksDisagree() override { clocks_disagree_ = true; }
  void Finish() override;
  void CheckState(const ForEachAddress& for_each) override;

  Ledger ledger() const override;
  const Findings& findings() const override { return findings_; }

 private:
  struct Partition {
    Outstanding<char> due;  // Not answered yet.
    SeenMarks marks;
  };
  struct CartStory {
    Basket basket;
    Mark mark;
    std::uint64_t next = 0;          // One past the offset of the latest command that came.
    std::uint64_t orders = 0;        // The latest that was seen.
    std::set<std::uint64_t> came{};  // Time-outs, by number.
  };
  struct ItemStory {
    Stock stock;
    Mark mark;
  };

  // oracle.cc: every record once, in its instance's order, and linked to the one before.
  void SeeCart(const EgressRecord& record);
  void SeeItem(const EgressRecord& record);
  void SeeOrder(const EgressRecord& record);
  // Whether it is news of the instance with this id, whose latest unit is `latest`; then it must link to that.
  template <class Unit>
  bool IsNews(const Unit& unit, const std::string& id, Mark& latest);
  // The record at `place` was answered, by an output with this content.
  void Answer(const Place& place, std::string_view content);
  template <class MakeSentence>
  void Miss(const MakeSentence& make_sentence) {
    ++expected_;
    findings_.Add(Damage::kMissing, make_sentence);
  }

  // oracle_carts.cc: what each unit of a cart must have left.
  void ReplayCart(const CartUnit& unit, CartStory& cart);
  void TakeCommand(const CartUnit& unit, CartStory& cart, Basket& basket);
  void TakeAnswer(const CartUnit& unit, Basket& basket);
  void Remove(const CartUnit& unit, Basket& basket);
  void CheckOut(const CartUnit& unit, CartStory& cart, Basket& basket);
  void TakeTimeOut(const CartUnit& unit, CartStory& cart, Basket& basket);
  // Its contents have changed.
  void ExpectTimeOut(const CartUnit& unit, Basket& basket) const;
  // `lines` leave the cart.
  void End(const std::vector<Line>& lines, StockDeed how, const CartUnit& unit, bool patience);
  void FinishCarts();

  // oracle_items.cc: what each unit of an item must have left.
  void ReplayItem(const StockUnit& unit, ItemStory& item);
  void Decide(const StockUnit& unit, Stock& stock);
  void Settle(const StockUnit& unit, Stock& stock);
  // What a unit says of the add it is about is what was offered there.
  void CheckAdd(const StockUnit& unit);
  void FinishReservations();

  bool Overdue(std::int64_t due) const;

  const std::shared_ptr<const Application> application_;
  const ShopInput input_;
  const EgressId carts_egress_;
  const EgressId orders_egress_;
  const EgressId stock_egress_;
  Findings findings_;
  Handshakes handshakes_{findings_};
  std::vector<Partition> partitions_;
  std::vector<CartStory> carts_;
  std::vector<ItemStory> items_;
  // Orders that the cart or the order itself has not told of yet, by cart and number: a hash of what it is.
  struct OrderHalf {
    std::uint64_t content = 0;
    bool seen = false;
  };
  std::map<std::pair<std::uint64_t, std::uint64_t>, OrderHalf> orders_;
  bool clocks_disagree_ = false;
  std::int64_t latest_ = 0;  // The latest application time seen.
  std::uint64_t expected_ = 0;
  std::uint64_t seen_ = 0;
};

}  // namespace holdfast::shopping_cart
