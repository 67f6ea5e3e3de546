// The units of an item, replayed: each must leave the stock that follows from the one before. And what carts and items
// never agreed on, once all is seen.
#include "workloads/shopping-cart/oracle.h"

namespace holdfast::shopping_cart {
namespace {

std::string TextOf(const Stock& s) {
  return fmt::format("{} free, {} reserved, {} sold, {} restocked, asked {} times", s.free, s.reserved, s.sold,
                     s.restocked, s.asked);
}

std::string NameOf(const StockUnit& unit) {
  return fmt::format("deed {} of item-{}, version {}", unit.deed, unit.item, unit.mark.version);
}

}  // namespace

void ShopOracle::ReplayItem(const StockUnit& unit, ItemStory& item) {
  auto stock = item.stock;
  switch (static_cast<StockDeed>(unit.deed)) {
    case StockDeed::kReserved:
    case StockDeed::kRefused:
      Decide(unit, stock);
      break;
    case StockDeed::kReleased:
    case StockDeed::kSold:
      Settle(unit, stock);
      break;
    case StockDeed::kRestocked: {
      const bool right = unit.place.partition < partitions_.size() &&
                         input_.IsRestock(PartitionId(static_cast<std::uint16_t>(unit.place.partition)));
      const auto offered = right ? input_.RestockAt(unit.place) : Restock{};
      if (!right || offered.item != unit.item || offered.pieces != unit.pieces) {
        findings_.Add(Damage::kContradictory, [&] { return NameOf(unit) + " is none of what was offered"; });
      }
      stock.free += unit.pieces;
      stock.restocked += unit.pieces;
      break;
    }
    default:
      findings_.Add(Damage::kPhantom, [&] { return NameOf(unit) + ", whatever that is"; });
  }
  if (stock != unit.stock) {
    findings_.Add(Damage::kWrongState, [&] {
      return fmt::format("{} left '{}', and not '{}'", NameOf(unit), TextOf(unit.stock), TextOf(stock));
    });
  }
  item.stock = unit.stock;
}

void ShopOracle::CheckAdd(const StockUnit& unit) {
  const bool command = unit.place.partition < input_.options().command_partitions;
  const auto offered = command ? input_.CommandAt(unit.place) : Command{};
  const bool add = command && static_cast<Wish>(offered.wish) == Wish::kAdd;
  if (add && offered.cart == unit.cart && offered.item == unit.item && offered.pieces == unit.pieces) return;
  findings_.Add(Damage::kContradictory, [&] {
    return fmt::format("{}: {} pieces for cart-{} by {}/{} are none of what was offered there", NameOf(unit),
                       unit.pieces, unit.cart, unit.place.partition, unit.place.offset);
  });
}

void ShopOracle::Decide(const StockUnit& unit, Stock& stock) {
  CheckAdd(unit);
  const bool granted = static_cast<StockDeed>(unit.deed) == StockDeed::kReserved;
  if (granted != (stock.free >= unit.pieces)) {
    findings_.Add(Damage::kContradictory, [&] {
      return fmt::format("{}: {} pieces were {}, and {} were free", NameOf(unit), unit.pieces,
                         granted ? "granted" : "refused", stock.free);
    });
  }
  ++stock.asked;
  if (granted) {
    stock.free -= unit.pieces;
    stock.reserved += unit.pieces;
  }
  handshakes_.Hear(unit.place, Step::kAsk, {.mark = unit.by});
  handshakes_.Say(unit.place, Step::kAnswer, {.word = unit.deed, .mark = unit.mark});
}

void ShopOracle::Settle(const StockUnit& unit, Stock& stock) {
  CheckAdd(unit);
  const bool sold = static_cast<StockDeed>(unit.deed) == StockDeed::kSold;
  if (!handshakes_.Granted(unit.place)) {
    findings_.Add(Damage::kPhantom, [&] {
      return fmt::format("{}: {} is {}, and was not granted, or is over", NameOf(unit), NameOfReservation(unit.place),
                         sold ? "sold" : "released");
    });
  }
  stock.reserved -= unit.pieces;
  (sold ? stock.sold : stock.free) += unit.pieces;
  handshakes_.Hear(unit.place, Step::kEnd, {.word = unit.deed, .mark = unit.by});
}

void ShopOracle::FinishReservations() {
  handshakes_.ForEachHalf([&](const Place& add, Step step, const Said* said, const Said* heard) {
    const auto what = step == Step::kAsk ? "asking" : step == Step::kAnswer ? "answer" : "end";
    if (heard != nullptr) {
      return findings_.Add(Damage::kPhantom, [&] {
        return fmt::format("{}: its {} came, and nobody told it", NameOfReservation(add), what);
      });
    }
    // The item may not have shown yet that it heard of a time-out that came a moment ago.
    if (said->patience && !Overdue(said->at)) return;
    Miss([&] { return fmt::format("{}: its {} was told, and never came", NameOfReservation(add), what); });
  });
}

}  // namespace holdfast::shopping_cart
