// A failure-free history of fraud detection with a bandit, which tests damage.
#pragma once

#include "tests/unit/workloads/plain_run.h"
#include "workloads/fraud-bandit/functions.h"
#include "workloads/fraud-bandit/oracle.h"

namespace holdfast::fraud_bandit {

// Two partitions of transactions and of labels, one of publications; few accounts, one merchant, so that all is
// entangled.
inline BanditOptions Village() {
  BanditOptions options;
  options.accounts = 3;
  options.merchants = 1;
  options.transaction_partitions = 2;
  options.replicas = 1;
  options.frauds = 40;
  options.exploration = 20;
  return options;
}

class Story : public PlainRun {
 public:
  explicit Story(const BanditOptions& options, const Misdeeds& misdeeds = {}, std::uint64_t seed = 1)
      : PlainRun(BanditApplication(options, seed).value(), misdeeds), input(seed, options, *application) {}

  void RunAll(std::uint64_t rounds) { PlainRun::RunAll(input, rounds); }
  void Offer(PartitionId partition, std::uint64_t offset) { PlainRun::Offer(input, partition, offset); }
  // What the oracle says of the outputs, and of `memory` if asked, when so many records were offered per partition.
  Findings Judge(bool with_state = false) {
    BanditOracle oracle(application, input);
    return PlainRun::Judge(oracle, input.partitions(), with_state);
  }
  // The same, when so many records were offered of each partition as were.
  Findings JudgeAsOffered() {
    BanditOracle oracle(application, input);
    for (const auto& [partition, position] : positions) oracle.Offered(partition, position);
    return PlainRun::Judge(oracle, 0, true);
  }
  template <class M>
  M Nth(const Egress<M>& egress, std::size_t number) const {
    M content;
    HOLDFAST_CHECK(Codec<M>::Decode(outputs[On(egress.name).at(number)].value, content), "output {}", number);
    return content;
  }

  BanditInput input;
};

}  // namespace holdfast::fraud_bandit
