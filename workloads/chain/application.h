// The chain workload as an application, and its records.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/model/application.h"
#include "workloads/chain/routes.h"
#include "workloads/load/input.h"

namespace holdfast::chain {

struct ChainOptions {
  RouteOptions routes;
  std::uint32_t payload_bytes = 0;  // Ballast that every walk carries.
  std::uint16_t partitions = 4;
};

// kInvalidArgument, naming the option: no hop, no branch, no instance, no partition.
Result<std::shared_ptr<const Application>> ChainApplication(const ChainOptions& options, std::uint64_t seed);

class ChainInput final : public Input {
 public:
  // Requires options that ChainApplication accepts.
  ChainInput(std::uint64_t seed, const ChainOptions& options);

  std::uint16_t partitions() const override { return options_.partitions; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override;

  const ChainOptions& options() const { return options_; }
  const Routes& routes() const { return routes_; }
  std::string_view PayloadAt(PartitionId partition, std::uint64_t offset) const;

 private:
  std::uint64_t seed_;
  ChainOptions options_;
  Routes routes_;
  std::string ballast_;  // Payloads are windows of it.
};

}  // namespace holdfast::chain
