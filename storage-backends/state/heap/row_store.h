// Rows in versioned memory. A row is named by a reference that outlives every copy:
//
//   reference = segment number (21 bits) | offset in the segment / 8 (11 bits)
//   number    = leaf (upper bits) | place in the leaf (8 bits)
//
//   root  [ leaf 0 | leaf 1 | ... ]        copied by a cut, a few KiB
//            |
//   leaf  [ block | block | ... 256 ]      copied by the first change after a cut
//            |
//   block  a segment of equal slots        copied by the first write after a cut
//          or one large row
//
// So a cut costs a copy of the root, and what it shows is never written again. Which slots are free is the loop's
// private knowledge and is not versioned. Numbers and slots are chosen by the history of calls alone, never by
// addresses, so equal histories walk their rows in equal order. Owned by the loop.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/base/mutation.h"
#include "storage-backends/state/heap/block_pool.h"
#include "storage-backends/state/heap/cut_ledger.h"
#include "storage-backends/state/heap/size_classes.h"

namespace holdfast::heap {

// Never 0: rows begin behind the header of their block.
using RowRef = std::uint32_t;
inline constexpr RowRef kNoRow = 0;

class RowStore {
 public:
  static constexpr std::uint32_t kOffsetBits = 11;
  static constexpr std::uint32_t kMaxNumbers = 1u << (32 - kOffsetBits);

  explicit RowStore(Pages pages) : pool_(pages), ledger_(pool_) { partial_.fill(kNoNumber); }
  // Requires that every cut was returned.
  ~RowStore();
  RowStore(const RowStore&) = delete;
  RowStore& operator=(const RowStore&) = delete;

  const char* Row(RowRef ref) const { return At(ref); }
  // A slot for a row of `bytes`, its content unspecified; kNoRow when all numbers are taken.
  struct Slot {
    RowRef ref = kNoRow;
    char* row = nullptr;
  };
  Slot Allocate(std::size_t bytes);
  // Whether a row of `bytes` may replace the row in its place: it would get the same kind of slot.
  bool Fits(RowRef ref, std::size_t bytes) const;
  // The row, private to the loop. A large row keeps its content only if `bytes` suits its block; write it whole.
  // Requires Fits(ref, bytes).
  char* Writable(RowRef ref, std::size_t bytes);
  void Free(RowRef ref);
  // Frees every row.
  void Clear();

  const std::vector<Leaf*>& root() const { return root_; }
  CutLedger& ledger() { return ledger_; }
  std::size_t memory_bytes() const { return pool_.memory_bytes() + notes_.size() * sizeof(LeafNotes); }

 private:
  static constexpr std::uint32_t kNoNumber = ~0u;
  static constexpr std::uint8_t kLargeClass = 0xff;

  // What the loop knows of a block beside its content.
  struct BlockNotes {
    std::uint32_t next = kNoNumber;  // In the list of its class's segments with free slots, or of free numbers.
    std::uint32_t previous = kNoNumber;
    std::uint16_t rows = 0;
    std::uint16_t free_slot = 0;  // The first of the given-back slots, as offset / 8; 0 if none.
    std::uint8_t size_class = kLargeClass;
  };
  using LeafNotes = std::array<BlockNotes, kLeafBlocks>;

  const Leaf::Place& PlaceOf(std::uint32_t number) const {
    return root_[number / kLeafBlocks]->places[number % kLeafBlocks];
  }
  char* At(RowRef ref) const { return reinterpret_cast<char*>(PlaceOf(ref >> kOffsetBits).block) + OffsetOf(ref); }
  static std::size_t OffsetOf(RowRef ref) { return std::size_t{ref % (1u << kOffsetBits)} * SizeClasses::kUnit; }
  Slot SlotAt(std::uint32_t number, std::size_t offset) const {
    const RowRef ref = number << kOffsetBits | static_cast<std::uint32_t>(offset / SizeClasses::kUnit);
    return {ref, At(ref)};
  }
  BlockNotes& notes(std::uint32_t number) { return (*notes_[number / kLeafBlocks])[number % kLeafBlocks]; }
  const BlockNotes& notes(std::uint32_t number) const { return (*notes_[number / kLeafBlocks])[number % kLeafBlocks]; }

  std::uint32_t TakeNumber();
  void Install(std::uint32_t number, Block* block);
  Leaf* PrivateLeaf(std::uint32_t number);
  std::uint32_t OpenSegment(std::size_t size_class);
  Slot TakeSlot(std::uint32_t number);
  Slot AllocateLarge(std::size_t bytes);
  void MakePrivate(std::uint32_t number);
  char* ReplaceLarge(std::uint32_t number, std::size_t bytes);
  void GiveBackSlot(RowRef ref);
  void DropBlock(std::uint32_t number);
  void Link(std::uint32_t number);
  void Unlink(std::uint32_t number);

  BlockPool pool_;
  CutLedger ledger_;
  std::vector<Leaf*> root_;
  std::vector<std::unique_ptr<LeafNotes>> notes_;
  std::array<std::uint32_t, SizeClasses::kMaxCount> partial_;  // Per class, the first segment with a free slot.
  std::uint32_t free_number_ = kNoNumber;
  std::uint32_t numbers_ = 0;  // Ever used since the last Clear.
};

// Per row.

inline bool RowStore::Fits(RowRef ref, std::size_t bytes) const {
  const std::uint8_t present = notes(ref >> kOffsetBits).size_class;
  return present == (bytes > kLargestSlot ? kLargeClass : kSizeClasses.ClassOf(bytes));
}

inline char* RowStore::Writable(RowRef ref, std::size_t bytes) {
  const std::uint32_t number = ref >> kOffsetBits;
  if (bytes > kLargestSlot) [[unlikely]]
    return ReplaceLarge(number, bytes);
  if (ledger_.Shared(PlaceOf(number).born) && !HOLDFAST_MUTANT("overwrite-reaches-into-cut")) [[unlikely]]
    MakePrivate(number);
  return At(ref);
}

}  // namespace holdfast::heap
