// A latency histogram of the HDR kind: every value keeps a fixed number of significant digits, whether it is a
// microsecond or an hour, in a flat array of counters. Buckets double in width; each holds the same number of equal
// sub-buckets. So recording is one shift and one increment, merging adds arrays, and any percentile can be asked for
// afterwards. Percentiles of several runs come from merged histograms, never from averaged percentiles.
//
//     Histogram latency;                       // 1 ns .. 1 h, 3 significant digits, 270 KiB
//     latency.Record(nanos);
//     latency.Percentile(99.9);                // the largest value equivalent to the one at that rank
//
// The buckets are those of HdrHistogram, so histogram_codec.h can hand them to its libraries in other languages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace holdfast {

// Owned by one thread: record per thread, then Add() them up.
class Histogram {
 public:
  struct Range {
    std::int64_t lowest = 1;                   // Smallest difference kept apart; >= 1.
    std::int64_t highest = 3'600'000'000'000;  // Largest value kept; >= 2 * lowest.
    int digits = 3;                            // Significant decimal digits, 1 to 5.
    bool grows = false;                        // Extends `highest` (allocating) instead of clamping.
    friend bool operator==(const Range&, const Range&) = default;
  };
  // The values counted together in one counter.
  struct Bucket {
    std::int64_t from = 0, to = 0, count = 0;
  };

  Histogram() : Histogram(Range{}) {}
  // Requires a range as described above.
  explicit Histogram(Range range);
  // Starts with a few KiB and grows to whatever is recorded: for histograms that are many and mostly narrow.
  static Histogram Growing() { return Histogram({.highest = 4096, .grows = true}); }

  // Adds `count` times `value`. Negative values count as 0; values above the range count as its highest and are
  // reported by clamped(). Does not allocate unless the range grows.
  void Record(std::int64_t value, std::int64_t count = 1);
  // Adds everything `other` holds. Exact when both have the same digits and lowest value.
  void Add(const Histogram& other);
  // Forgets all values; costs only the span of buckets that was in use.
  void Reset();

  std::int64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  std::int64_t clamped() const { return clamped_; }
  // Exact as recorded; known to the bucket only after decoding. 0 when empty.
  std::int64_t min() const { return empty() ? 0 : min_; }
  std::int64_t max() const { return empty() ? 0 : max_; }
  // From bucket middles, so within the digits kept. 0 when empty.
  double Mean() const;
  double StandardDeviation() const;
  // The value that `percent` of all values do not exceed, to the digits kept. Requires 0 <= percent <= 100. 0 when
  // empty.
  std::int64_t Percentile(double percent) const;
  // The share of values, 0 to 1, that are at most `value`, to the digits kept.
  double ShareUpTo(std::int64_t value) const;
  // Calls `visit(Bucket)` for each non-empty bucket, ascending.
  template <class Visit>
  void ForEachBucket(Visit visit) const {
    for (std::size_t i = first_; i < end_; ++i)
      if (counts_[i] != 0) visit(BucketAt(i));
  }

  const Range& range() const { return range_; }
  // The raw counters, for codecs: index order is value order.
  const std::vector<std::int64_t>& counts() const { return counts_; }
  // Adds to one raw counter. Requires index < counts().size().
  void AddToCounter(std::size_t index, std::int64_t count);

 private:
  std::size_t IndexOf(std::int64_t value) const;
  Bucket BucketAt(std::size_t index) const;
  std::size_t CountersFor(std::int64_t highest) const;
  void GrowTo(std::int64_t value);

  Range range_;
  int unit_bits_ = 0;  // log2 of the smallest difference kept.
  int half_bits_ = 0;  // log2 of half the sub-buckets per bucket.
  std::vector<std::int64_t> counts_;
  std::size_t first_ = 0, end_ = 0;  // All non-zero counters lie in [first_, end_).
  std::int64_t count_ = 0, clamped_ = 0, min_ = 0, max_ = 0;
};

}  // namespace holdfast
