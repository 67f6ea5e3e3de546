#include "results/record/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/check.h"

namespace holdfast {
namespace {

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();

int FloorLog2(std::int64_t value) { return 63 - std::countl_zero(static_cast<std::uint64_t>(value)); }

}  // namespace

Histogram::Histogram(Range range) : range_(range) {
  HOLDFAST_CHECK(range.digits >= 1 && range.digits <= 5, "{} significant digits", range.digits);
  HOLDFAST_CHECK(range.lowest >= 1 && range.highest / 2 >= range.lowest, "histogram range {}..{}", range.lowest,
                 range.highest);
  // Two values of `digits` digits must not share a sub-bucket: 2 * 10^digits of them, rounded up to a power of two.
  const auto sub_buckets = std::bit_ceil(static_cast<std::uint64_t>(2 * std::pow(10, range.digits)));
  half_bits_ = std::countr_zero(sub_buckets) - 1;
  unit_bits_ = FloorLog2(range.lowest);
  HOLDFAST_CHECK(unit_bits_ + half_bits_ < 61, "lowest value {} leaves no room for {} digits", range.lowest,
                 range.digits);
  counts_.resize(CountersFor(range.highest));
}

std::size_t Histogram::CountersFor(std::int64_t highest) const {
  std::size_t buckets = 1;
  std::int64_t covered = std::int64_t{2} << (half_bits_ + unit_bits_);  // First value not covered.
  while (covered <= highest) {
    ++buckets;
    if (covered > kLargest / 2) break;
    covered *= 2;
  }
  return (buckets + 1) << half_bits_;
}

std::size_t Histogram::IndexOf(std::int64_t value) const {
  const std::int64_t sub_mask = ((std::int64_t{2} << half_bits_) - 1) << unit_bits_;
  const int bucket = FloorLog2(value | sub_mask) - half_bits_ - unit_bits_;
  const auto sub = static_cast<std::size_t>(value >> (bucket + unit_bits_));
  return (static_cast<std::size_t>(bucket) << half_bits_) + sub;
}

Histogram::Bucket Histogram::BucketAt(std::size_t index) const {
  const std::size_t half = std::size_t{1} << half_bits_;
  const std::size_t bucket = index < 2 * half ? 0 : (index >> half_bits_) - 1;
  const auto width_bits = static_cast<int>(bucket) + unit_bits_;
  const auto from = static_cast<std::int64_t>(index - (bucket << half_bits_)) << width_bits;
  return {from, from + ((std::int64_t{1} << width_bits) - 1), counts_[index]};
}

void Histogram::GrowTo(std::int64_t value) {
  counts_.resize(CountersFor(value));
  range_.highest = BucketAt(counts_.size() - 1).to;
}

void Histogram::Record(std::int64_t value, std::int64_t count) {
  if (count <= 0) return;
  value = std::max<std::int64_t>(value, 0);
  if (value > range_.highest) {
    if (range_.grows) {
      GrowTo(value);
    } else {
      clamped_ += count;
      value = range_.highest;
    }
  }
  const auto index = IndexOf(value);
  min_ = empty() ? value : std::min(min_, value);
  max_ = empty() ? value : std::max(max_, value);
  first_ = empty() ? index : std::min(first_, index);
  end_ = std::max(end_, index + 1);
  counts_[index] += count;
  count_ += count;
}

void Histogram::AddToCounter(std::size_t index, std::int64_t count) {
  HOLDFAST_CHECK(index < counts_.size(), "counter {} of {}", index, counts_.size());
  if (count <= 0) return;
  const auto bucket = BucketAt(index);
  min_ = empty() ? bucket.from : std::min(min_, bucket.from);
  max_ = empty() ? bucket.to : std::max(max_, bucket.to);
  first_ = empty() ? index : std::min(first_, index);
  end_ = std::max(end_, index + 1);
  counts_[index] += count;
  count_ += count;
}

void Histogram::Add(const Histogram& other) {
  if (other.empty()) return;
  const bool same_buckets = half_bits_ == other.half_bits_ && unit_bits_ == other.unit_bits_;
  if (same_buckets && range_.grows && other.max_ > range_.highest) GrowTo(other.max_);
  if (!same_buckets || other.max_ > range_.highest) {
    other.ForEachBucket([&](Bucket b) { Record(std::midpoint(b.from, b.to), b.count); });
  } else {
    for (auto i = other.first_; i < other.end_; ++i) counts_[i] += other.counts_[i];
    min_ = empty() ? other.min_ : std::min(min_, other.min_);
    max_ = empty() ? other.max_ : std::max(max_, other.max_);
    first_ = empty() ? other.first_ : std::min(first_, other.first_);
    end_ = std::max(end_, other.end_);
    count_ += other.count_;
  }
  clamped_ += other.clamped_;
}

void Histogram::Reset() {
  std::fill(counts_.begin() + static_cast<std::ptrdiff_t>(first_), counts_.begin() + static_cast<std::ptrdiff_t>(end_),
            0);
  first_ = end_ = 0;
  count_ = clamped_ = min_ = max_ = 0;
}

double Histogram::Mean() const {
  if (empty()) return 0;
  double total = 0;
  ForEachBucket([&](Bucket b) { total += static_cast<double>(b.count) * std::midpoint<double>(b.from, b.to); });
  return total / static_cast<double>(count_);
}

double Histogram::StandardDeviation() const {
  if (empty()) return 0;
  const double mean = Mean();
  double squares = 0;
  ForEachBucket([&](Bucket b) {
    const double off = std::midpoint<double>(b.from, b.to) - mean;
    squares += static_cast<double>(b.count) * off * off;
  });
  return std::sqrt(squares / static_cast<double>(count_));
}

std::int64_t Histogram::Percentile(double percent) const {
  HOLDFAST_CHECK(percent >= 0 && percent <= 100, "percentile {}", percent);
  if (empty()) return 0;
  // The nudge keeps 99.9 % of 1000 at rank 999 although 99.9 has no exact binary form.
  const double rank = std::ceil(std::nextafter(percent, 0.0) / 100 * static_cast<double>(count_));
  const auto wanted = std::clamp<std::int64_t>(static_cast<std::int64_t>(rank), 1, count_);
  std::int64_t seen = 0;
  for (auto i = first_; i < end_; ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::clamp(BucketAt(i).to, min_, max_);
  }
  return max_;
}

double Histogram::ShareUpTo(std::int64_t value) const {
  if (empty()) return 0;
  std::int64_t seen = 0;
  ForEachBucket([&](Bucket b) { seen += b.from <= value ? b.count : 0; });
  return static_cast<double>(seen) / static_cast<double>(count_);
}

}  // namespace holdfast
