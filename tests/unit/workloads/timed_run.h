// A plain run that knows its input, and of what is on its way whether it is queued or delayed.
#pragma once

#include <memory>
#include <utility>

#include "tests/unit/workloads/plain_run.h"

namespace holdfast {

// Copies go on apart.
class TimedRun : public PlainRun {
 public:
  TimedRun(std::shared_ptr<const Application> what, std::shared_ptr<const Input> offers, const Misdeeds& misdeeds = {})
      : PlainRun(std::move(what), misdeeds), input(std::move(offers)) {}

  void RunAll(std::uint64_t rounds) { PlainRun::RunAll(*input, rounds); }
  void Offer(PartitionId partition, std::uint64_t offset) { PlainRun::Offer(*input, partition, offset); }
  std::vector<Waiting> OnTheWay() const {
    std::vector<Waiting> waiting;
    for (const auto& envelope : queue_) waiting.push_back({InTransit::Where::kQueued, envelope});
    for (const auto& [due, message] : delayed_) waiting.push_back({InTransit::Where::kDelayed, message.envelope});
    return waiting;
  }

  Findings Judge(Oracle& oracle, bool with_state) { return PlainRun::Judge(oracle, input->partitions(), with_state); }
  std::string TypeOf(const Waiting& waiting) const {
    return application->value_types()[Read(waiting.envelope).value_type.value];
  }

  std::shared_ptr<const Input> input;
};

}  // namespace holdfast
