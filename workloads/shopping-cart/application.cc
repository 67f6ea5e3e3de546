#include "workloads/shopping-cart/application.h"

#include "core/model/application_builder.h"
#include "workloads/shopping-cart/functions.h"

namespace holdfast::shopping_cart {
namespace {

using namespace std::chrono_literals;

Status CheckOptions(const ShopOptions& options) {
  const auto wrong = [](const std::string& why) {
    return MakeError(ErrorCode::kInvalidArgument, "shopping-cart: {}", why);
  };
  const auto fill = [&](std::string_view what, std::uint64_t count, std::string_view key, std::uint16_t partitions) {
    if (partitions == 0) return Status(wrong(fmt::format("{} must be at least 1", key)));
    if (count >= partitions) return Status();
    return Status(wrong(fmt::format("{} {} cannot fill {} {}; use at most {}", count, what, partitions, key, count)));
  };
  if (options.carts == 0) return wrong("carts must be at least 1");
  if (options.items == 0) return wrong("items must be at least 1");
  HOLDFAST_TRY(fill("carts", options.carts, "partitions", options.command_partitions));
  HOLDFAST_TRY(fill("items", options.items, "restock-partitions", options.restock_partitions));
  if (options.stock < 0) return wrong("stock must not be negative");
  if (!(options.skew.theta >= 0)) return wrong("the skew must not be negative");
  if (options.lines == 0) return wrong("lines must be at least 1");
  if (options.pieces < 1 || options.restock_pieces < 1) return wrong("pieces and restock-pieces must be at least 1");
  if (options.time_out < 1ms) return wrong("time-out must be at least 1ms");
  if (options.removes + options.check_outs > 100) {
    return wrong(fmt::format("removes and check-outs are {} + {} percent; together at most 100", options.removes,
                             options.check_outs));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Application>> ShopApplication(const ShopOptions& options) {
  HOLDFAST_TRY(CheckOptions(options));
  ApplicationBuilder app("shopping-cart", options.max_parallelism);
  app.Add<Cart>([terms = Cart::Terms{options.lines, options.time_out}] { return std::make_unique<Cart>(terms); });
  app.Add<Item>([stock = options.stock] { return std::make_unique<Item>(stock); });
  app.AddIngress<Cart, Command>(std::string(kCommands));
  app.AddIngress<Item, Restock>(std::string(kRestocks));
  app.AddEgress(kCarts);
  app.AddEgress(kOrders);
  app.AddEgress(kStock);
  return std::move(app).Build();
}

ShopInput::ShopInput(std::uint64_t seed, const ShopOptions& options, const Application& application)
    : seed_(seed),
      options_(options),
      commands_(application.FindIngress(kCommands).value()),
      restocks_(application.FindIngress(kRestocks).value()),
      items_(options.items, options.skew) {
  CheckOptions(options).OrDie();
  const std::uint64_t apart = options.restock_partitions;
  for (std::uint64_t p = 0; p < apart; ++p) {
    restocked_.emplace_back((options.items - p + apart - 1) / apart, options.skew);
  }
}

Random ShopInput::RandomAt(const Place& place) const {
  return Random(Mix64(Mix64(seed_) ^ Mix64(std::uint64_t{place.partition} << 48 ^ place.offset)));
}

Command ShopInput::CommandAt(const Place& place) const {
  auto random = RandomAt(place);
  const std::uint64_t apart = options_.command_partitions;
  Command command{.place = place};
  command.cart = random.Below((options_.carts - place.partition + apart - 1) / apart) * apart + place.partition;
  const auto point = random.Below(100);
  if (point < options_.removes) {
    command.wish = static_cast<std::uint32_t>(Wish::kRemove);
    command.pick = random.Below(1 << 20);
  } else if (point < options_.removes + options_.check_outs) {
    command.wish = static_cast<std::uint32_t>(Wish::kCheckOut);
  } else {
    command.wish = static_cast<std::uint32_t>(Wish::kAdd);
    command.item = items_.Choose(random);
    command.pieces = random.Between(1, options_.pieces);
  }
  return command;
}

Restock ShopInput::RestockAt(const Place& place) const {
  auto random = RandomAt(place);
  const std::uint64_t own = place.partition - options_.command_partitions;
  const auto item = restocked_[own].Choose(random) * options_.restock_partitions + own;
  return {place, item, random.Between(1, options_.restock_pieces)};
}

void ShopInput::Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const {
  HOLDFAST_CHECK(partition.value < partitions(), "partition {} of {}", partition, partitions());
  const Place place{partition.value, offset};
  record.value.clear();
  if (IsRestock(partition)) {
    const auto restock = RestockAt(place);
    record.ingress = restocks_;
    record.key = ItemId(restock.item);
    return Codec<Restock>::Encode(restock, record.value);
  }
  const auto command = CommandAt(place);
  record.ingress = commands_;
  record.key = CartId(command.cart);
  Codec<Command>::Encode(command, record.value);
}

}  // namespace holdfast::shopping_cart
