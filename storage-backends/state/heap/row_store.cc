#include "storage-backends/state/heap/row_store.h"

#include <cstring>

#include "core/base/check.h"
#include "core/base/mutation.h"
#include "storage-backends/state/heap/row_record.h"

namespace holdfast::heap {

RowStore::~RowStore() {
  Clear();
  ledger_.CollectAll();
  HOLDFAST_CHECK(ledger_.live() == 0, "{} cuts outlive their state backend", ledger_.live());
}

RowStore::Slot RowStore::Allocate(std::size_t bytes) {
  if (bytes > kLargestSlot) return AllocateLarge(bytes);
  const std::size_t size_class = kSizeClasses.ClassOf(bytes);
  std::uint32_t number = partial_[size_class];
  if (number == kNoNumber) number = OpenSegment(size_class);
  return number == kNoNumber ? Slot() : TakeSlot(number);
}

std::uint32_t RowStore::OpenSegment(std::size_t size_class) {
  ledger_.Collect();
  const std::uint32_t number = TakeNumber();
  if (number == kNoNumber) return kNoNumber;
  Segment* segment = pool_.TakeSegment();
  segment->slot_bytes = kSizeClasses.slot_bytes[size_class];
  Install(number, segment);
  notes(number).size_class = static_cast<std::uint8_t>(size_class);
  Link(number);
  return number;
}

RowStore::Slot RowStore::AllocateLarge(std::size_t bytes) {
  ledger_.Collect();
  const std::uint32_t number = TakeNumber();
  if (number == kNoNumber) return {};
  Install(number, pool_.TakeLargeRow(bytes));
  notes(number).rows = 1;
  return SlotAt(number, kRowsOffset);
}

std::uint32_t RowStore::TakeNumber() {
  if (free_number_ != kNoNumber) {
    const std::uint32_t number = free_number_;
    free_number_ = notes(number).next;
    notes(number) = {};
    return number;
  }
  if (numbers_ == kMaxNumbers) return kNoNumber;
  if (numbers_ == root_.size() * kLeafBlocks) {
    root_.push_back(pool_.TakeLeaf());
    root_.back()->born = ledger_.version();
    notes_.push_back(std::make_unique<LeafNotes>());
  }
  return numbers_++;
}

// Puts a new block where `number` says.
void RowStore::Install(std::uint32_t number, Block* block) {
  block->born = ledger_.version();
  PrivateLeaf(number)->places[number % kLeafBlocks] = {block, block->born};
}

Leaf* RowStore::PrivateLeaf(std::uint32_t number) {
  Leaf*& leaf = root_[number / kLeafBlocks];
  if (!ledger_.Shared(leaf->born)) return leaf;
  Leaf* copy = pool_.TakeLeaf();
  copy->places = leaf->places;
  copy->born = ledger_.version();
  ledger_.Retire(leaf);
  return leaf = copy;
}

void RowStore::MakePrivate(std::uint32_t number) {
  ledger_.Collect();
  if (!ledger_.Shared(PlaceOf(number).born)) return;
  auto* shared = static_cast<Segment*>(PlaceOf(number).block);
  Segment* copy = pool_.TakeSegment();
  copy->slot_bytes = shared->slot_bytes;
  copy->end = shared->end;
  std::memcpy(reinterpret_cast<char*>(copy) + kRowsOffset, shared->at(kRowsOffset), shared->end - kRowsOffset);
  Install(number, copy);
  ledger_.Retire(shared);
}

// A large row is written whole, so a shared or unsuitable block is replaced, not copied.
char* RowStore::ReplaceLarge(std::uint32_t number, std::size_t bytes) {
  auto* row = static_cast<LargeRow*>(PlaceOf(number).block);
  const bool suits = bytes <= row->capacity && bytes >= row->capacity / 4 * 3;
  if (ledger_.Shared(row->born) || !suits) {
    ledger_.Collect();
    Install(number, pool_.TakeLargeRow(bytes));
    ledger_.Retire(row);
  }
  return SlotAt(number, kRowsOffset).row;
}

// The first free slot of a segment that has one.
RowStore::Slot RowStore::TakeSlot(std::uint32_t number) {
  auto& its = notes(number);
  if (ledger_.Shared(PlaceOf(number).born) && !HOLDFAST_MUTANT("insert-reaches-into-cut")) MakePrivate(number);
  auto* segment = static_cast<Segment*>(PlaceOf(number).block);
  std::size_t offset = segment->end;
  if (its.free_slot != 0) {
    offset = std::size_t{its.free_slot} * SizeClasses::kUnit;
    its.free_slot = HeaderOf(segment->at(offset)).id_bytes;
  } else {
    segment->end += segment->slot_bytes;
  }
  ++its.rows;
  if (its.free_slot == 0 && segment->end + segment->slot_bytes > kSegmentBytes) Unlink(number);
  return SlotAt(number, offset);
}

void RowStore::Free(RowRef ref) {
  auto& its = notes(ref >> kOffsetBits);
  if (its.rows == 1) {
    DropBlock(ref >> kOffsetBits);
  } else {
    GiveBackSlot(ref);
    --its.rows;
  }
}

void RowStore::GiveBackSlot(RowRef ref) {
  const std::uint32_t number = ref >> kOffsetBits;
  auto& its = notes(number);
  if (ledger_.Shared(PlaceOf(number).born) && !HOLDFAST_MUTANT("erase-reaches-into-cut")) MakePrivate(number);
  const auto* segment = static_cast<Segment*>(PlaceOf(number).block);
  const bool was_full = its.free_slot == 0 && segment->end + segment->slot_bytes > kSegmentBytes;
  const RowHeader mark{0, 0, its.free_slot, kFreeSlot};
  std::memcpy(At(ref), &mark, sizeof(mark));
  its.free_slot = static_cast<std::uint16_t>(OffsetOf(ref) / SizeClasses::kUnit);
  if (was_full) Link(number);
}

// Gives up a block without rows, and its number.
void RowStore::DropBlock(std::uint32_t number) {
  Block* block = PlaceOf(number).block;
  if (block->kind == BlockKind::kSegment) {
    const auto* segment = static_cast<Segment*>(block);
    const bool full = notes(number).free_slot == 0 && segment->end + segment->slot_bytes > kSegmentBytes;
    if (!full) Unlink(number);
  }
  PrivateLeaf(number)->places[number % kLeafBlocks] = {};
  ledger_.Retire(block);
  notes(number).next = free_number_;
  free_number_ = number;
}

void RowStore::Link(std::uint32_t number) {
  std::uint32_t& first = partial_[notes(number).size_class];
  notes(number).next = first;
  notes(number).previous = kNoNumber;
  if (first != kNoNumber) notes(first).previous = number;
  first = number;
}

void RowStore::Unlink(std::uint32_t number) {
  const auto& its = notes(number);
  (its.previous == kNoNumber ? partial_[its.size_class] : notes(its.previous).next) = its.next;
  if (its.next != kNoNumber) notes(its.next).previous = its.previous;
}

void RowStore::Clear() {
  for (Leaf* leaf : root_) {
    for (const auto& place : leaf->places) {
      if (place.block != nullptr) ledger_.Retire(place.block);
    }
    ledger_.Retire(leaf);
  }
  root_.clear();
  notes_.clear();
  partial_.fill(kNoNumber);
  free_number_ = kNoNumber;
  numbers_ = 0;
  ledger_.Collect();
}

}  // namespace holdfast::heap
