// Fraud detection with features and a bandit as an application, and its three streams of input.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/application.h"
#include "workloads/fraud-bandit/messages.h"
#include "workloads/load/input.h"
#include "workloads/load/keys.h"

namespace holdfast::fraud_bandit {

struct BanditOptions {
  std::uint64_t accounts = 10'000;
  std::uint64_t merchants = 1'000;
  // How transactions spread over accounts and merchants.
  Skew skew;
  // Bytes of ballast in each transaction, and thereby in its manager's state.
  std::uint32_t padding_bytes = 0;
  std::uint16_t transaction_partitions = 4;  // And as many with labels.
  std::uint16_t publication_partitions = 1;
  std::uint64_t replicas = 4;      // Instances of each model; an account has its transactions scored by one of them.
  std::uint32_t frauds = 10;       // Percent of the transactions,
  std::uint32_t exploration = 10;  // and of the choices, made at random.
  // A transaction with a higher score is suspected.
  std::int64_t threshold = 50;
  std::uint16_t max_parallelism = kDefaultMaxParallelism;
};

// `seed` is what the models know, and what choices are drawn from. kInvalidArgument, naming the option: no account,
// merchant, replica or partition, more partitions of publications than instances of models, more than all percent.
Result<std::shared_ptr<const Application>> BanditApplication(const BanditOptions& options, std::uint64_t seed);

// The first partitions hold transactions; as many follow with their labels, the one at offset o for the transaction at
// offset o, so a label comes before, while or after its transaction is decided; the last ones hold publications. An
// instance of a model has its versions from one partition, in turn with the others of that partition, from 1 on.
class BanditInput final : public Input {
 public:
  // Requires options that BanditApplication accepts, and the application it made of them.
  BanditInput(std::uint64_t seed, const BanditOptions& options, const Application& application);

  enum class Stream : std::uint8_t { kBought, kLabelled, kReleased };

  std::uint16_t partitions() const override { return total_; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override;

  const BanditOptions& options() const { return options_; }
  std::uint64_t seed() const { return seed_; }
  std::uint64_t models() const { return kArms * options_.replicas; }
  Stream StreamOf(PartitionId partition) const;
  // Whether `place` is in a partition of this stream.
  bool Holds(Stream stream, const Place& place) const {
    return place.partition < total_ && StreamOf(PartitionId(static_cast<std::uint16_t>(place.partition))) == stream;
  }
  // The partition with the labels of the transactions of `partition`.
  PartitionId LabelsOf(PartitionId partition) const {
    return PartitionId(static_cast<std::uint16_t>(partition.value + options_.transaction_partitions));
  }
  // What a transaction is about, and was in truth. Requires: its place holds a transaction.
  struct Facts {
    std::uint64_t account;
    std::uint64_t merchant;
    std::int64_t amount;  // 1 to 1000.
    bool fraud;
  };
  Facts TransactionAt(const Place& place) const;
  std::string_view NoteAt(const Place& place) const;
  // Requires: its place holds a publication.
  struct Release {
    std::uint64_t model;
    std::int64_t version;
  };
  Release PublicationAt(const Place& place) const;
  // The instance that scores for an account what its classifier chose an arm for.
  std::uint64_t ModelOf(std::uint64_t account, std::uint32_t arm) const;
  // "transaction-2-17", "account-17", "merchant-17" and "model-17"; models 0 to replicas - 1 are instances of arm 0.
  static std::string TransactionId(const Place& place);
  static std::string AccountId(std::uint64_t account);
  static std::string MerchantId(std::uint64_t merchant);
  static std::string ModelId(std::uint64_t model);

 private:
  std::uint64_t Draw(const Place& place) const;

  std::uint64_t seed_;
  BanditOptions options_;
  std::uint16_t total_;
  std::uint16_t transactions_;  // Numbers of the ingresses.
  std::uint16_t feedback_;
  std::uint16_t models_;
  KeyChooser accounts_;
  KeyChooser merchants_;
  std::string ballast_;  // Notes are windows of it.
};

}  // namespace holdfast::fraud_bandit
