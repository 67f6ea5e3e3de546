// Which ingress records a recovery line contains, followed from line to line: lines mostly move on, and after a
// rollback back. Who sums something up over all of them adds what comes in and takes off what goes.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/ids.h"

namespace holdfast {

class WalkedInput {
 public:
  // The record at `offset` came in (`sign` 1), or is out again (-1).
  using Walk = std::function<void(PartitionId partition, std::uint64_t offset, int sign)>;

  WalkedInput(std::uint16_t partitions, Walk walk) : walk_(std::move(walk)), ends_(partitions), told_(partitions) {}
  WalkedInput(const WalkedInput&) = delete;  // Whom `walk` speaks to stays where it is.
  WalkedInput& operator=(const WalkedInput&) = delete;

  std::size_t partitions() const { return ends_.size(); }
  // One past the last record of `partition` that is in.
  std::uint64_t end(PartitionId partition) const { return ends_[partition.value]; }

  // The present line contains the records of `partition` below `offset`.
  void MoveTo(PartitionId partition, std::uint64_t offset) {
    told_.at(partition.value) = true;
    auto& end = ends_[partition.value];
    while (end < offset) walk_(partition, end++, 1);
    while (end > offset) walk_(partition, --end, -1);
  }
  // All that the present line contains was told; the next call speaks of the next line.
  void EndOfLine() {
    for (std::uint16_t p = 0; p < told_.size(); ++p) {
      if (!told_[p]) MoveTo(PartitionId(p), 0);
    }
    told_.assign(told_.size(), false);
  }

 private:
  const Walk walk_;
  std::vector<std::uint64_t> ends_;
  std::vector<bool> told_;
};

}  // namespace holdfast
