// When each record is due. Like the records themselves, a pure function of (seed, partition, offset): an open-loop
// generator walks it, and whoever meets a record later, in whatever order, can ask again when it was meant to leave.
//
// `constant`: evenly spaced over all partitions together. `poisson`: cut up so that any place can be computed alone.
// Time is divided into windows of 1024 expected arrivals of one partition, and each window holds exactly 1024, at
// independent uniformly random instants; the partitions' windows are staggered. So gaps are exponential and counts over
// stretches much shorter than a window vary as Poisson's do (over n arrivals the variance is n (1 - n / 1024)), while
// whole windows always hold the same number: bursts longer than a window are missing, and the mean rate is exact.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/base/units.h"

namespace holdfast {

// Keeps the latest windows it was asked about, so one thread at a time: give each its own copy.
class ArrivalSchedule {
 public:
  enum class Spread : std::uint8_t { kConstant, kPoisson };

  // `rate` is that of all partitions together.
  ArrivalSchedule(std::uint64_t seed, Rate rate, Spread spread, std::uint16_t partitions);

  // False when the rate is `max`: then there are no instants.
  bool timed() const { return !rate_.unlimited(); }
  // When the record is due, from the start of the load on; never falls with the offset. Requires timed().
  Duration At(PartitionId partition, std::uint64_t offset);
  // How many records of `partition` are due before `end`. Requires timed().
  std::uint64_t CountBefore(PartitionId partition, Duration end);

 private:
  static constexpr std::uint64_t kWindow = 1024;
  static constexpr std::size_t kKept = 4;
  struct Window {
    std::uint64_t number = ~std::uint64_t{0};
    std::vector<double> instants;  // In (0, 1), rising.
  };
  struct Partition {
    double begin = 0;        // Where the first window begins, in nanoseconds: at or before the start of the load.
    std::uint64_t skip = 0;  // Arrivals of the first window that fall before the start.
    std::array<Window, kKept> kept;
  };

  const Window& WindowOf(PartitionId partition, std::uint64_t number);

  std::uint64_t seed_;
  Rate rate_;
  Spread spread_;
  double window_nanos_ = 0;
  std::vector<Partition> partitions_;
};

}  // namespace holdfast
