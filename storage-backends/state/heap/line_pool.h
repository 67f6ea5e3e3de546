// Memory for the pages of the index: runs of one to eight units of 32 lines, first fit. Pages of all sizes come and go
// while the index grows, so what a narrow page leaves behind must serve a wider one. Owned by the loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "storage-backends/state/heap/chunk.h"

namespace holdfast::heap {

// One cache line: eight hashes, 0 where free, then their eight rows.
struct alignas(64) IndexLine {
  static constexpr unsigned kLanes = 8;

  std::uint32_t words[2 * kLanes];
};

class LinePool {
 public:
  static constexpr std::size_t kUnitLines = 32;

  explicit LinePool(Pages pages) : pages_(pages) {}

  // Requires a multiple of kUnitLines. The lines are empty.
  IndexLine* Take(std::size_t line_count);
  void Give(IndexLine* lines, std::size_t line_count);
  std::size_t memory_bytes() const { return memory_bytes_; }

 private:
  static constexpr std::size_t kMaxPooled = 8 * kUnitLines;  // Longer runs come from the allocator one by one.
  static constexpr std::size_t kUnitBytes = kUnitLines * sizeof(IndexLine);

  // Up to 64 units in a row; a run does not go beyond.
  struct Stretch {
    IndexLine* lines;
    std::size_t units;
    std::uint64_t free_units;
  };

  IndexLine* TakeRun(std::size_t units);
  IndexLine* TakeLongRun(std::size_t line_count);
  void AddChunk();

  Pages pages_;
  std::vector<Chunk> chunks_;
  std::vector<Stretch> stretches_;
  std::unordered_map<IndexLine*, Chunk> long_runs_;
  std::size_t memory_bytes_ = 0;
};

}  // namespace holdfast::heap
