// When each offered record was answered. Walks the visible output of a point once, in its order, showing every record
// to the oracle and noting for each cause the instant of its first answer; afterwards everything about latency is a
// walk over the offered records.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "workloads/suite/runner/point_run.h"

namespace holdfast {

class Answers {
 public:
  // Times are nanoseconds from the point's zero.
  struct Record {
    std::int64_t intended = 0;            // Meaningless with rate `max`.
    std::optional<std::int64_t> sent;     // First time it left; absent if it never did, or with rate `max`.
    std::optional<std::int64_t> visible;  // First answer.
  };

  // The oracle has seen everything and finished when this returns.
  Answers(const PointObservation& seen, Oracle& oracle);

  // Visits every record that was to be offered (with rate `max`: that was sent), partition by partition, by offset.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (std::uint16_t p = 0; p < first_visible_.size(); ++p) {
      for (std::uint64_t offset = 0; offset < first_visible_[p].size(); ++offset) visit(At(PartitionId(p), offset));
    }
  }

 private:
  static constexpr std::int64_t kNotSeen = -1;

  void See(const EgressRecord& output, std::int64_t at, Oracle& oracle);
  Record At(PartitionId partition, std::uint64_t offset) const;

  const PointObservation& seen_;
  std::vector<std::vector<std::int64_t>> first_visible_;  // By partition and offset.
  std::vector<std::uint64_t> offered_;                    // What the oracle has been told.
};

}  // namespace holdfast
