// The three kinds of memory a cut can share with the loop: a segment of equal slots, a large row on its own, and a leaf
// of the directory. Each knows in which version it was born; once it has left the present state it hangs in a list
// until the last cut that shows it is gone. A reader of a cut touches only what stops changing when the block is
// shared: everything but `next`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "storage-backends/state/heap/size_classes.h"

namespace holdfast::heap {

enum class BlockKind : std::uint32_t { kSegment, kLargeRow, kLeaf };

struct Block {
  explicit Block(BlockKind k) : kind(k) {}

  Block* next = nullptr;   // In a list of retired or spare blocks.
  std::uint32_t born = 0;  // The version that made it.
  BlockKind kind;
};

// Rows begin at this offset in segments and large rows alike.
inline constexpr std::size_t kRowsOffset = kBlockHeaderBytes;

struct alignas(64) Segment : Block {
  Segment() : Block(BlockKind::kSegment) {}
  const char* at(std::size_t offset) const { return reinterpret_cast<const char*>(this) + offset; }

  std::uint32_t slot_bytes = 0;
  std::uint32_t end = kRowsOffset;  // Slots beyond were never used.
};

struct alignas(64) LargeRow : Block {
  LargeRow() : Block(BlockKind::kLargeRow) {}

  std::uint64_t capacity = 0;     // Bytes of row that fit.
  std::uint64_t value_bytes = 0;  // Too many for the row's own header.
};
static_assert(sizeof(Segment) == kRowsOffset && sizeof(LargeRow) == kRowsOffset);

inline constexpr std::size_t kLeafBlocks = 256;

struct Leaf : Block {
  Leaf() : Block(BlockKind::kLeaf) {}

  struct Place {
    Block* block = nullptr;  // Null where the number is free.
    std::uint32_t born = 0;  // The block's own, beside the pointer because every write asks.
  };
  std::array<Place, kLeafBlocks> places{};
};

// First in, first out, through `next`.
class BlockList {
 public:
  bool empty() const { return head_ == nullptr; }
  void Push(Block* block) {
    block->next = nullptr;
    (head_ == nullptr ? head_ : tail_->next) = block;
    tail_ = block;
  }
  Block* Pop() {
    Block* block = head_;
    head_ = block->next;
    return block;
  }

 private:
  Block* head_ = nullptr;
  Block* tail_ = nullptr;
};

}  // namespace holdfast::heap
