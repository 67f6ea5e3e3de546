// Numbers that must not be mixed up. Each is a distinct type over an integer: compares, hashes and prints like the
// integer, converts only on request.
#pragma once

#include <fmt/format.h>

#include <compare>
#include <cstdint>
#include <functional>

namespace holdfast {

template <class Tag, class Integer>
struct StrongId {
  using Value = Integer;
  Integer value = 0;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Integer v) : value(v) {}
  constexpr StrongId Next() const { return StrongId(static_cast<Integer>(value + 1)); }
  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;
};

using WorkerId = StrongId<struct WorkerTag, std::uint16_t>;
using KeyGroup = StrongId<struct KeyGroupTag, std::uint16_t>;
using PartitionId = StrongId<struct PartitionTag, std::uint16_t>;
// Raised by a global rollback; fences everything older.
using WorldLine = StrongId<struct WorldLineTag, std::uint32_t>;
// Raised when one worker recovers alone; fences only that worker's older frames.
using Incarnation = StrongId<struct IncarnationTag, std::uint32_t>;
// Position in a world-line's row of cuts; the colour of a frame.
using SnapshotIndex = StrongId<struct SnapshotIndexTag, std::uint32_t>;
// Position in a worker's append log; the first record is 1, 0 means "before everything".
using Lsn = StrongId<struct LsnTag, std::uint64_t>;

// A snapshot's name: never used twice, because every start raises the world-line durably before the first cut.
struct SnapshotId {
  WorldLine world_line;
  SnapshotIndex index;
  friend constexpr auto operator<=>(const SnapshotId&, const SnapshotId&) = default;
  constexpr std::uint64_t Packed() const { return std::uint64_t{world_line.value} << 32 | index.value; }
  static constexpr SnapshotId Unpack(std::uint64_t packed) {
    return {WorldLine(static_cast<std::uint32_t>(packed >> 32)), SnapshotIndex(static_cast<std::uint32_t>(packed))};
  }
};

}  // namespace holdfast

template <class Tag, class Integer>
struct std::hash<holdfast::StrongId<Tag, Integer>> {
  std::size_t operator()(const holdfast::StrongId<Tag, Integer>& id) const noexcept {
    return std::hash<Integer>()(id.value);
  }
};
template <class Tag, class Integer>
struct fmt::formatter<holdfast::StrongId<Tag, Integer>> : fmt::formatter<Integer> {
  template <class FormatContext>
  auto format(const holdfast::StrongId<Tag, Integer>& id, FormatContext& context) const {
    return fmt::formatter<Integer>::format(id.value, context);
  }
};
// Prints as `world-line.index`, for example 3.17.
template <>
struct fmt::formatter<holdfast::SnapshotId> : fmt::formatter<std::string_view> {
  template <class FormatContext>
  auto format(const holdfast::SnapshotId& id, FormatContext& context) const {
    return fmt::format_to(context.out(), "{}.{}", id.world_line.value, id.index.value);
  }
};
