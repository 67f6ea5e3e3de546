#include "storage-backends/state/write-behind/layer.h"

#include <algorithm>
#include <cstring>

#include "core/base/check.h"

namespace holdfast::write_behind {
namespace {

constexpr std::size_t kBlockBytes = 256 << 10;

}  // namespace

std::optional<Layer::Value> Layer::Find(std::string_view key) const {
  const auto row = rows_.find(key);
  if (row == rows_.end()) return std::nullopt;
  const auto& slot = row->second;
  if (slot.size == kErased) return Value{};
  return Value{{slot.bytes, slot.size}, true};
}

void Layer::Put(std::string_view key, std::string_view value) {
  HOLDFAST_CHECK(value.size() < kErased, "a value of {} bytes", value.size());
  auto& slot = SlotOf(key);
  if (slot.room < value.size()) {
    slot.bytes = Allocate(value.size());
    slot.room = static_cast<std::uint32_t>(value.size());
  }
  if (!value.empty()) std::memcpy(const_cast<char*>(slot.bytes), value.data(), value.size());
  slot.size = static_cast<std::uint32_t>(value.size());
}

void Layer::Erase(std::string_view key) { SlotOf(key).size = kErased; }

std::uint64_t Layer::bytes() const {
  return allocated_ + rows_.bucket_count() * (sizeof(std::string_view) + sizeof(Slot) + 1);
}

std::vector<Layer::Entry> Layer::Sorted() const {
  std::vector<Entry> entries;
  entries.reserve(rows_.size());
  for (const auto& [key, slot] : rows_) {
    entries.push_back({key, slot.size == kErased ? Value{} : Value{{slot.bytes, slot.size}, true}});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.key < b.key; });
  return entries;
}

Layer::Slot& Layer::SlotOf(std::string_view key) {
  if (const auto row = rows_.find(key); row != rows_.end()) return row->second;
  return rows_.emplace(Copy(key), Slot{}).first->second;
}

char* Layer::Allocate(std::size_t bytes) {
  if (bytes > free_) {
    const auto size = std::max(bytes, kBlockBytes);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    next_ = blocks_.back().get();
    free_ = size;
    allocated_ += size;
  }
  free_ -= bytes;
  return std::exchange(next_, next_ + bytes);
}

std::string_view Layer::Copy(std::string_view bytes) {
  char* const to = Allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return {to, bytes.size()};
}

}  // namespace holdfast::write_behind
