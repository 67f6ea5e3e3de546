#include "workloads/shopping-cart/functions.h"

#include "core/base/hash.h"

namespace holdfast::shopping_cart {
namespace {

constexpr CancellationToken kTimeOutToken{"time-out"};

template <class Unit>
Mark Link(Context& ctx, const std::optional<Mark>& before, const Unit& unit) {
  std::string told;
  Codec<Unit>::Encode(unit, told);
  return {before ? before->version + 1 : 1, Hash64(told, before ? before->chain : Hash64(ctx.self().id))};
}

std::uint32_t Number(CartDeed deed) { return static_cast<std::uint32_t>(deed); }
std::uint32_t Number(StockDeed deed) { return static_cast<std::uint32_t>(deed); }

}  // namespace

Mark Cart::Tell(Context& ctx, CartUnit unit, const Basket& now) {
  unit.at = ctx.Now().millis;
  unit.basket = now;
  unit.mark = Link(ctx, ctx.Get(mark), unit);
  ctx.Set(basket, now);
  ctx.Set(mark, unit.mark);
  ctx.Emit(kCarts, ctx.self().id, unit);
  return unit.mark;
}

void Cart::SetTimeOut(Context& ctx, Basket& now) const {
  if (now.lines.empty()) {
    now.due = 0;
    return ctx.Cancel(kTimeOutToken);
  }
  ++now.time_out;
  now.due = ctx.Now().millis + terms_.patience.count();
}

void Cart::SendTimeOut(Context& ctx, const Basket& now, std::uint64_t cart, const Mark& by) const {
  if (now.due == 0) return;
  ctx.SendAfter(terms_.patience, ctx.self(), TimeOut{cart, now.time_out, now.due, by}, kTimeOutToken);
}

Status Cart::On(Context& ctx, const Command& command) {
  auto now = ctx.Get(basket).value_or(Basket());
  ++now.commands;
  switch (static_cast<Wish>(command.wish)) {
    case Wish::kAdd:
      Add(ctx, command, now);
      return {};
    case Wish::kRemove:
      Remove(ctx, command, now);
      return {};
    case Wish::kCheckOut:
      CheckOut(ctx, command, now);
      return {};
  }
  return MakeError(ErrorCode::kInvalidArgument,
                   "command {}/{}: there is no wish number {}; known: 0 add, 1 remove, 2 check out",
                   command.place.partition, command.place.offset, command.wish);
}

void Cart::Add(Context& ctx, const Command& command, Basket& now) {
  const bool full = ReadLines(now.lines).size() + now.waiting >= terms_.most_lines;
  if (!full) ++now.asked, ++now.waiting;
  CartUnit unit{.cart = command.cart, .deed = Number(full ? CartDeed::kFull : CartDeed::kAsked)};
  unit.place = command.place;
  const auto asked = Tell(ctx, unit, now);
  if (full) return;
  ctx.Send(To<Item>(ItemId(command.item)), Reserve{command.place, command.cart, command.item, command.pieces, asked});
}

Status Cart::On(Context& ctx, const Reserved& answer) {
  auto now = ctx.Get(basket).value_or(Basket());
  const auto& add = answer.line.add;
  if (now.waiting == 0) {
    return MakeError(ErrorCode::kInternal, "an answer to add {}/{}, for which cart {} does not wait", add.partition,
                     add.offset, answer.cart);
  }
  --now.waiting;
  if (answer.granted) {
    AppendLine(now.lines, answer.line);
    SetTimeOut(ctx, now);
  }
  CartUnit unit{.cart = answer.cart, .deed = Number(answer.granted ? CartDeed::kAdded : CartDeed::kRefused)};
  unit.place = add;
  unit.line = answer.line;
  const auto told = Tell(ctx, unit, now);
  if (answer.granted) SendTimeOut(ctx, now, answer.cart, told);
  return {};
}

void Cart::Remove(Context& ctx, const Command& command, Basket& now) {
  auto lines = ReadLines(now.lines);
  CartUnit unit{.cart = command.cart, .deed = Number(lines.empty() ? CartDeed::kNothing : CartDeed::kRemoved)};
  unit.place = command.place;
  if (lines.empty()) {
    Tell(ctx, unit, now);
    return;
  }
  const auto which = lines.begin() + static_cast<std::ptrdiff_t>(command.pick % lines.size());
  unit.line = *which;
  lines.erase(which);
  now.lines.clear();
  for (const auto& line : lines) AppendLine(now.lines, line);
  SetTimeOut(ctx, now);
  const auto told = Tell(ctx, unit, now);
  ctx.Send(To<Item>(ItemId(unit.line.item)), Release{command.cart, unit.line, told});
  SendTimeOut(ctx, now, command.cart, told);
}

void Cart::CheckOut(Context& ctx, const Command& command, Basket& now) {
  const auto bytes = std::exchange(now.lines, {});
  const auto lines = ReadLines(bytes);
  CartUnit unit{.cart = command.cart, .deed = Number(lines.empty() ? CartDeed::kEmpty : CartDeed::kOrdered)};
  unit.place = command.place;
  if (lines.empty()) {
    Tell(ctx, unit, now);
    return;
  }
  ++now.orders;
  for (const auto& line : lines) now.bought += line.pieces;
  SetTimeOut(ctx, now);
  const auto told = Tell(ctx, unit, now);
  for (const auto& line : lines) ctx.Send(To<Item>(ItemId(line.item)), Sale{command.cart, line, told});
  ctx.Emit(kOrders, ctx.self().id, {command.place, command.cart, now.orders, bytes, told});
}

void Cart::On(Context& ctx, const TimeOut& time_out) {
  auto now = ctx.Get(basket).value_or(Basket());
  const bool current = now.due != 0 && time_out.number == now.time_out;
  CartUnit unit{.cart = time_out.cart, .deed = Number(current ? CartDeed::kAbandoned : CartDeed::kStale)};
  unit.number = time_out.number;
  unit.due = time_out.due;
  if (!current) {
    Tell(ctx, unit, now);
    return;
  }
  const auto lines = ReadLines(std::exchange(now.lines, {}));
  now.due = 0;
  const auto told = Tell(ctx, unit, now);
  for (const auto& line : lines) ctx.Send(To<Item>(ItemId(line.item)), Release{time_out.cart, line, told});
}

Stock Item::Present(Context& ctx) const { return ctx.Get(stock).value_or(Stock{.free = initial_}); }

Mark Item::Tell(Context& ctx, StockUnit unit, const Stock& now) {
  unit.stock = now;
  unit.mark = Link(ctx, ctx.Get(mark), unit);
  ctx.Set(stock, now);
  ctx.Set(mark, unit.mark);
  ctx.Emit(kStock, ctx.self().id, unit);
  return unit.mark;
}

void Item::On(Context& ctx, const Reserve& wish) {
  auto now = Present(ctx);
  const bool granted = now.free >= wish.pieces;
  ++now.asked;
  if (granted) {
    now.free -= wish.pieces;
    now.reserved += wish.pieces;
  }
  const auto deed = granted ? StockDeed::kReserved : StockDeed::kRefused;
  const auto told = Tell(ctx, {wish.item, Number(deed), wish.add, wish.cart, wish.pieces, wish.asked, {}, {}}, now);
  ctx.Reply(Reserved{wish.cart, granted, {wish.add, wish.item, wish.pieces, told}});
}

void Item::On(Context& ctx, const Release& release) {
  const auto& [add, item, pieces, granted] = release.line;
  auto now = Present(ctx);
  now.reserved -= pieces;
  now.free += pieces;
  Tell(ctx, {item, Number(StockDeed::kReleased), add, release.cart, pieces, release.by, {}, {}}, now);
}

void Item::On(Context& ctx, const Sale& sale) {
  const auto& [add, item, pieces, granted] = sale.line;
  auto now = Present(ctx);
  now.reserved -= pieces;
  now.sold += pieces;
  Tell(ctx, {item, Number(StockDeed::kSold), add, sale.cart, pieces, sale.by, {}, {}}, now);
}

void Item::On(Context& ctx, const Restock& restock) {
  auto now = Present(ctx);
  now.free += restock.pieces;
  now.restocked += restock.pieces;
  Tell(ctx, {restock.item, Number(StockDeed::kRestocked), restock.place, 0, restock.pieces, {}, {}, {}}, now);
}

}  // namespace holdfast::shopping_cart
