// From a key's hash to its row, as extendible hashing over small pages, so that growing never moves more than one page
// (at most 16 KiB) at a time:
//
//   directory [ page | page | page | ... ]   chosen by the leading bits of the hash
//                 |
//   page      [ line | line | ... ]          chosen by the trailing bits; a full line spills into the next
//                 |
//   line        8 hashes, 8 rows             64 bytes: a look-up touches one cache line of the index
//
// A page grows in steps until it has 256 lines, then splits in two; so a large index is between 0.64 and 0.8 full,
// which is 10 to 12.5 bytes a row. A line keeps 32 bits of each hash, so splitting needs no row and a false match is
// rare. Erasing moves spilled entries back; there are no tombstones. Owned by the loop; cuts never see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "storage-backends/state/heap/line_pool.h"

namespace holdfast::heap {

class RowIndex {
 public:
  using Line = IndexLine;
  static constexpr unsigned kLanes = Line::kLanes;

  // Where an entry is, or where the search for it ended. Valid until an entry is inserted or erased. Two registers.
  struct Position {
    std::uint32_t* lane = nullptr;  // The hash in its line; the row stands kLanes further.
    std::uint32_t hash = 0;
    std::uint32_t row = 0;  // 0: not there.
  };

  explicit RowIndex(Pages pages) : pages_of_memory_(pages), pool_(pages) { Clear(); }
  RowIndex(const RowIndex&) = delete;
  RowIndex& operator=(const RowIndex&) = delete;

  // The index keeps these 32 of 64 well-mixed bits, and needs them not to be 0.
  static std::uint32_t Fold(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32) | 1; }

  // Looks for the row with this hash for which `matches(row)` holds.
  template <class Matches>
  Position Find(std::uint32_t hash, Matches&& matches) const;
  // Adds a row; `missing` is what Find gave for it. Returns where it is now.
  Position Insert(const Position& missing, std::uint32_t row);
  void Replace(Position& found, std::uint32_t row) { found.row = found.lane[kLanes] = row; }
  void Erase(const Position& found);
  void Clear();
  // Makes room for so many rows, in an empty index. Later ones find room too; these need not move for it.
  void Reserve(std::uint64_t rows);

  // Asks for the line where a search for `hash` begins.
  void Prefetch(std::uint32_t hash) const { __builtin_prefetch(&Home(hash)); }
  // A row that may be the one `hash` leads to, from that line alone; 0 if it shows none.
  std::uint32_t Guess(std::uint32_t hash) const;
  std::size_t memory_bytes() const;

 private:
  struct Page {
    std::uint32_t rows = 0;
    std::uint32_t depth = 0;  // Leading bits of the hash that all its entries share.
  };
  // A page of less depth than the directory stands in several neighbouring slots.
  struct Slot {
    Line* lines = nullptr;
    std::uint32_t line_count = 0;
    std::uint32_t page = 0;
  };

  static std::size_t HomeLine(std::uint32_t hash, std::size_t line_count) {
    return ((hash & 0xffff) * line_count) >> 16;
  }
  Line& Home(std::uint32_t hash) const {
    const Slot& slot = directory_[SlotOf(hash)];
    return slot.lines[HomeLine(hash, slot.line_count)];
  }
  // The lanes of `line` that hold `hash`, as bits.
  static unsigned Lanes(const Line& line, std::uint32_t hash);
  static unsigned FreeLanes(const Line& line) { return Lanes(line, 0); }
  std::size_t SlotOf(std::uint32_t hash) const { return std::uint64_t{hash} >> (32 - depth_); }

  static void Place(const Slot& slot, std::uint32_t hash, std::uint32_t row);
  template <class Visit>
  static void ForEachEntry(const Slot& slot, Visit&& visit);
  static std::uint32_t* SpilledLane(Line& line, std::size_t index, std::size_t distance, std::size_t line_count);

  void MakePages(unsigned depth, std::size_t lines);
  Slot MakeSlot(std::size_t line_count, std::uint32_t page);
  // Puts the page into every slot whose hashes share its leading bits with `hash`.
  void Install(const Slot& slot, std::uint32_t hash);
  void Grow(Slot slot, std::uint32_t hash);
  void Widen(const Slot& slot, std::uint32_t hash);
  void Split(const Slot& slot, std::uint32_t hash);
  void DoubleDirectory();

  Pages pages_of_memory_;
  unsigned depth_ = 0;
  std::vector<Slot> directory_;
  std::deque<Page> pages_;
  LinePool pool_;
};

inline unsigned RowIndex::Lanes(const Line& line, std::uint32_t hash) {
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(hash));
  const auto* hashes = reinterpret_cast<const __m128i*>(line.words);
  const __m128i low = _mm_cmpeq_epi32(_mm_load_si128(hashes), wanted);
  const __m128i high = _mm_cmpeq_epi32(_mm_load_si128(hashes + 1), wanted);
  const __m128i both = _mm_packs_epi16(_mm_packs_epi32(low, high), _mm_setzero_si128());
  return static_cast<unsigned>(_mm_movemask_epi8(both));
#else
  unsigned lanes = 0;
  for (unsigned lane = 0; lane < kLanes; ++lane) lanes |= static_cast<unsigned>(line.words[lane] == hash) << lane;
  return lanes;
#endif
}

inline std::uint32_t RowIndex::Guess(std::uint32_t hash) const {
  const Line& line = Home(hash);
  const unsigned lanes = Lanes(line, hash);
  return lanes == 0 ? 0 : line.words[kLanes + static_cast<unsigned>(__builtin_ctz(lanes))];
}

template <class Matches>
RowIndex::Position RowIndex::Find(std::uint32_t hash, Matches&& matches) const {
  const Slot& slot = directory_[SlotOf(hash)];
  for (std::size_t index = HomeLine(hash, slot.line_count);; index = index + 1 == slot.line_count ? 0 : index + 1) {
    Line* line = slot.lines + index;
    for (unsigned lanes = Lanes(*line, hash); lanes != 0; lanes &= lanes - 1) {
      std::uint32_t* lane = line->words + __builtin_ctz(lanes);
      if (matches(lane[kLanes])) return {lane, hash, lane[kLanes]};
    }
    if (const unsigned free = FreeLanes(*line); free != 0) return {line->words + __builtin_ctz(free), hash, 0};
  }
}

}  // namespace holdfast::heap
