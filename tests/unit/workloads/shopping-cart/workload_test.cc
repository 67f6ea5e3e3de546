#include "workloads/shopping-cart/workload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "workloads/shopping-cart/messages.h"

namespace holdfast::shopping_cart {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ShopWorkloadTest : public testing::Test {
 protected:
  ShopWorkloadTest() { RegisterShoppingCart(workloads_); }
  Result<Workload> Make(std::vector<std::string> assignments) {
    const auto* part = workloads_.Find("shopping-cart").value();
    HOLDFAST_ASSIGN(const auto values, part->descriptor.options.Parse(assignments, "workload shopping-cart"));
    return part->factory(values, 7);
  }
  WorkloadRegistry workloads_{PartKind::kWorkload};
};

TEST_F(ShopWorkloadTest, DefaultsMakeARunnableWorkload) {
  const auto workload = Make({}).value();
  EXPECT_EQ(workload.application->name(), "shopping-cart");
  EXPECT_EQ(workload.input->partitions(), 5);
  EXPECT_TRUE(workload.make_auditor());
  const auto oracle = workload.make_oracle();
  oracle->Offered(PartitionId(4), 2);
  oracle->Finish();
  EXPECT_EQ(oracle->ledger(), (Ledger{.expected = 2, .missing = 2}));
}

TEST_F(ShopWorkloadTest, OutputsAnswerTheRecordTheyName) {
  const auto workload = Make({}).value();
  const auto cause = [&](std::string_view egress, const auto& unit) {
    std::string value;
    Codec<std::decay_t<decltype(unit)>>::Encode(unit, value);
    return workload.cause({workload.application->FindEgress(egress).value(), {}, "", value});
  };
  CartUnit cart;
  cart.place = {3, 17};
  const auto deed = [&](CartDeed which) {
    cart.deed = static_cast<std::uint32_t>(which);
    return cause(kCarts.name, cart);
  };
  ASSERT_TRUE(deed(CartDeed::kRefused));
  EXPECT_EQ(deed(CartDeed::kOrdered)->partition, PartitionId(3));
  EXPECT_EQ(deed(CartDeed::kNothing)->offset, 17u);
  EXPECT_FALSE(deed(CartDeed::kAsked)) << "the answer comes later";
  EXPECT_FALSE(deed(CartDeed::kAbandoned));
  StockUnit stock;
  stock.place = {4, 18};
  stock.deed = static_cast<std::uint32_t>(StockDeed::kRestocked);
  EXPECT_EQ(cause(kStock.name, stock)->offset, 18u);
  stock.deed = static_cast<std::uint32_t>(StockDeed::kSold);
  EXPECT_FALSE(cause(kStock.name, stock));
  EXPECT_FALSE(cause(kOrders.name, Order{}));
}

TEST_F(ShopWorkloadTest, AUnitTellsOfItsInstance) {
  const auto workload = Make({}).value();
  std::string value;
  CartUnit unit{.cart = 5, .deed = 3, .place = {1, 7}};
  unit.mark.version = 8;
  Codec<CartUnit>::Encode(unit, value);
  const auto lists = workload.observe({workload.application->FindEgress(kCarts.name).value(), {}, "", value});
  ASSERT_EQ(lists.size(), 1u);
  EXPECT_EQ(lists[0].key, "cart-5");
  EXPECT_EQ(lists[0].place, 8u);
  EXPECT_EQ(lists[0].element, (7 * 5 + 1 + 1) * 16 + 3);
}

TEST_F(ShopWorkloadTest, EveryOptionReachesTheApplicationOrTheInput) {
  const auto values = ShopDescriptor().options.Parse(
      std::vector<std::string>{"carts=9", "items=8", "stock=7", "skew=zipf", "zipf-theta=1.5", "removes=11",
                               "check-outs=12", "lines=13", "pieces=14", "restock-pieces=15", "time-out=16s",
                               "partitions=3", "restock-partitions=2"},
      "workload shopping-cart");
  const auto options = ReadShopOptions(values.value());
  EXPECT_EQ(options.carts, 9u);
  EXPECT_EQ(options.items, 8u);
  EXPECT_EQ(options.stock, 7);
  EXPECT_EQ(options.skew.theta, 1.5);
  EXPECT_EQ(options.removes, 11u);
  EXPECT_EQ(options.check_outs, 12u);
  EXPECT_EQ(options.lines, 13u);
  EXPECT_EQ(options.pieces, 14);
  EXPECT_EQ(options.restock_pieces, 15);
  EXPECT_EQ(options.time_out, 16s);
  EXPECT_EQ(options.command_partitions, 3);
  EXPECT_EQ(options.restock_partitions, 2);
}

TEST_F(ShopWorkloadTest, OptionsThatDoNotGoTogetherAreRefused) {
  EXPECT_THAT(Make({"carts=2", "partitions=3"}).error().message, HasSubstr("2 carts cannot fill 3 partitions"));
  EXPECT_THAT(Make({"items=1", "restock-partitions=2"}).error().message, HasSubstr("use at most 1"));
  EXPECT_THAT(Make({"removes=60", "check-outs=41"}).error().message, HasSubstr("60 + 41 percent"));
}

TEST_F(ShopWorkloadTest, ImpossibleOptionsAreRefusedByName) {
  const auto message = [](auto change) {
    ShopOptions options;
    change(options);
    return ShopApplication(options).error().message;
  };
  EXPECT_THAT(message([](auto& o) { o.carts = 0; }), HasSubstr("carts must be"));
  EXPECT_THAT(message([](auto& o) { o.items = 0; }), HasSubstr("items must be"));
  EXPECT_THAT(message([](auto& o) { o.command_partitions = 0; }), HasSubstr("partitions must be"));
  EXPECT_THAT(message([](auto& o) { o.restock_partitions = 0; }), HasSubstr("restock-partitions must be"));
  EXPECT_THAT(message([](auto& o) { o.stock = -1; }), HasSubstr("stock must"));
  EXPECT_THAT(message([](auto& o) { o.skew.theta = -1; }), HasSubstr("skew"));
  EXPECT_THAT(message([](auto& o) { o.lines = 0; }), HasSubstr("lines must be"));
  EXPECT_THAT(message([](auto& o) { o.pieces = 0; }), HasSubstr("pieces and"));
  EXPECT_THAT(message([](auto& o) { o.time_out = {}; }), HasSubstr("time-out"));
}

TEST(ShopInputTest, ACartIsCommandedAndAnItemRestockedThroughOnePartition) {
  ShopOptions options;
  options.carts = 10;
  options.items = 7;
  options.command_partitions = 3;
  options.restock_partitions = 2;
  const auto application = ShopApplication(options).value();
  const ShopInput input(7, options, *application);
  std::map<std::string, std::set<std::uint16_t>> ways;
  std::map<std::uint32_t, int> wishes;
  for (std::uint64_t offset = 0; offset < 400; ++offset) {
    for (std::uint16_t p = 0; p < input.partitions(); ++p) {
      InputRecord record;
      input.Record(PartitionId(p), offset, record);
      ways[record.key].insert(p);
      EXPECT_EQ(application->ingresses()[record.ingress].name, p < 3 ? kCommands : kRestocks);
      if (p < 3) ++wishes[input.CommandAt({p, offset}).wish];
    }
  }
  EXPECT_EQ(ways.size(), 17u) << "all carts, all items";
  for (const auto& [key, partitions] : ways) EXPECT_EQ(partitions.size(), 1u) << key;
  EXPECT_NEAR(wishes[1], 180, 60);
  EXPECT_NEAR(wishes[2], 240, 60);
}

}  // namespace
}  // namespace holdfast::shopping_cart
