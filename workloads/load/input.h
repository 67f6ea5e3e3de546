// What a workload offers a system: records by (partition, offset). The input is a pure function, not a stored sequence:
// asked again for the same place it gives the same bytes, so that a replay after a failure, and an oracle that wants to
// know what was offered, cost no memory. When each record is due is the business of Arrivals.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/ids.h"

namespace holdfast {

struct InputRecord {
  std::string key;            // The id of the target instance.
  std::string value;          // Encoded message of the ingress's type.
  std::uint16_t ingress = 0;  // Its number in the application. All records of a partition have the same.
};

class Input {
 public:
  virtual ~Input() = default;
  virtual std::uint16_t partitions() const = 0;
  // Puts the record at `offset` of `partition` (below partitions()) in the place of what `record` held, reusing its
  // buffers; the ingress may be left alone if there is only one. Any thread.
  virtual void Record(PartitionId partition, std::uint64_t offset, InputRecord& record) const = 0;
};

}  // namespace holdfast
