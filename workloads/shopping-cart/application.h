// The shopping cart as an application, and what its customers and its suppliers do.
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "core/model/application.h"
#include "workloads/load/input.h"
#include "workloads/load/keys.h"
#include "workloads/shopping-cart/messages.h"

namespace holdfast::shopping_cart {

struct ShopOptions {
  std::uint64_t carts = 10'000;
  std::uint64_t items = 1'000;
  std::int64_t stock = 100;    // Pieces of an item in the beginning.
  Skew skew;                   // How adds and restocks spread over the items.
  std::uint32_t removes = 15;  // Percent of the commands; what is left are adds.
  std::uint32_t check_outs = 20;
  std::uint64_t lines = 5;           // That a cart has room for.
  std::int64_t pieces = 3;           // Of an add at most,
  std::int64_t restock_pieces = 10;  // and of a restock.
  std::chrono::milliseconds time_out = std::chrono::minutes(15);
  std::uint16_t command_partitions = 4;
  std::uint16_t restock_partitions = 1;
  std::uint16_t max_parallelism = kDefaultMaxParallelism;
};

// kInvalidArgument, naming the option: no cart, item, line, piece, partition or time, more partitions than there are
// carts or items for, percentages above 100.
Result<std::shared_ptr<const Application>> ShopApplication(const ShopOptions& options);

// The commands, and behind their partitions the restocks. Cart number c is commanded through partition c modulo their
// count, and an item restocked likewise, so what comes for either has an order.
class ShopInput final : public Input {
 public:
  // Requires options that ShopApplication accepts, and the application it made of them.
  ShopInput(std::uint64_t seed, const ShopOptions& options, const Application& application);

  std::uint16_t partitions() const override {
    return static_cast<std::uint16_t>(options_.command_partitions + options_.restock_partitions);
  }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override;

  const ShopOptions& options() const { return options_; }
  bool IsRestock(PartitionId partition) const { return partition.value >= options_.command_partitions; }
  // Requires a place of a partition with commands, or with restocks.
  Command CommandAt(const Place& place) const;
  Restock RestockAt(const Place& place) const;

 private:
  Random RandomAt(const Place& place) const;

  std::uint64_t seed_;
  ShopOptions options_;
  std::uint16_t commands_;  // Numbers of the ingresses.
  std::uint16_t restocks_;
  KeyChooser items_;
  std::vector<KeyChooser> restocked_;  // By partition of restocks: their numbers of items differ by at most one.
};

}  // namespace holdfast::shopping_cart
