// Keys as a database sorts them: the rows of a key group lie together, within it those of a table.
//
//   group (2 bytes, big-endian) | table (2 bytes, big-endian) | id
#pragma once

#include <string>
#include <string_view>

#include "core/model/row.h"

namespace holdfast::write_behind {

inline constexpr std::size_t kPlaceBytes = 4;

inline void StorePlace(KeyGroup group, TableId table, std::string& out) {
  const char place[kPlaceBytes] = {static_cast<char>(group.value >> 8), static_cast<char>(group.value),
                                   static_cast<char>(table.value >> 8), static_cast<char>(table.value)};
  out.assign(place, kPlaceBytes);
}

inline void StoreKey(const RowKey& key, std::string& out) {
  StorePlace(key.group, key.table, out);
  out.append(key.id);
}

// Requires a key that StoreKey made.
inline RowKey LoadKey(std::string_view stored) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(stored[i])); };
  return {KeyGroup(static_cast<std::uint16_t>(at(0) << 8 | at(1))),
          TableId(static_cast<std::uint16_t>(at(2) << 8 | at(3))), stored.substr(kPlaceBytes)};
}

}  // namespace holdfast::write_behind
