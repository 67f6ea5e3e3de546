// A failure-free history of fraud detection with a bandit, which tests damage.
#pragma once

#include "tests/unit/workloads/plain_run.h"
#include "workloads/fraud-bandit/functions.h"
#include "workloads/fraud-bandit/oracle.h"
#include "workloads/oracles/state_reader.h"

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
  Findings JudgeAsOffered(bool with_state = true) {
    BanditOracle oracle(application, input);
    for (const auto& [partition, position] : positions) oracle.Offered(partition, position);
    return PlainRun::Judge(oracle, 0, with_state);
  }
  Findings JudgeOutputs() { return JudgeAsOffered(false); }
  template <class T>
  T Held(std::string_view function, const std::string& id, std::string_view state) const {
    const auto number = application->FindFunction(function).value();
    return ReadState<T>(application->functions()[number.value], memory.at({number.value, id}), state).value();
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
