// A failure-free history of fraud detection. Tests damage it, or tell the story to misbehave as a broken runtime would.
#pragma once

#include "tests/unit/workloads/plain_run.h"
#include "workloads/fraud-detection/functions.h"
#include "workloads/fraud-detection/oracle.h"

namespace holdfast::fraud_detection {

// Two partitions of transactions, one of confirmations; few accounts, one merchant, so that all is entangled.
inline FraudOptions Village() {
  FraudOptions options;
  options.accounts = 3;
  options.merchants = 1;
  options.transaction_partitions = 2;
  options.window = std::chrono::milliseconds(10);
  options.score_ttl = std::chrono::milliseconds(5);
  options.threshold = 50;
  options.failing_calls = 30;
  return options;
}

class Story : public PlainRun {
 public:
  explicit Story(const FraudOptions& options, const Misdeeds& misdeeds = {}, std::uint64_t seed = 1)
      : PlainRun(FraudApplication(options, seed).value(), misdeeds), input(seed, options, *application) {}

  void RunAll(std::uint64_t rounds) { PlainRun::RunAll(input, rounds); }
  void Offer(PartitionId partition, std::uint64_t offset) { PlainRun::Offer(input, partition, offset); }
  // What the oracle says of the outputs, and of `memory` if asked, when so many records were offered per partition.
  Findings Judge(bool with_state = false, bool disturbed = false) {
    FraudOracle oracle(application, input);
    if (disturbed) oracle.Disturbed();
    return PlainRun::Judge(oracle, input.partitions(), with_state);
  }

  FraudInput input;
};

}  // namespace holdfast::fraud_detection
