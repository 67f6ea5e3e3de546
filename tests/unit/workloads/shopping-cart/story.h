// A small shop, run plainly. See timed_run.h.
#pragma once

#include "core/base/hash.h"
#include "tests/unit/workloads/timed_run.h"
#include "workloads/shopping-cart/auditor.h"
#include "workloads/shopping-cart/functions.h"
#include "workloads/shopping-cart/oracle.h"

namespace holdfast::shopping_cart {

// Two partitions of commands and one of restocks; so few carts and pieces that customers get in each other's way.
inline ShopOptions Village() {
  ShopOptions options;
  options.carts = 4;
  options.items = 3;
  options.stock = 4;
  options.lines = 3;
  options.restock_pieces = 2;
  options.command_partitions = 2;
  options.time_out = std::chrono::milliseconds(15);
  return options;
}

class Story : public TimedRun {
 public:
  explicit Story(const ShopOptions& options, const Misdeeds& misdeeds = {}, std::uint64_t seed = 1)
      : Story(ShopApplication(options).value(), options, misdeeds, seed) {}

  Findings Judge(bool with_state = false) {
    ShopOracle oracle(application, *shop);
    return TimedRun::Judge(oracle, with_state);
  }
  // Sets all marks as the functions would, after outputs were changed: a history that was never true, and yet hangs
  // together. Outputs are in causal order, so whoever names a mark comes after it.
  void Relink() {
    Marks marks;
    for (auto& output : outputs) {
      if (output.egress == application->FindEgress(kStock.name).value()) {
        Rewrite<StockUnit>(output, marks, [&](StockUnit& unit) { Renew(unit.by, CartId(unit.cart), marks); });
      } else if (output.egress == application->FindEgress(kCarts.name).value()) {
        Rewrite<CartUnit>(output, marks, [&](CartUnit& unit) {
          Renew(unit.line.stock, ItemId(unit.line.item), marks);
          RenewLines(unit.basket.lines, marks);
        });
      } else if (output.egress == application->FindEgress(kOrders.name).value()) {
        Order order;
        HOLDFAST_CHECK(Codec<Order>::Decode(output.value, order), "an order");
        Renew(order.mark, output.key, marks);
        RenewLines(order.lines, marks);
        output.value.clear();
        Codec<Order>::Encode(order, output.value);
      }
    }
  }

  std::shared_ptr<const ShopInput> shop;

 private:
  using Marks = std::map<std::pair<std::string, std::uint64_t>, Mark>;  // By id and version.
  Story(const std::shared_ptr<const Application>& app, const ShopOptions& options, const Misdeeds& misdeeds,
        std::uint64_t seed)
      : TimedRun(app, std::make_shared<ShopInput>(seed, options, *app), misdeeds),
        shop(std::static_pointer_cast<const ShopInput>(input)) {}

  static void Renew(Mark& mark, const std::string& id, const Marks& of) {
    const auto place = of.find({id, mark.version});
    if (place != of.end()) mark = place->second;
  }
  static void RenewLines(std::string& lines, const Marks& of) {
    const auto all = ReadLines(std::exchange(lines, {}));
    for (auto line : all) Renew(line.stock, ItemId(line.item), of), AppendLine(lines, line);
  }
  template <class Unit, class Change>
  static void Rewrite(Output& output, Marks& marks, const Change& change) {
    Unit unit;
    HOLDFAST_CHECK(Codec<Unit>::Decode(output.value, unit), "a unit");
    change(unit);
    const auto version = std::exchange(unit.mark, {}).version;
    std::string told;
    Codec<Unit>::Encode(unit, told);
    const auto before = marks.find({output.key, version - 1});
    unit.mark = {version, Hash64(told, before == marks.end() ? Hash64(output.key) : before->second.chain)};
    marks[{output.key, version}] = unit.mark;
    output.value.clear();
    Codec<Unit>::Encode(unit, output.value);
  }
};

}  // namespace holdfast::shopping_cart
