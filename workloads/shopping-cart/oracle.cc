#include "workloads/shopping-cart/oracle.h"

#include "core/base/hash.h"
#include "workloads/oracles/strange_record.h"

namespace holdfast::shopping_cart {

ShopOracle::ShopOracle(std::shared_ptr<const Application> application, ShopInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      carts_egress_(application_->FindEgress(kCarts.name).value()),
      orders_egress_(application_->FindEgress(kOrders.name).value()),
      stock_egress_(application_->FindEgress(kStock.name).value()),
      partitions_(input_.partitions()),
      carts_(input_.options().carts),
      items_(input_.options().items, ItemStory{.stock = {.free = input_.options().stock}, .mark = {}}) {}

void ShopOracle::Offered(PartitionId partition, std::uint64_t end) {
  auto& due = partitions_.at(partition.value).due;
  for (; due.end() < end; ++expected_) due.Add({});
}

void ShopOracle::See(const EgressRecord& record) {
  if (record.egress == carts_egress_) return SeeCart(record);
  if (record.egress == stock_egress_) return SeeItem(record);
  if (record.egress == orders_egress_) return SeeOrder(record);
  AddStrangeRecord(record, findings_);
}

template <class Unit>
bool ShopOracle::IsNews(const Unit& unit, const std::string& id, Mark& latest) {
  if (unit.mark.version <= latest.version) {
    const bool other = unit.mark.version == latest.version && unit.mark.chain != latest.chain;
    findings_.Add(other ? Damage::kContradictory : Damage::kDuplicate, [&] {
      return fmt::format("version {} of {} came again{}, after version {}", unit.mark.version, id,
                         other ? " with other content" : "", latest.version);
    });
    return false;
  }
  auto bare = unit;
  bare.mark = {};
  std::string told;
  Codec<Unit>::Encode(bare, told);
  const bool next = unit.mark.version == latest.version + 1;
  if (!next || unit.mark.chain != Hash64(told, latest.version == 0 ? Hash64(id) : latest.chain)) {
    findings_.Add(Damage::kBrokenChain, [&] {
      return fmt::format("version {} of {} came after version {}: {}", unit.mark.version, id, latest.version,
                         next ? "it stands for another history" : "versions between were never seen");
    });
  }
  latest = unit.mark;
  return true;
}

void ShopOracle::Answer(const Place& place, std::string_view content) {
  const auto name = [&] { return fmt::format("record {}/{}", place.partition, place.offset); };
  if (place.partition >= partitions_.size() || place.offset >= partitions_[place.partition].due.end()) {
    return findings_.Add(Damage::kPhantom, [&] { return name() + " was answered, and never offered"; });
  }
  auto& partition = partitions_[place.partition];
  if (partition.marks.Mark(place.offset, content) != SeenMarks::Sight::kFirst) {
    return findings_.Add(Damage::kContradictory, [&] { return name() + " was answered twice"; });
  }
  partition.due.Take(place.offset);
  ++seen_;
}

void ShopOracle::SeeCart(const EgressRecord& record) {
  CartUnit unit;
  const bool parses = Codec<CartUnit>::Decode(record.value, unit) && unit.cart < carts_.size();
  if (!parses || record.key != CartId(unit.cart)) return AddStrangeRecord(record, findings_);
  auto& cart = carts_[unit.cart];
  if (!IsNews(unit, CartId(unit.cart), cart.mark)) return;
  latest_ = std::max(latest_, unit.at);
  switch (static_cast<CartDeed>(unit.deed)) {
    case CartDeed::kAsked:
    case CartDeed::kAbandoned:
    case CartDeed::kStale:
      ++expected_, ++seen_;
      break;
    default:
      Answer(unit.place, record.value);
  }
  ReplayCart(unit, cart);
}

void ShopOracle::SeeItem(const EgressRecord& record) {
  StockUnit unit;
  const bool parses = Codec<StockUnit>::Decode(record.value, unit) && unit.item < items_.size();
  if (!parses || record.key != ItemId(unit.item)) return AddStrangeRecord(record, findings_);
  auto& item = items_[unit.item];
  if (!IsNews(unit, ItemId(unit.item), item.mark)) return;
  if (static_cast<StockDeed>(unit.deed) == StockDeed::kRestocked) {
    Answer(unit.place, record.value);
  } else {
    ++expected_, ++seen_;
  }
  ReplayItem(unit, item);
}

void ShopOracle::SeeOrder(const EgressRecord& record) {
  Order order;
  const bool parses = Codec<Order>::Decode(record.value, order) && order.cart < carts_.size();
  if (!parses || record.key != CartId(order.cart)) return AddStrangeRecord(record, findings_);
  auto& latest = carts_[order.cart].orders;
  const auto name = [&] { return fmt::format("order {} of cart-{}", order.number, order.cart); };
  if (order.number <= latest) {
    return findings_.Add(Damage::kDuplicate, [&] { return name() + " came again"; });
  }
  latest = order.number;
  ++expected_, ++seen_;
  const auto content = Hash64(record.value);
  const auto [place, first] = orders_.try_emplace({order.cart, order.number}, OrderHalf{content, true});
  if (first) return;
  if (place->second.content != content) {
    findings_.Add(Damage::kContradictory, [&] { return name() + " is not what the cart held"; });
  }
  orders_.erase(place);
}

void ShopOracle::Finish() {
  for (std::uint16_t p = 0; p < partitions_.size(); ++p) {
    partitions_[p].due.ForEach([&](std::uint64_t offset, char) {
      findings_.Add(Damage::kMissing, [&] {
        return fmt::format("no answer to {} {}/{}", input_.IsRestock(PartitionId(p)) ? "restock" : "command", p,
                           offset);
      });
    });
  }
  for (const auto& [name, half] : orders_) {
    const auto text = [&, name = name] { return fmt::format("order {} of cart-{}", name.second, name.first); };
    if (!half.seen) Miss([&] { return text() + " was made, and never seen"; });
    if (half.seen) findings_.Add(Damage::kPhantom, [&] { return text() + " is one that the cart never made"; });
  }
  FinishCarts();
  FinishReservations();
}

Ledger ShopOracle::ledger() const { return findings_.LedgerOf(expected_, seen_); }

}  // namespace holdfast::shopping_cart
