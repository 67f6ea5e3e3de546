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

inline bool RowHasKey(const char* row, const RowKey& key) {
  const auto header = HeaderOf(row);
  return header.group == key.group.value && header.table == key.table.value &&
         std::string_view(row + sizeof(RowHeader), header.id_bytes) == key.id;
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

// Sets the value of a row whose key stands. Requires the room.
inline void WriteValue(char* row, std::size_t id_bytes, std::string_view value) {
  auto length = static_cast<std::uint16_t>(value.size());
  if (sizeof(RowHeader) + id_bytes + value.size() > kLargestSlot) {
    reinterpret_cast<LargeRow*>(row - kRowsOffset)->value_bytes = value.size();
    length = kLargeValue;
  }
  std::memcpy(row + offsetof(RowHeader, value_bytes), &length, sizeof(length));
  if (!value.empty()) std::memcpy(row + sizeof(RowHeader) + id_bytes, value.data(), value.size());
}

inline void WriteRow(char* row, const RowKey& key, std::string_view value) {
  const RowHeader header{key.group.value, key.table.value, static_cast<std::uint16_t>(key.id.size()), 0};
  std::memcpy(row, &header, sizeof(header));
  if (!key.id.empty()) std::memcpy(row + sizeof(RowHeader), key.id.data(), key.id.size());
  WriteValue(row, key.id.size(), value);
}

}  // namespace holdfast::heap
