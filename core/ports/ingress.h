// Where records come in. An ingress is split into partitions; a record is named by (partition, offset) and can be read
// again from any offset not yet released, with the same content. The worker pulls, so back-pressure is simply not
// pulling. Called on the owner's loop.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/result.h"

namespace holdfast {

struct IngressRecord {
  std::uint64_t offset = 0;
  std::uint16_t ingress = 0;  // Number of the ingress in the Application.
  std::string_view key;       // The id of the target instance.
  std::string_view value;     // Encoded message of the ingress's type.
};

// In place of an offset: the highest one ever released, by whatever process; the beginning if none was.
inline constexpr std::uint64_t kFromReleased = ~std::uint64_t{0};

class Ingress {
 public:
  virtual ~Ingress() = default;
  // The next Poll of `partition` begins with the record at `offset`, or where kFromReleased says.
  virtual void Seek(PartitionId partition, std::uint64_t offset) = 0;
  // Up to `max` records, consecutive offsets; empty if none is there now (the host wakes the loop when there are).
  // Records and their bytes stay valid until the next Poll or Seek of the same partition.
  virtual std::span<const IngressRecord> Poll(PartitionId partition, std::size_t max) = 0;
  // Everything below `offset` will not be asked for again. Kept beyond the process's life, for kFromReleased.
  virtual void Release(PartitionId partition, std::uint64_t offset) = 0;
};

}  // namespace holdfast
