#include "storage-backends/state/heap/heap_backend.h"

#include <utility>

#include "core/base/hash.h"
#include "storage-backends/state/heap/heap_cut.h"
#include "storage-backends/state/heap/row_record.h"

namespace holdfast {

namespace {

// Ids of equal bytes in different tables or groups must part; the last step spreads whatever the hash of the id leaves
// uneven, since a worker's key groups are chosen by that hash.
std::uint32_t IndexHash(const RowKey& key) {
  const auto place = std::uint64_t{key.table.value} << 16 | key.group.value;
  return heap::RowIndex::Fold((Hash64(key.id) ^ place * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u);
}

}  // namespace

bool HeapBackend::Remembers(const RowKey& key) const {
  if (!last_.valid) return false;
  if (last_.position.row != heap::kNoRow) return heap::RowHasKey(store_.Row(last_.position.row), key);
  return key == RowKey{last_.group, last_.table, last_.id};
}

const heap::RowIndex::Position& HeapBackend::Locate(const RowKey& key) {
  if (Remembers(key)) return last_.position;
  last_.position = index_.Find(IndexHash(key), [&](heap::RowRef row) { return heap::RowHasKey(store_.Row(row), key); });
  last_.valid = true;
  if (last_.position.row == heap::kNoRow) {
    last_.group = key.group;
    last_.table = key.table;
    last_.id.assign(key.id);
  }
  return last_.position;
}

Result<std::optional<std::string_view>> HeapBackend::Get(const RowKey& key) {
  const auto& position = Locate(key);
  if (position.row == heap::kNoRow) return std::optional<std::string_view>();
  return std::optional(heap::ValueOf(store_.Row(position.row)));
}

Status HeapBackend::Put(const RowKey& key, std::string_view value) {
  const auto row = Locate(key).row;
  if (row == heap::kNoRow) return Insert(key, value);
  const std::size_t bytes = heap::RowBytes(key, value);
  if (!store_.Fits(row, bytes)) return Move(key, value);
  payload_bytes_ += value.size() - heap::ValueOf(store_.Row(row)).size();
  char* slot = store_.Writable(row, bytes);
  if (bytes > heap::kLargestSlot) {
    heap::WriteRow(slot, key, value);
  } else {
    heap::WriteValue(slot, key.id.size(), value);
  }
  return {};
}

Error HeapBackend::Full() const {
  return MakeError(ErrorCode::kExhausted, "the heap backend is full at {} rows; spread the state over more workers",
                   rows_);
}

Status HeapBackend::Insert(const RowKey& key, std::string_view value) {
  if (key.id.size() > heap::kMaxIdBytes) {
    return MakeError(ErrorCode::kInvalidArgument, "row id of {} bytes; at most {} are possible", key.id.size(),
                     heap::kMaxIdBytes);
  }
  const auto slot = store_.Allocate(heap::RowBytes(key, value));
  if (slot.ref == heap::kNoRow) return Full();
  heap::WriteRow(slot.row, key, value);
  last_.position = index_.Insert(last_.position, slot.ref);
  ++rows_;
  payload_bytes_ += key.id.size() + value.size();
  return {};
}

// To a slot of another size.
Status HeapBackend::Move(const RowKey& key, std::string_view value) {
  const auto old_row = last_.position.row;
  const auto slot = store_.Allocate(heap::RowBytes(key, value));
  if (slot.ref == heap::kNoRow) return Full();
  heap::WriteRow(slot.row, key, value);
  payload_bytes_ += value.size() - heap::ValueOf(store_.Row(old_row)).size();
  store_.Free(old_row);
  index_.Replace(last_.position, slot.ref);
  return {};
}

Status HeapBackend::Erase(const RowKey& key) {
  const auto& position = Locate(key);
  if (position.row == heap::kNoRow) return {};
  payload_bytes_ -= key.id.size() + heap::ValueOf(store_.Row(position.row)).size();
  --rows_;
  store_.Free(position.row);
  index_.Erase(position);
  last_.valid = false;
  return {};
}

// In two stages: this key's index line is asked for now, and the row of a key prefetched a few calls ago, whose line
// has had time to arrive.
void HeapBackend::Prefetch(const RowKey& key) {
  const std::uint32_t hash = IndexHash(key);
  __builtin_prefetch(index_.Home(hash));
  const std::uint32_t earlier = std::exchange(prefetched_[next_prefetched_], hash);
  next_prefetched_ = (next_prefetched_ + 1) % kPrefetchStages;
  if (earlier != 0) PrefetchRow(earlier);
}

void HeapBackend::PrefetchRow(std::uint32_t hash) const {
  const auto* line = index_.Home(hash);
  const unsigned lanes = heap::RowIndex::Lanes(*line, hash);
  if (lanes != 0) __builtin_prefetch(store_.Row(line->rows[__builtin_ctz(lanes)]));
}

Result<std::shared_ptr<const StateCut>> HeapBackend::Cut() {
  store_.ledger().Collect();
  return std::shared_ptr<const StateCut>(std::make_shared<heap::HeapCut>(store_.ledger(), store_.root(), rows_));
}

Status HeapBackend::ForEachIn(TableId table, const RowVisitor& visit) {
  return heap::VisitRows(store_.root(), table, visit);
}

Status HeapBackend::Clear() {
  store_.Clear();
  index_.Clear();
  last_.valid = false;
  rows_ = payload_bytes_ = 0;
  return {};
}

StateSize HeapBackend::size() const { return {rows_, payload_bytes_, store_.memory_bytes() + index_.memory_bytes()}; }

}  // namespace holdfast
