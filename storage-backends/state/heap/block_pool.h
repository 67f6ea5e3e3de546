// Memory for blocks. Segments are cut from chunks that grow to two mebibytes, so that the kernel can back a large state
// with huge pages while a small one stays small; a segment given back waits for its next use. Large rows and leaves
// come from the allocator one by one. Owned by the loop.
#pragma once

#include <cstddef>
#include <vector>

#include "storage-backends/state/heap/block.h"
#include "storage-backends/state/heap/chunk.h"

namespace holdfast::heap {

class BlockPool {
 public:
  explicit BlockPool(Pages pages) : pages_(pages) {}

  // A segment without slots; what was in it before is still there.
  Segment* TakeSegment();
  // Requires capacity > kLargestSlot.
  LargeRow* TakeLargeRow(std::size_t capacity);
  Leaf* TakeLeaf();
  void Give(Block* block);

  // All it holds, blocks waiting for their next use included.
  std::size_t memory_bytes() const { return memory_bytes_; }

 private:
  void AddChunk();

  Pages pages_;
  std::vector<Chunk> chunks_;
  char* fresh_ = nullptr;  // The part of the newest chunk that was never used.
  char* fresh_end_ = nullptr;
  BlockList spare_segments_;
  std::size_t memory_bytes_ = 0;
};

}  // namespace holdfast::heap
