#include "workloads/shopping-cart/workload.h"

#include "workloads/shopping-cart/auditor.h"
#include "workloads/shopping-cart/oracle.h"

namespace holdfast::shopping_cart {
namespace {

using namespace std::chrono_literals;

struct Egresses {
  EgressId carts;
  EgressId stock;
};

// The command that was answered, or the restock that was made. What asks on, and what time-outs lead to, answers
// nothing that was offered.
std::optional<Cause> CauseOf(const EgressRecord& output, const Egresses& egresses) {
  const auto at = [](const Place& place) {
    return Cause{PartitionId(static_cast<std::uint16_t>(place.partition)), place.offset};
  };
  if (output.egress == egresses.stock) {
    StockUnit unit;
    if (!Codec<StockUnit>::Decode(output.value, unit)) return std::nullopt;
    if (static_cast<StockDeed>(unit.deed) != StockDeed::kRestocked) return std::nullopt;
    return at(unit.place);
  }
  CartUnit unit;
  if (output.egress != egresses.carts || !Codec<CartUnit>::Decode(output.value, unit)) return std::nullopt;
  switch (static_cast<CartDeed>(unit.deed)) {
    case CartDeed::kAsked:
    case CartDeed::kAbandoned:
    case CartDeed::kStale:
      return std::nullopt;
    default:
      return at(unit.place);
  }
}

// Every unit of a cart or an item appends itself to the list of that.
std::vector<ListObservation> Observe(const EgressRecord& output, const Egresses& egresses, std::uint16_t partitions) {
  const auto element = [partitions](const Place& place, std::uint64_t number, std::uint32_t deed) {
    return static_cast<std::int64_t>((place.offset * partitions + place.partition + number + 1) << 4 | deed);
  };
  StockUnit stock;
  if (output.egress == egresses.stock && Codec<StockUnit>::Decode(output.value, stock)) {
    return {{ItemId(stock.item), element(stock.place, 0, stock.deed), stock.mark.version}};
  }
  CartUnit unit;
  if (output.egress != egresses.carts || !Codec<CartUnit>::Decode(output.value, unit)) return {};
  return {{CartId(unit.cart), element(unit.place, unit.number, unit.deed), unit.mark.version}};
}

OptionSet Options() {
  return OptionSet({
      IntOption("carts", 10'000, "Number of carts.").Between(1, 1'000'000'000).InSimulation({3, 10, 50}),
      IntOption("items", 1'000, "Number of items.").Between(1, 1'000'000'000).InSimulation({3, 10}),
      IntOption("stock", 100, "Pieces of an item in the beginning.").Between(0, 1'000'000'000).InSimulation({0, 5, 50}),
      EnumOption("skew", "zipf", {"uniform", "zipf"}, "How adds and restocks spread over the items.")
          .InSimulation({"uniform", "zipf"}),
      DoubleOption("zipf-theta", 0.99, "Exponent of the zipf skew; larger is more skewed.").Between(0.01, 10),
      IntOption("removes", 15, "Percentage of commands that remove a line; those left over add one.")
          .Between(0, 100)
          .InSimulation({0, 15, 30}),
      IntOption("check-outs", 20, "Percentage of commands that check the cart out.")
          .Between(0, 100)
          .InSimulation({5, 20, 40}),
      IntOption("lines", 5, "Lines that a cart has room for; an add beyond is refused.")
          .Between(1, 1'000)
          .InSimulation({1, 3, 8}),
      IntOption("pieces", 3, "Pieces of an add at most.").Between(1, 1'000'000).InSimulation({1, 4}),
      IntOption("restock-pieces", 10, "Pieces of a restock at most.").Between(1, 1'000'000).InSimulation({1, 10}),
      DurationOption("time-out", 15min,
                     "A cart in which nothing changes for so long, in application time, is abandoned.")
          .Between(1ms, 87'600h)
          .InSimulation({2ms, 10ms, 40ms}),
      IntOption("partitions", 4, "Ingress partitions with commands; a cart is commanded through one of them.")
          .Between(1, 1024)
          .InSimulation({1, 3}),
      IntOption("restock-partitions", 1, "Ingress partitions with restocks; each takes as many records as one above.")
          .Between(1, 1024)
          .InSimulation({1, 2}),
  });
}

}  // namespace

Descriptor ShopDescriptor() {
  return {.kind = PartKind::kWorkload,
          .name = "shopping-cart",
          .sentence = "Carts reserve pieces of items, give them back, and check them out, or are abandoned.",
          .options = Options()};
}

ShopOptions ReadShopOptions(const OptionValues& values) {
  const auto number = [&](std::string_view key) { return static_cast<std::uint64_t>(values.GetInt(key)); };
  ShopOptions options;
  options.carts = number("carts");
  options.items = number("items");
  options.stock = values.GetInt("stock");
  options.skew.theta = values.GetText("skew") == "zipf" ? values.GetDouble("zipf-theta") : 0;
  options.removes = static_cast<std::uint32_t>(number("removes"));
  options.check_outs = static_cast<std::uint32_t>(number("check-outs"));
  options.lines = number("lines");
  options.pieces = values.GetInt("pieces");
  options.restock_pieces = values.GetInt("restock-pieces");
  options.time_out = std::chrono::duration_cast<std::chrono::milliseconds>(values.GetDuration("time-out"));
  options.command_partitions = static_cast<std::uint16_t>(number("partitions"));
  options.restock_partitions = static_cast<std::uint16_t>(number("restock-partitions"));
  return options;
}

void RegisterShoppingCart(WorkloadRegistry& workloads) {
  workloads.Add(ShopDescriptor(), [](const OptionValues& values, std::uint64_t seed) -> Result<Workload> {
    const auto options = ReadShopOptions(values);
    HOLDFAST_ASSIGN(const auto application, ShopApplication(options));
    const auto input = std::make_shared<ShopInput>(seed, options, *application);
    const Egresses egresses{application->FindEgress(kCarts.name).value(), application->FindEgress(kStock.name).value()};
    return Workload{
        .application = application,
        .input = input,
        .make_oracle = [application, input]() -> std::unique_ptr<Oracle> {
          return std::make_unique<ShopOracle>(application, *input);
        },
        .make_auditor = [application, input]() -> std::unique_ptr<LineAuditor> {
          return std::make_unique<ShopAuditor>(application, *input);
        },
        .cause = [egresses](const EgressRecord& output) { return CauseOf(output, egresses); },
        .observe = [egresses, partitions = input->partitions()](
                       const EgressRecord& output) { return Observe(output, egresses, partitions); },
    };
  });
}

}  // namespace holdfast::shopping_cart
