// When each offered record was answered. Walks the visible output of a point once, in its order, showing every record
// to the oracle and noting for each cause the instant of its first answer; afterwards everything about latency is a
// walk over the offered records.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
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

  // The oracle has seen everything and finished when this returns, and the collector has been read out.
  // `history`, if there is one, hears of every output whose cause is known.
  Answers(const PointObservation& seen, Oracle& oracle, ElleHistory* history = nullptr);

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
  ElleHistory* const history_;
  // By offset; pages are made as they are needed, while the collector gives memory back.
  class Instants {
   public:
    explicit Instants(std::uint64_t size) : size_(size), pages_((size + kPage - 1) / kPage) {}
    std::uint64_t size() const { return size_; }
    std::int64_t Get(std::uint64_t offset) const {
      const auto& page = pages_[offset / kPage];
      return page ? (*page)[offset % kPage] : kNotSeen;
    }
    std::int64_t& At(std::uint64_t offset);

   private:
    static constexpr std::size_t kPage = 1 << 16;
    using Page = std::array<std::int64_t, kPage>;
    std::uint64_t size_;
    std::vector<std::unique_ptr<Page>> pages_;
  };

  std::vector<Instants> first_visible_;  // By partition.
  std::vector<std::uint64_t> offered_;   // What the oracle has been told.
};

}  // namespace holdfast
