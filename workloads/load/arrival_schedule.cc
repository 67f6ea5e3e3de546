#include "workloads/load/arrival_schedule.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"
#include "core/base/random.h"

namespace holdfast {
namespace {

constexpr double kSecond = 1e9;

}  // namespace

ArrivalSchedule::ArrivalSchedule(std::uint64_t seed, Rate rate, Spread spread, std::uint16_t partitions)
    : seed_(seed), rate_(rate), spread_(spread), partitions_(partitions) {
  HOLDFAST_CHECK(rate.per_second > 0 && partitions > 0, "{} records per second over {} partitions", rate.per_second,
                 partitions);
  if (!timed() || spread == Spread::kConstant) return;
  window_nanos_ = kWindow * kSecond * partitions / rate.per_second;
  for (std::uint16_t p = 0; p < partitions; ++p) {
    const double gone = static_cast<double>(p) / partitions;
    const auto& first = WindowOf(PartitionId(p), 0).instants;
    partitions_[p].begin = -gone * window_nanos_;
    partitions_[p].skip =
        static_cast<std::uint64_t>(std::lower_bound(first.begin(), first.end(), gone) - first.begin());
  }
}

// The order statistics of uniform draws are the partial sums of exponential draws, divided by the whole sum.
const ArrivalSchedule::Window& ArrivalSchedule::WindowOf(PartitionId partition, std::uint64_t number) {
  auto& window = partitions_[partition.value].kept[number % kKept];
  if (window.number == number) return window;
  Random random(Mix64(seed_ ^ Mix64(std::uint64_t{partition.value} << 48 ^ number)));
  window.number = number;
  window.instants.resize(kWindow);
  double sum = 0;
  for (auto& instant : window.instants) instant = sum += random.Exponential(1);
  sum += random.Exponential(1);
  for (auto& instant : window.instants) instant /= sum;
  return window;
}

Duration ArrivalSchedule::At(PartitionId partition, std::uint64_t offset) {
  HOLDFAST_CHECK(timed() && partition.value < partitions_.size(), "partition {} of {}, {} records per second",
                 partition, partitions_.size(), rate_.per_second);
  if (spread_ == Spread::kConstant) {
    const double place = static_cast<double>(offset * partitions_.size() + partition.value);
    return Duration(std::llround(place * kSecond / rate_.per_second));
  }
  const auto& home = partitions_[partition.value];
  const auto place = offset + home.skip;
  const auto number = place / kWindow;
  const double within = WindowOf(partition, number).instants[place % kWindow];
  return Duration(std::llround(home.begin + (static_cast<double>(number) + within) * window_nanos_));
}

std::uint64_t ArrivalSchedule::CountBefore(PartitionId partition, Duration end) {
  std::uint64_t low = 0;
  std::uint64_t high = 1;
  while (At(partition, high - 1) < end) {
    low = high;
    high *= 2;
  }
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (At(partition, middle) < end) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace holdfast
