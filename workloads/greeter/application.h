// The greeter as an application, and what its users do.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/application.h"
#include "workloads/load/input.h"
#include "workloads/load/keys.h"

namespace holdfast::greeter {

struct GreeterOptions {
  std::uint64_t users = 10'000;
  // So many users share an email address, and thereby a sender instance.
  std::uint64_t users_per_address = 4;
  // How visits spread over the users of a partition. Every partition has its own most frequent visitor.
  Skew skew;
  // Bytes of ballast in each message between functions.
  std::uint32_t padding_bytes = 0;
  std::uint16_t partitions = 4;
  std::uint16_t max_parallelism = kDefaultMaxParallelism;
};

// kInvalidArgument, naming the option: no user, no partition, more partitions than users, no user per address.
Result<std::shared_ptr<const Application>> GreeterApplication(const GreeterOptions& options);

// The visits. User number u (id "user-u", address "box-(u mod addresses)") visits through partition u mod partitions
// only, so its visits have an order: that of their offsets.
class GreeterInput final : public Input {
 public:
  // Requires options that GreeterApplication accepts.
  GreeterInput(std::uint64_t seed, const GreeterOptions& options);

  std::uint16_t partitions() const override { return options_.partitions; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override;

  const GreeterOptions& options() const { return options_; }
  std::uint64_t addresses() const { return addresses_; }
  // Parts of the record.
  std::uint64_t UserAt(PartitionId partition, std::uint64_t offset) const;
  std::uint64_t AddressOf(std::uint64_t user) const { return user % addresses_; }
  std::string_view NoteAt(PartitionId partition, std::uint64_t offset) const;
  // "user-17" and "box-17".
  static std::string UserId(std::uint64_t user);
  static std::string AddressId(std::uint64_t address);

 private:
  std::uint64_t Place(PartitionId partition, std::uint64_t offset) const;

  std::uint64_t seed_;
  GreeterOptions options_;
  std::uint64_t addresses_;
  std::vector<KeyChooser> chooser_;  // By partition: their numbers of users differ by at most one.
  std::string ballast_;              // Notes are windows of it.
};

}  // namespace holdfast::greeter
