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

OptionSet HeapOptions::Declared() {
  return OptionSet({
      BoolOption("huge-pages", HeapOptions().huge_pages,
                 "Back a large state with huge pages: faster access, but growing by 2 MiB takes the loop a moment."),
  });
}

HeapOptions HeapOptions::From(const OptionValues& values) { return {.huge_pages = values.GetBool("huge-pages")}; }

HeapBackend::HeapBackend(const HeapOptions& options)
    : store_(options.huge_pages ? heap::Pages::kHuge : heap::Pages::kSmall),
      index_(options.huge_pages ? heap::Pages::kHuge : heap::Pages::kSmall) {}

inline bool HeapBackend::Remembers(const RowKey& key) const {
  if (last_.row != nullptr) return heap::RowHasKey(last_.row, key);
  return last_.position.lane != nullptr && key == RowKey{last_.group, last_.table, last_.id};
}

inline void HeapBackend::Remember(const heap::RowIndex::Position& position, const char* row) {
  last_.position = position;
  last_.row = row;
}

void HeapBackend::LookUp(const RowKey& key) {
  const auto position =
      index_.Find(IndexHash(key), [&](heap::RowRef row) { return heap::RowHasKey(store_.Row(row), key); });
  if (position.row != heap::kNoRow) return Remember(position, store_.Row(position.row));
  Remember(position, nullptr);
  last_.group = key.group;
  last_.table = key.table;
  last_.id.assign(key.id);
}

Result<std::optional<std::string_view>> HeapBackend::Get(const RowKey& key) {
  LookUp(key);
  if (last_.row == nullptr) return std::optional<std::string_view>();
  return std::optional(heap::ValueOf(last_.row));
}

Status HeapBackend::Put(const RowKey& key, std::string_view value) {
  if (!Remembers(key)) LookUp(key);
  if (last_.row == nullptr) return Insert(key, value);
  const std::size_t bytes = heap::RowBytes(key, value);
  if (bytes > heap::kLargestSlot || heap::HeaderOf(last_.row).value_bytes != value.size()) return Replace(key, value);
  char* row = store_.Writable(last_.position.row, bytes);
  heap::OverwriteValue(row, key.id.size(), value);
  last_.row = row;
  return {};
}

// The general case of a row that is there.
Status HeapBackend::Replace(const RowKey& key, std::string_view value) {
  const std::size_t bytes = heap::RowBytes(key, value);
  if (!store_.Fits(last_.position.row, bytes)) return Move(key, value);
  payload_bytes_ += value.size() - heap::ValueOf(last_.row).size();
  char* row = store_.Writable(last_.position.row, bytes);
  heap::WriteRow(row, key, value);
  last_.row = row;
  return {};
}

// To a slot of another size.
Status HeapBackend::Move(const RowKey& key, std::string_view value) {
  const auto slot = store_.Allocate(heap::RowBytes(key, value));
  if (slot.ref == heap::kNoRow) return Full();
  heap::WriteRow(slot.row, key, value);
  payload_bytes_ += value.size() - heap::ValueOf(store_.Row(last_.position.row)).size();
  store_.Free(last_.position.row);
  index_.Replace(last_.position, slot.ref);
  last_.row = slot.row;
  return {};
}

Status HeapBackend::Insert(const RowKey& key, std::string_view value) {
  if (key.id.size() > heap::kMaxIdBytes) {
    return MakeError(ErrorCode::kInvalidArgument, "row id of {} bytes; at most {} are possible", key.id.size(),
                     heap::kMaxIdBytes);
  }
  const auto slot = store_.Allocate(heap::RowBytes(key, value));
  if (slot.ref == heap::kNoRow) return Full();
  heap::WriteRow(slot.row, key, value);
  Remember(index_.Insert(last_.position, slot.ref), slot.row);
  ++rows_;
  payload_bytes_ += key.id.size() + value.size();
  return {};
}

Error HeapBackend::Full() const {
  return MakeError(ErrorCode::kExhausted, "the heap backend is full at {} rows; spread the state over more workers",
                   rows_);
}

Status HeapBackend::Erase(const RowKey& key) {
  if (!Remembers(key)) LookUp(key);
  if (last_.row == nullptr) return {};
  payload_bytes_ -= key.id.size() + heap::ValueOf(last_.row).size();
  --rows_;
  store_.Free(last_.position.row);
  index_.Erase(last_.position);
  Remember({}, nullptr);
  return {};
}

// In two stages: this key's index line is asked for now, and the row of a key prefetched a few calls ago, whose line
// has had time to arrive.
void HeapBackend::Prefetch(const RowKey& key) {
  const std::uint32_t hash = IndexHash(key);
  index_.Prefetch(hash);
  const std::uint32_t earlier = std::exchange(prefetched_[next_prefetched_], hash);
  next_prefetched_ = (next_prefetched_ + 1) % kPrefetchStages;
  if (const auto row = index_.Guess(earlier); row != heap::kNoRow) __builtin_prefetch(store_.Row(row));
}

void HeapBackend::Expect(std::uint64_t rows) {
  if (rows_ > 0) return;
  index_.Reserve(rows);
  Remember({}, nullptr);
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
  Remember({}, nullptr);
  rows_ = payload_bytes_ = 0;
  return {};
}

StateSize HeapBackend::size() const { return {rows_, payload_bytes_, store_.memory_bytes() + index_.memory_bytes()}; }

void RegisterHeapBackend(StateBackendRegistry& backends) {
  backends.Add({.kind = PartKind::kStateBackend,
                .name = "heap",
                .sentence = "Rows in memory, in versioned segments that a cut shares.",
                .options = HeapOptions::Declared(),
                .capabilities = {"constant-time-cut"}},
               [](const StateSite&, const OptionValues& options) -> Result<std::unique_ptr<StateBackend>> {
                 return std::unique_ptr<StateBackend>(std::make_unique<HeapBackend>(HeapOptions::From(options)));
               });
}

}  // namespace holdfast
