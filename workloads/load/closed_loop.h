// The input of a workload in which somebody outside answers. What is offered is known beforehand, as ever; behind its
// partitions stand those of answers, which nobody knows until they are given. These are kept, in the order in which
// they came: a topic, which outlives every failure of the system, and from which it may read again.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "workloads/load/input.h"

namespace holdfast {

// One thread at a time, as long as something is appended.
class ClosedLoopInput final : public Input {
 public:
  ClosedLoopInput(std::shared_ptr<const Input> offered, std::uint16_t answer_partitions)
      : offered_(std::move(offered)), answers_(answer_partitions) {}

  std::uint16_t partitions() const override {
    return static_cast<std::uint16_t>(offered_partitions() + answers_.size());
  }
  // For answers, requires offset < end(partition).
  void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const override {
    if (partition.value < offered_partitions()) return offered_->Record(partition, offset, record);
    const auto& answers = answers_.at(partition.value - offered_partitions());
    HOLDFAST_CHECK(offset < answers.size(), "answer {} of partition {}, which has {}", offset, partition,
                   answers.size());
    record = answers[offset];
  }

  // The first partition with answers.
  std::uint16_t offered_partitions() const { return offered_->partitions(); }
  void Append(PartitionId partition, InputRecord answer) {
    answers_.at(partition.value - offered_partitions()).push_back(std::move(answer));
  }
  // How many answers `partition` holds. Requires a partition with answers.
  std::uint64_t end(PartitionId partition) const { return answers_.at(partition.value - offered_partitions()).size(); }

 private:
  const std::shared_ptr<const Input> offered_;
  std::vector<std::vector<InputRecord>> answers_;
};

}  // namespace holdfast
