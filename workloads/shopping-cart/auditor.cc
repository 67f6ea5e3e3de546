#include "workloads/shopping-cart/auditor.h"

#include "workloads/oracles/state_reader.h"

namespace holdfast::shopping_cart {

ShopAuditor::ShopAuditor(std::shared_ptr<const Application> application, ShopInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      commands_due_(input_.options().carts),
      restocks_due_(input_.options().items),
      walked_(input_.partitions(),
              [this](PartitionId partition, std::uint64_t offset, int sign) { Walk(partition, offset, sign); }) {
  Forget();
}

void ShopAuditor::Forget() {
  carts_.assign(input_.options().carts, {});
  items_.assign(input_.options().items, ItemFound{.stock = {.free = input_.options().stock}});
  reservations_.clear();
  selling_ = 0;
  asking_ = 0;
  trouble_.clear();
}

void ShopAuditor::Walk(PartitionId partition, std::uint64_t offset, int sign) {
  const Place place{partition.value, offset};
  if (input_.IsRestock(partition)) {
    const auto restock = input_.RestockAt(place);
    restocks_due_[restock.item] += sign * restock.pieces;
  } else {
    commands_due_[input_.CommandAt(place).cart] += static_cast<std::uint64_t>(sign);
  }
}

ShopAuditor::CartFound* ShopAuditor::CartAt(std::uint64_t cart) {
  if (cart < carts_.size()) return &carts_[cart];
  Blame([&] { return fmt::format("there can be no '{}'", CartId(cart)); });
  return nullptr;
}

ShopAuditor::ItemFound* ShopAuditor::ItemAt(std::uint64_t item) {
  if (item < items_.size()) return &items_[item];
  Blame([&] { return fmt::format("there can be no '{}'", ItemId(item)); });
  return nullptr;
}

void ShopAuditor::Enter(const Place& add, std::uint64_t number, std::int64_t granted, const Mark& stock) {
  if (!reservations_.insert(add).second) {
    Blame([&] { return fmt::format("the reservation of {}/{} is in two places", add.partition, add.offset); });
  }
  auto* item = ItemAt(number);
  if (item == nullptr) return;
  item->reserved += granted;
  item->newest = std::max(item->newest, stock.version);
}

void ShopAuditor::ComesFrom(std::uint64_t number, const Mark& by, std::string_view id, const std::string& meant) {
  if (id != meant) Blame([&] { return fmt::format("something for '{}' is at '{}'", meant, id); });
  if (auto* cart = CartAt(number)) cart->newest = std::max(cart->newest, by.version);
}

void ShopAuditor::Row(std::string_view function, std::string_view id, std::string_view record) {
  const auto& spec = application_->functions()[application_->FindFunction(function).value().value];
  const auto version = ReadState<Mark>(spec, record, "mark").value_or(Mark()).version;
  if (function == kItem) {
    auto* item = ItemAt(NumberInId(id, "item-").value_or(~std::uint64_t{0}));
    if (item == nullptr) return;
    item->stock = ReadState<Stock>(spec, record, "stock").value_or(Stock());
    item->version = version;
    return;
  }
  auto* cart = CartAt(NumberInId(id, "cart-").value_or(~std::uint64_t{0}));
  if (cart == nullptr) return;
  cart->basket = ReadState<Basket>(spec, record, "basket").value_or(Basket());
  cart->version = version;
  for (const auto& line : ReadLines(cart->basket.lines)) Enter(line.add, line.item, line.pieces, line.stock);
}

void ShopAuditor::Message(const InTransit& message) {
  const bool known = TakeFromOutside(message) || TakeQuestion(message) || TakeEnd(message) || TakeTimeOut(message);
  if (known && message.where != InTransit::Where::kOperation) return;
  Blame([] { return std::string("something is on its way that does not parse, or that nobody sends"); });
}

bool ShopAuditor::TakeFromOutside(const InTransit& message) {
  const auto& [target, caller, type, group, payload] = message.message;
  Command command;
  Restock restock;
  if (type == application_->ValueTypeOf<Command>() && Codec<Command>::Decode(payload, command)) {
    ComesFrom(command.cart, {}, target.id, CartId(command.cart));
    if (auto* cart = CartAt(command.cart)) ++cart->coming;
    return true;
  }
  if (type != application_->ValueTypeOf<Restock>() || !Codec<Restock>::Decode(payload, restock)) return false;
  if (auto* item = ItemAt(restock.item)) item->coming += restock.pieces;
  return true;
}

bool ShopAuditor::TakeQuestion(const InTransit& message) {
  const auto& [target, caller, type, group, payload] = message.message;
  Reserve wish;
  Reserved answer;
  if (type == application_->ValueTypeOf<Reserve>() && Codec<Reserve>::Decode(payload, wish)) {
    ComesFrom(wish.cart, wish.asked, target.id, ItemId(wish.item));
    Enter(wish.add, wish.item, 0, {});
    ++asking_;
    if (auto* cart = CartAt(wish.cart)) ++cart->asking;
    return true;
  }
  if (type != application_->ValueTypeOf<Reserved>() || !Codec<Reserved>::Decode(payload, answer)) return false;
  const auto& line = answer.line;
  ComesFrom(answer.cart, {}, target.id, CartId(answer.cart));
  Enter(line.add, line.item, answer.granted ? line.pieces : 0, line.stock);
  if (auto* cart = CartAt(answer.cart)) ++cart->asking;
  return true;
}

bool ShopAuditor::TakeEnd(const InTransit& message) {
  const auto& [target, caller, type, group, payload] = message.message;
  Release release;
  Sale sale;
  if (type == application_->ValueTypeOf<Release>() && Codec<Release>::Decode(payload, release)) {
    ComesFrom(release.cart, release.by, target.id, ItemId(release.line.item));
    Enter(release.line.add, release.line.item, release.line.pieces, release.line.stock);
    return true;
  }
  if (type != application_->ValueTypeOf<Sale>() || !Codec<Sale>::Decode(payload, sale)) return false;
  ComesFrom(sale.cart, sale.by, target.id, ItemId(sale.line.item));
  Enter(sale.line.add, sale.line.item, sale.line.pieces, sale.line.stock);
  selling_ += sale.line.pieces;
  return true;
}

bool ShopAuditor::TakeTimeOut(const InTransit& message) {
  const auto& [target, caller, type, group, payload] = message.message;
  TimeOut time_out;
  if (type != application_->ValueTypeOf<TimeOut>() || !Codec<TimeOut>::Decode(payload, time_out)) return false;
  ComesFrom(time_out.cart, time_out.set, target.id, CartId(time_out.cart));
  auto* cart = CartAt(time_out.cart);
  if (cart == nullptr) return true;
  if (time_out.number > cart->last_time_out) cart->current = 0;
  cart->current += time_out.number >= cart->last_time_out;
  cart->last_time_out = std::max(cart->last_time_out, time_out.number);
  cart->scheduled += message.where == InTransit::Where::kDelayed;
  return true;
}

void ShopAuditor::JudgeCart(std::uint64_t number) {
  const auto& cart = carts_[number];
  const auto& basket = cart.basket;
  const auto wrong = [&](const std::string& what) {
    Blame([&] { return fmt::format("{} {}", CartId(number), what); });
  };
  if (basket.commands + cart.coming != commands_due_[number]) {
    wrong(fmt::format("has taken {} commands; {} are below the positions, {} of them on their way", basket.commands,
                      commands_due_[number], cart.coming));
  }
  if (basket.waiting != cart.asking) {
    wrong(fmt::format("waits for {} answers, and {} questions and answers are on their way", basket.waiting,
                      cart.asking));
  }
  const bool latest = cart.last_time_out == basket.time_out;
  const bool fits =
      basket.due != 0 ? latest && cart.current == 1 && cart.scheduled <= 1 : cart.current <= 1 && cart.scheduled == 0;
  if (!fits || cart.last_time_out > basket.time_out) {
    wrong(fmt::format("waits for time-out {}, due at {}; on its way is {}, {} times, and {} still wait",
                      basket.time_out, basket.due, cart.last_time_out, cart.current, cart.scheduled));
  }
  if (cart.newest > cart.version) {
    wrong(fmt::format("has handled {} units, and something is on its way from unit {}: an orphan", cart.version,
                      cart.newest));
  }
}

void ShopAuditor::JudgeItem(std::uint64_t number) {
  const auto& item = items_[number];
  const auto& stock = item.stock;
  const auto wrong = [&](const std::string& what) {
    Blame([&] { return fmt::format("{} {}", ItemId(number), what); });
  };
  const auto initial = input_.options().stock;
  if (initial + stock.restocked != stock.free + stock.reserved + stock.sold) {
    wrong(fmt::format("had {} pieces and got {}; {} are free, {} reserved, {} sold", initial, stock.restocked,
                      stock.free, stock.reserved, stock.sold));
  }
  if (stock.restocked + item.coming != restocks_due_[number]) {
    wrong(fmt::format("got {} pieces; {} are below the positions, {} of them on their way", stock.restocked,
                      restocks_due_[number], item.coming));
  }
  if (stock.reserved != item.reserved) {
    wrong(fmt::format("has reserved {} pieces, and {} are in carts or on their way", stock.reserved, item.reserved));
  }
  if (item.newest > item.version) {
    wrong(fmt::format("has handled {} units, and something is known of unit {}: an orphan", item.version, item.newest));
  }
}

void ShopAuditor::JudgeAll() {
  std::int64_t bought = 0, sold = 0;
  std::uint64_t asked = 0, heard = 0;
  for (const auto& cart : carts_) bought += cart.basket.bought, asked += cart.basket.asked;
  for (const auto& item : items_) sold += item.stock.sold, heard += item.stock.asked;
  if (bought != sold + selling_) {
    Blame([&] {
      return fmt::format("carts have bought {} pieces; items have sold {}, and {} are on their way", bought, sold,
                         selling_);
    });
  }
  if (asked == heard + asking_) return;
  Blame([&] {
    return fmt::format("carts have asked {} times; items heard {}, and {} are on their way", asked, heard, asking_);
  });
}

void ShopAuditor::Judge(std::string_view line, Findings& findings) {
  walked_.EndOfLine();
  for (std::uint64_t cart = 0; cart < carts_.size(); ++cart) JudgeCart(cart);
  for (std::uint64_t item = 0; item < items_.size(); ++item) JudgeItem(item);
  JudgeAll();
  for (const auto& what : trouble_) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, what); });
  }
  Forget();
}

}  // namespace holdfast::shopping_cart
