// How a row lies in its slot: an eight-byte header, the id, the value. A free slot carries a mark where the length of
// the value would be.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "core/model/row.h"
#include "storage-backends/state/heap/block.h"

namespace holdfast::heap {

inline constexpr std::size_t kMaxIdBytes = 0xffff;
inline constexpr std::uint16_t kFreeSlot = 0xfffe;
inline constexpr std::uint16_t kLargeValue = 0xffff;  // The length stands in the LargeRow before the row.
static_assert(kLargestSlot < kFreeSlot);

struct RowHeader {
  std::uint16_t group;
  std::uint16_t table;
  std::uint16_t id_bytes;  // In a free slot: the next free slot of the segment.
  std::uint16_t value_bytes;
};
static_assert(sizeof(RowHeader) == 8);

inline std::size_t RowBytes(const RowKey& key, std::string_view value) {
  return sizeof(RowHeader) + key.id.size() + value.size();
}

inline RowHeader HeaderOf(const char* row) {
  RowHeader header;
  std::memcpy(&header, row, sizeof(header));
  return header;
}

// The same as memcmp() == 0, without the call for the short ids that are the rule.
inline bool SameBytes(const char* a, const char* b, std::size_t count) {
  const auto differ = [&]<class Word>(Word, std::size_t at) {
    Word x, y;
    std::memcpy(&x, a + at, sizeof(x));
    std::memcpy(&y, b + at, sizeof(y));
    return x ^ y;
  };
  if (count > 16) return std::memcmp(a, b, count) == 0;
  if (count >= 8) return (differ(std::uint64_t{}, 0) | differ(std::uint64_t{}, count - 8)) == 0;
  if (count >= 4) return (differ(std::uint32_t{}, 0) | differ(std::uint32_t{}, count - 4)) == 0;
  for (std::size_t at = 0; at < count; ++at) {
    if (a[at] != b[at]) return false;
  }
  return true;
}

inline bool RowHasKey(const char* row, const RowKey& key) {
  const auto header = HeaderOf(row);
  return header.group == key.group.value && header.table == key.table.value && header.id_bytes == key.id.size() &&
         SameBytes(row + sizeof(RowHeader), key.id.data(), key.id.size());
}

inline RowKey KeyOf(const char* row) {
  const auto header = HeaderOf(row);
  return {KeyGroup(header.group), TableId(header.table), {row + sizeof(RowHeader), header.id_bytes}};
}

inline std::string_view ValueOf(const char* row) {
  const auto header = HeaderOf(row);
  const char* value = row + sizeof(RowHeader) + header.id_bytes;
  if (header.value_bytes != kLargeValue) return {value, header.value_bytes};
  return {value, reinterpret_cast<const LargeRow*>(row - kRowsOffset)->value_bytes};
}

// Replaces the value by one of equal length.
inline void OverwriteValue(char* row, std::size_t id_bytes, std::string_view value) {
  if (!value.empty()) std::memcpy(row + sizeof(RowHeader) + id_bytes, value.data(), value.size());
}

// Sets the value of a row whose key stands. Requires the room.
inline void WriteValue(char* row, std::size_t id_bytes, std::string_view value) {
  auto length = static_cast<std::uint16_t>(value.size());
  if (sizeof(RowHeader) + id_bytes + value.size() > kLargestSlot) {
    reinterpret_cast<LargeRow*>(row - kRowsOffset)->value_bytes = value.size();
    length = kLargeValue;
  }
  std::memcpy(row + offsetof(RowHeader, value_bytes), &length, sizeof(length));
  OverwriteValue(row, id_bytes, value);
}

inline void WriteRow(char* row, const RowKey& key, std::string_view value) {
  const RowHeader header{key.group.value, key.table.value, static_cast<std::uint16_t>(key.id.size()), 0};
  std::memcpy(row, &header, sizeof(header));
  if (!key.id.empty()) std::memcpy(row + sizeof(RowHeader), key.id.data(), key.id.size());
  WriteValue(row, key.id.size(), value);
}

}  // namespace holdfast::heap
