// The units of a cart, replayed: each must leave the basket that follows from the one before.
#include "core/base/hash.h"
#include "workloads/shopping-cart/oracle.h"

namespace holdfast::shopping_cart {
namespace {

// What was due so long before the latest time seen must be done, in milliseconds: outputs of different workers become
// visible at different times.
constexpr std::int64_t kGrace = 2'000;

std::string TextOf(const Basket& b) {
  return fmt::format("{} commands, {} asked, {} waiting, {} orders of {} pieces, time-out {} at {}, {} lines",
                     b.commands, b.asked, b.waiting, b.orders, b.bought, b.time_out, b.due, ReadLines(b.lines).size());
}

std::string NameOf(const CartUnit& unit) {
  return fmt::format("deed {} of cart-{}, version {}", unit.deed, unit.cart, unit.mark.version);
}

std::int64_t PiecesOf(const std::vector<Line>& lines) {
  std::int64_t pieces = 0;
  for (const auto& line : lines) pieces += line.pieces;
  return pieces;
}

bool SameLine(const Line& a, const Line& b) {
  return a.add == b.add && a.item == b.item && a.pieces == b.pieces && a.stock == b.stock;
}

}  // namespace

bool ShopOracle::Overdue(std::int64_t due) const { return !clocks_disagree_ && due + kGrace < latest_; }

void ShopOracle::ReplayCart(const CartUnit& unit, CartStory& cart) {
  auto basket = cart.basket;
  switch (static_cast<CartDeed>(unit.deed)) {
    case CartDeed::kAdded:
    case CartDeed::kRefused:
      TakeAnswer(unit, basket);
      break;
    case CartDeed::kAbandoned:
    case CartDeed::kStale:
      TakeTimeOut(unit, cart, basket);
      break;
    default:
      TakeCommand(unit, cart, basket);
  }
  if (basket != unit.basket) {
    findings_.Add(Damage::kWrongState, [&] {
      return fmt::format("{} left '{}', and not '{}'", NameOf(unit), TextOf(unit.basket), TextOf(basket));
    });
  }
  cart.basket = unit.basket;
}

void ShopOracle::TakeCommand(const CartUnit& unit, CartStory& cart, Basket& basket) {
  const auto wrong = [&](std::string_view why) {
    findings_.Add(Damage::kContradictory, [&] { return fmt::format("{}: {}", NameOf(unit), why); });
  };
  if (unit.place.partition >= input_.options().command_partitions) return wrong("no command comes from there");
  if (unit.place.offset < cart.next) {
    findings_.Add(Damage::kOutOfOrder, [&] {
      return fmt::format("{}: command {}/{} came after {}/{}", NameOf(unit), unit.place.partition, unit.place.offset,
                         unit.place.partition, cart.next - 1);
    });
  }
  cart.next = std::max(cart.next, unit.place.offset + 1);
  ++basket.commands;
  const auto offered = input_.CommandAt(unit.place);
  if (offered.cart != unit.cart) wrong(fmt::format("that command is for cart-{}", offered.cart));
  const auto deed = static_cast<CartDeed>(unit.deed);
  const bool adds = deed == CartDeed::kAsked || deed == CartDeed::kFull;
  const bool removes = deed == CartDeed::kRemoved || deed == CartDeed::kNothing;
  const auto wish = adds ? Wish::kAdd : removes ? Wish::kRemove : Wish::kCheckOut;
  if (static_cast<Wish>(offered.wish) != wish) return wrong(fmt::format("its command has wish {}", offered.wish));
  if (removes) return Remove(unit, basket);
  if (!adds) return CheckOut(unit, cart, basket);
  const bool full = ReadLines(basket.lines).size() + basket.waiting >= input_.options().lines;
  if (full != (deed == CartDeed::kFull)) wrong(full ? "it was full" : "it was not full");
  if (deed == CartDeed::kFull) return;
  ++basket.asked;
  ++basket.waiting;
  handshakes_.Say(unit.place, Step::kAsk, {.mark = unit.mark, .at = unit.at});
}

void ShopOracle::TakeAnswer(const CartUnit& unit, Basket& basket) {
  const bool granted = static_cast<CartDeed>(unit.deed) == CartDeed::kAdded;
  const auto word = granted ? StockDeed::kReserved : StockDeed::kRefused;
  const auto offered = input_.CommandAt(unit.place);
  const bool same = unit.line.add == unit.place && offered.cart == unit.cart && offered.item == unit.line.item &&
                    offered.pieces == unit.line.pieces;
  if (!same) {
    findings_.Add(Damage::kContradictory, [&] {
      return fmt::format("{}: {} pieces of item-{} are none of what was asked for", NameOf(unit), unit.line.pieces,
                         unit.line.item);
    });
  }
  handshakes_.Hear(unit.place, Step::kAnswer, {.word = static_cast<std::uint32_t>(word), .mark = unit.line.stock});
  if (basket.waiting > 0) --basket.waiting;
  if (!granted) return;
  AppendLine(basket.lines, unit.line);
  ExpectTimeOut(unit, basket);
}

void ShopOracle::ExpectTimeOut(const CartUnit& unit, Basket& basket) const {
  const bool needed = !basket.lines.empty();
  if (needed) ++basket.time_out;
  basket.due = needed ? unit.at + input_.options().time_out.count() : 0;
}

void ShopOracle::End(const std::vector<Line>& lines, StockDeed how, const CartUnit& unit, bool patience) {
  for (const auto& line : lines) {
    handshakes_.Say(line.add, Step::kEnd,
                    {.word = static_cast<std::uint32_t>(how), .mark = unit.mark, .at = unit.at, .patience = patience});
  }
}

void ShopOracle::Remove(const CartUnit& unit, Basket& basket) {
  auto lines = ReadLines(basket.lines);
  const bool nothing = static_cast<CartDeed>(unit.deed) == CartDeed::kNothing;
  const auto pick = input_.CommandAt(unit.place).pick;
  if (nothing != lines.empty() || (!nothing && !SameLine(lines[pick % lines.size()], unit.line))) {
    findings_.Add(Damage::kContradictory, [&] {
      return fmt::format("{}: it held {} lines, of which it had to remove the {}th modulo their number", NameOf(unit),
                         lines.size(), pick);
    });
  }
  if (nothing || lines.empty()) return;
  const auto which = lines.begin() + static_cast<std::ptrdiff_t>(pick % lines.size());
  End({*which}, StockDeed::kReleased, unit, false);
  lines.erase(which);
  basket.lines.clear();
  for (const auto& line : lines) AppendLine(basket.lines, line);
  ExpectTimeOut(unit, basket);
}

void ShopOracle::CheckOut(const CartUnit& unit, CartStory& cart, Basket& basket) {
  const auto lines = ReadLines(basket.lines);
  const bool empty = static_cast<CartDeed>(unit.deed) == CartDeed::kEmpty;
  if (empty != lines.empty()) {
    findings_.Add(Damage::kContradictory, [&] {
      return fmt::format("{}: it held {} lines when it was checked out", NameOf(unit), lines.size());
    });
  }
  if (empty) return;
  const auto bytes = std::exchange(basket.lines, {});
  ++basket.orders;
  basket.bought += PiecesOf(lines);
  ExpectTimeOut(unit, basket);
  End(lines, StockDeed::kSold, unit, false);
  std::string order;
  Codec<Order>::Encode({unit.place, unit.cart, basket.orders, bytes, unit.mark}, order);
  const auto [place, first] = orders_.try_emplace({unit.cart, basket.orders}, OrderHalf{Hash64(order), false});
  if (first) return;
  if (place->second.content != Hash64(order)) {
    findings_.Add(Damage::kContradictory,
                  [&] { return fmt::format("order {} of cart-{} is not what the cart held", cart.orders, unit.cart); });
  }
  orders_.erase(place);
}

void ShopOracle::TakeTimeOut(const CartUnit& unit, CartStory& cart, Basket& basket) {
  const auto wrong = [&](Damage damage, std::string_view why) {
    findings_.Add(damage, [&] {
      return fmt::format("{}: time-out {}, due at {}, {}; it waited for {}, due at {}", NameOf(unit), unit.number,
                         unit.due, why, basket.time_out, basket.due);
    });
  };
  const bool current = basket.due != 0 && unit.number == basket.time_out && unit.due == basket.due;
  const bool stale = static_cast<CartDeed>(unit.deed) == CartDeed::kStale;
  if (!cart.came.insert(unit.number).second) wrong(Damage::kDuplicate, "came again");
  if (unit.number == 0 || unit.number > basket.time_out) wrong(Damage::kPhantom, "was never set");
  if (stale == current) wrong(Damage::kContradictory, stale ? "was not called off" : "was called off");
  if (unit.at < unit.due && !clocks_disagree_) {
    wrong(Damage::kContradictory, fmt::format("came {} ms early", unit.due - unit.at));
  }
  if (stale) return;
  End(ReadLines(std::exchange(basket.lines, {})), StockDeed::kReleased, unit, true);
  basket.due = 0;
}

void ShopOracle::FinishCarts() {
  for (std::uint64_t c = 0; c < carts_.size(); ++c) {
    const auto due = carts_[c].basket.due;
    if (due == 0 || !Overdue(due)) continue;
    Miss([&] { return fmt::format("cart-{} was to be abandoned at {}, and was not", c, due); });
  }
}

}  // namespace holdfast::shopping_cart
