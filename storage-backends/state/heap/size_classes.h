// Which slot a row of so many bytes gets. Classes rise in steps of 8 bytes to 256, then by about a sixteenth, and the
// larger ones divide a segment without a rest.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace holdfast::heap {

inline constexpr std::size_t kSegmentBytes = 16 * 1024;
inline constexpr std::size_t kBlockHeaderBytes = 64;
inline constexpr std::size_t kSlotArea = kSegmentBytes - kBlockHeaderBytes;
// A row beyond this stands in a block of its own.
inline constexpr std::size_t kLargestSlot = kSlotArea / 4;

struct SizeClasses {
  static constexpr std::size_t kUnit = 8;
  static constexpr std::size_t kSmallest = 16;
  static constexpr std::size_t kEvenlySpacedTo = 256;
  static constexpr std::size_t kMaxCount = 96;

  std::array<std::uint16_t, kMaxCount> slot_bytes{};
  std::array<std::uint8_t, kLargestSlot / kUnit + 1> class_of_units{};
  std::size_t count = 0;

  constexpr SizeClasses() {
    for (std::size_t bytes = kSmallest; bytes <= kEvenlySpacedTo; bytes += kUnit) Add(bytes);
    for (std::size_t slots = kSlotArea / kEvenlySpacedTo; slots >= kSlotArea / kLargestSlot; --slots) {
      const std::size_t bytes = kSlotArea / slots / kUnit * kUnit;
      const std::size_t last = slot_bytes[count - 1];
      if (bytes >= last + last / 16) Add(bytes);
    }
    std::size_t index = 0;
    for (std::size_t units = 0; units < class_of_units.size(); ++units) {
      while (slot_bytes[index] < units * kUnit) ++index;
      class_of_units[units] = static_cast<std::uint8_t>(index);
    }
  }
  constexpr void Add(std::size_t bytes) { slot_bytes[count++] = static_cast<std::uint16_t>(bytes); }
  // Requires bytes <= kLargestSlot.
  constexpr std::size_t ClassOf(std::size_t bytes) const { return class_of_units[(bytes + kUnit - 1) / kUnit]; }
};

inline constexpr SizeClasses kSizeClasses;
static_assert(kSizeClasses.slot_bytes[kSizeClasses.count - 1] == kLargestSlot);

}  // namespace holdfast::heap
