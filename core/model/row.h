// Where durable things stand. Everything a worker must not lose between two units (the values of an address, delayed
// messages, pending asynchronous operations, parked messages) is a row of its state backend, so that one cut covers all
// of it. A row's key begins with its key group, because key groups are what moves between workers.
#pragma once

#include <string_view>

#include "core/base/ids.h"

namespace holdfast {

// A function type's table holds one row per address with all its values; the tables from kFirstReserved up belong to
// the runtime.
using TableId = StrongId<struct TableTag, std::uint16_t>;
inline constexpr TableId kFirstReservedTable{0xff00};
inline constexpr TableId kDelayedTable{0xff00};
inline constexpr TableId kAsyncTable{0xff01};
inline constexpr TableId kParkedTable{0xff02};

struct RowKey {
  KeyGroup group;
  TableId table;
  std::string_view id;  // At most 65535 bytes.
  friend bool operator==(const RowKey&, const RowKey&) = default;
};

}  // namespace holdfast
