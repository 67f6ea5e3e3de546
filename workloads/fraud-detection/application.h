// Fraud detection as an application, and its two streams of input.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/application.h"
#include "workloads/fraud-detection/messages.h"
#include "workloads/load/input.h"
#include "workloads/load/keys.h"

namespace holdfast::fraud_detection {

struct FraudOptions {
  std::uint64_t accounts = 10'000;
  std::uint64_t merchants = 1'000;
  // How records spread over accounts, and transactions over merchants.
  Skew skew;
  // Bytes of ballast in each transaction, and thereby in its manager's state.
  std::uint32_t padding_bytes = 0;
  std::uint16_t transaction_partitions = 4;
  std::uint16_t confirmation_partitions = 1;
  // How long a confirmed fraud counts.
  std::chrono::milliseconds window = std::chrono::hours(30 * 24);
  // How long a merchant trusts a score.
  std::chrono::milliseconds score_ttl = std::chrono::hours(1);
  // How long a call of the score service takes; in simulation it takes its time anyway.
  std::chrono::nanoseconds call_time{0};
  std::uint32_t failing_calls = 0;  // Percent.
  // A transaction whose score is above it is told of at once.
  std::int64_t threshold = 90;
  std::uint16_t max_parallelism = kDefaultMaxParallelism;
};

// `seed` is what the model and the score service know. kInvalidArgument, naming the option: no account, merchant or
// partition, more partitions of confirmations than accounts, no window, calls that always fail.
Result<std::shared_ptr<const Application>> FraudApplication(const FraudOptions& options, std::uint64_t seed);

// The first partitions hold transactions, the last ones confirmations. Account number a is confirmed through one
// partition only, number a modulo their count, so its confirmations have an order.
class FraudInput final : public Input {
 public:
  // Requires options that FraudApplication accepts, and the application it made of them.
  FraudInput(std::uint64_t seed, const FraudOptions& options, const Application& application);

  std::uint16_t partitions() const override { return total_; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override;

  const FraudOptions& options() const { return options_; }
  std::uint64_t seed() const { return seed_; }
  bool HoldsTransactions(PartitionId partition) const { return partition.value < options_.transaction_partitions; }
  // Parts of a transaction. Requires: its partition holds transactions.
  struct Facts {
    std::uint64_t account;
    std::uint64_t merchant;
    std::int64_t amount;  // 1 to 1000.
  };
  Facts TransactionAt(PartitionId partition, std::uint64_t offset) const;
  std::string_view NoteAt(PartitionId partition, std::uint64_t offset) const;
  // Whose fraud was confirmed. Requires: its partition does not hold transactions.
  std::uint64_t ConfirmedAt(PartitionId partition, std::uint64_t offset) const;
  // "transaction-2-17", "account-17" and "merchant-17".
  static std::string TransactionId(PartitionId partition, std::uint64_t offset);
  static std::string AccountId(std::uint64_t account);
  static std::string MerchantId(std::uint64_t merchant);

 private:
  std::uint64_t Draw(PartitionId partition, std::uint64_t offset) const;

  std::uint64_t seed_;
  FraudOptions options_;
  std::uint16_t total_;
  std::uint16_t transactions_;  // Numbers of the ingresses.
  std::uint16_t confirmed_;
  KeyChooser accounts_;
  KeyChooser merchants_;
  std::vector<KeyChooser> confirmations_;  // By partition: their numbers of accounts differ by at most one.
  std::string ballast_;                    // Notes are windows of it.
};

}  // namespace holdfast::fraud_detection
