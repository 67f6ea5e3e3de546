// A shop. An item knows how many of its pieces are free, reserved and sold; a cart asks items for reservations, gives
// them back, and turns them into sales. A cart in which nothing changes for long enough is abandoned: it lets itself be
// woken, and gives back whatever it has. Nobody waits: a cart takes commands while items have yet to answer, and what
// it checks out is what it was granted by then.
#pragma once

#include <chrono>

#include "core/model/function.h"
#include "workloads/shopping-cart/messages.h"

namespace holdfast::shopping_cart {

class Cart : public Function<Cart> {
 public:
  static constexpr std::string_view kName = kCart;
  using Handles = Messages<Command, Reserved, TimeOut>;
  Value<Basket> basket{*this, "basket"};
  Value<Mark> mark{*this, "mark"};

  struct Terms {
    std::uint64_t most_lines;            // With those asked for.
    std::chrono::milliseconds patience;  // Until a cart is abandoned.
  };
  explicit Cart(Terms terms) : terms_(terms) {}

  // kInvalidArgument if there is no such wish.
  Status On(Context& ctx, const Command& command);
  Status On(Context& ctx, const Reserved& answer);
  void On(Context& ctx, const TimeOut& time_out);

 private:
  void Add(Context& ctx, const Command& command, Basket& now);
  void Remove(Context& ctx, const Command& command, Basket& now);
  void CheckOut(Context& ctx, const Command& command, Basket& now);
  // What the cart holds has changed: its time-out begins anew, or is needed no more.
  void SetTimeOut(Context& ctx, Basket& now) const;
  void SendTimeOut(Context& ctx, const Basket& now, std::uint64_t cart, const Mark& by) const;
  // Keeps the basket, and tells of the unit; its mark is filled in.
  Mark Tell(Context& ctx, CartUnit unit, const Basket& now);

  const Terms terms_;
};

class Item : public Function<Item> {
 public:
  static constexpr std::string_view kName = kItem;
  using Handles = Messages<Reserve, Release, Sale, Restock>;
  Value<Stock> stock{*this, "stock"};
  Value<Mark> mark{*this, "mark"};

  explicit Item(std::int64_t initial) : initial_(initial) {}

  void On(Context& ctx, const Reserve& wish);
  void On(Context& ctx, const Release& release);
  void On(Context& ctx, const Sale& sale);
  void On(Context& ctx, const Restock& restock);

 private:
  Stock Present(Context& ctx) const;
  Mark Tell(Context& ctx, StockUnit unit, const Stock& now);

  const std::int64_t initial_;
};

}  // namespace holdfast::shopping_cart
