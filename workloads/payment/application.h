// Payment as an application, the changes of its users, and where the provider's answers go.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/model/application.h"
#include "workloads/load/closed_loop.h"
#include "workloads/load/keys.h"
#include "workloads/payment/messages.h"

namespace holdfast::payment {

// How the provider behaves. Shares are in percent of the requests.
struct ProviderOptions {
  bool idempotent = false;  // Recognises a request that it has seen, and does not charge again.
  std::uint32_t refusals = 0;
  std::uint32_t slow_answers = 0;
  std::uint32_t second_answers = 0;
  std::uint32_t unasked_answers = 0;
  std::chrono::nanoseconds answer_time{0};  // Mean times.
  std::chrono::nanoseconds slow_time{0};
};

struct PaymentOptions {
  std::uint64_t users = 10'000;
  Skew skew;                        // How changes spread over the users.
  std::uint32_t cancellations = 0;  // Percent of the changes by which a user is gone.
  std::uint16_t change_partitions = 4;
  std::uint16_t answer_partitions = 1;
  std::chrono::milliseconds interval = std::chrono::hours(30 * 24);  // Between two bills of a user.
  std::uint64_t intervals = 12;                                      // That a change is good for.
  std::uint32_t attempts = 3;                                        // To charge a user.
  std::chrono::milliseconds back_off = std::chrono::hours(1);        // After the first refusal; then doubled.
  ProviderOptions provider;
  std::uint16_t max_parallelism = kDefaultMaxParallelism;
};

// kInvalidArgument, naming the option: no user, partition, interval or attempt, more partitions than users.
Result<std::shared_ptr<const Application>> PaymentApplication(const PaymentOptions& options);

// The changes. User number u changes through one partition only, number u modulo their count, so its changes have an
// order; and its answers come through one of the partitions behind these.
class PaymentInput final : public Input {
 public:
  // Requires options that PaymentApplication accepts, and the application it made of them.
  PaymentInput(std::uint64_t seed, const PaymentOptions& options, const Application& application);

  std::uint16_t partitions() const override { return options_.change_partitions; }
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override;

  const PaymentOptions& options() const { return options_; }
  struct Facts {
    std::uint64_t user;
    bool gone;
    std::int64_t price;  // 1 to 1000; none if it is gone.
  };
  Facts ChangeAt(PartitionId partition, std::uint64_t offset) const;
  PartitionId AnswerPartition(std::uint64_t user) const {
    return PartitionId(static_cast<std::uint16_t>(options_.change_partitions + user % options_.answer_partitions));
  }
  EgressId requests() const { return requests_; }
  std::uint16_t answers() const { return answers_; }  // Number of the ingress.

 private:
  std::uint64_t seed_;
  PaymentOptions options_;
  std::uint16_t changes_;
  std::uint16_t answers_;
  EgressId requests_;
  std::vector<KeyChooser> users_;  // By partition: their numbers of users differ by at most one.
};

}  // namespace holdfast::payment
