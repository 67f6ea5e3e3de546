#include "storage-backends/state/heap/block_pool.h"

#include <algorithm>
#include <new>

namespace holdfast::heap {

namespace {
constexpr std::align_val_t kRowAlignment{alignof(LargeRow)};
}  // namespace

Segment* BlockPool::TakeSegment() {
  if (!spare_segments_.empty()) return new (spare_segments_.Pop()) Segment;
  if (fresh_ == fresh_end_) AddChunk();
  char* memory = fresh_;
  fresh_ += kSegmentBytes;
  return new (memory) Segment;
}

void BlockPool::AddChunk() {
  const std::size_t bytes = NextChunkBytes(memory_bytes_);
  chunks_.push_back(MakeChunk(bytes, pages_));
  fresh_ = static_cast<char*>(chunks_.back().get());
  fresh_end_ = fresh_ + bytes;
  memory_bytes_ += bytes;
}

LargeRow* BlockPool::TakeLargeRow(std::size_t capacity) {
  const std::size_t bytes = kRowsOffset + capacity;
  auto* row = new (::operator new(bytes, kRowAlignment)) LargeRow;
  row->capacity = capacity;
  memory_bytes_ += bytes;
  return row;
}

Leaf* BlockPool::TakeLeaf() {
  memory_bytes_ += sizeof(Leaf);
  return new Leaf;
}

void BlockPool::Give(Block* block) {
  switch (block->kind) {
    case BlockKind::kSegment:
      spare_segments_.Push(block);
      return;
    case BlockKind::kLargeRow:
      memory_bytes_ -= kRowsOffset + static_cast<LargeRow*>(block)->capacity;
      ::operator delete(static_cast<LargeRow*>(block), kRowAlignment);
      return;
    case BlockKind::kLeaf:
      memory_bytes_ -= sizeof(Leaf);
      delete static_cast<Leaf*>(block);
      return;
  }
}

}  // namespace holdfast::heap
