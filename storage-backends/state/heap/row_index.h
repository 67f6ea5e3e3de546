// From a key's hash to its row, as extendible hashing over small pages, so that growing never moves more than one page
// (at most 16 KiB) at a time:
//
//   directory [ page | page | page | ... ]   chosen by the leading bits of the hash
//                 |
//   page      [ line | line | ... ]          chosen by the trailing bits; a full line spills into the next
//                 |
//   line        8 hashes, 8 rows             64 bytes: a look-up touches one cache line of the index
//
// A page grows in steps until it has 256 lines, then splits in two; a page is between 0.64 and 0.8 full, which is 10 to
// 12.5 bytes a row. A line keeps 32 bits of each hash, so splitting needs no row and a false match is rare. Erasing
// moves spilled entries back; there are no tombstones. Owned by the loop; cuts never see it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace holdfast::heap {

class RowIndex {
 public:
  static constexpr unsigned kLanes = 8;
  struct alignas(64) Line {
    std::uint32_t hashes[kLanes];  // 0 where free.
    std::uint32_t rows[kLanes];
  };

  // Where an entry is, or where the search for it ended. Valid until an entry is inserted or erased.
  struct Position {
    Line* line = nullptr;
    unsigned lane = 0;
    std::uint32_t hash = 0;
    std::uint32_t row = 0;  // 0: not there.
  };

  RowIndex();
  ~RowIndex();
  RowIndex(const RowIndex&) = delete;
  RowIndex& operator=(const RowIndex&) = delete;

  // The index keeps these 32 of 64 well-mixed bits, and needs them not to be 0.
  static std::uint32_t Fold(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32) | 1; }

  // Looks for the row with this hash for which `matches(row)` holds.
  template <class Matches>
  Position Find(std::uint32_t hash, Matches&& matches) const;
  // Adds a row; `missing` is what Find gave for it. Returns where it is now.
  Position Insert(const Position& missing, std::uint32_t row);
  void Replace(Position& found, std::uint32_t row) { found.row = found.line->rows[found.lane] = row; }
  void Erase(const Position& found);
  void Clear();

  // The line where the search for `hash` begins.
  Line* Home(std::uint32_t hash) const {
    const Slot& slot = directory_[SlotOf(hash)];
    return slot.page->lines() + HomeLine(hash, slot.line_count);
  }
  std::size_t memory_bytes() const { return memory_bytes_ + directory_.size() * sizeof(Slot); }

  // The lanes of `line` that hold `hash`, as bits.
  static unsigned Lanes(const Line& line, std::uint32_t hash);

 private:
  // Its lines follow it in memory.
  struct alignas(64) Page {
    std::size_t line_count = 0;
    std::size_t rows = 0;
    unsigned depth = 0;  // Leading bits of the hash that all its entries share.

    Line* lines() { return reinterpret_cast<Line*>(this + 1); }
    std::size_t bytes() const { return sizeof(Page) + line_count * sizeof(Line); }
    void Place(std::uint32_t hash, std::uint32_t row);
    template <class Visit>
    void ForEach(Visit&& visit);
  };
  // A page of less depth than the directory stands in several neighbouring slots.
  struct Slot {
    Page* page = nullptr;
    std::size_t line_count = 0;  // The page's, without touching it.
  };

  static std::size_t HomeLine(std::uint32_t hash, std::size_t line_count) {
    return ((hash & 0xffff) * line_count) >> 16;
  }
  std::size_t SlotOf(std::uint32_t hash) const { return std::uint64_t{hash} >> (32 - depth_); }

  static unsigned SpilledLane(const Line& line, std::size_t index, std::size_t distance, std::size_t line_count);
  Page* MakePage(std::size_t line_count, unsigned depth);
  void DropPage(Page* page);
  // Puts the page into every slot whose hashes share its leading bits with `hash`.
  void Install(Page* page, std::uint32_t hash);
  void Grow(Page* page, std::uint32_t hash);
  void Widen(Page* page, std::uint32_t hash);
  void Split(Page* page, std::uint32_t hash);
  void DropPages();

  unsigned depth_ = 0;
  std::vector<Slot> directory_;
  std::size_t memory_bytes_ = 0;
};

inline unsigned RowIndex::Lanes(const Line& line, std::uint32_t hash) {
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi32(static_cast<int>(hash));
  const auto* hashes = reinterpret_cast<const __m128i*>(line.hashes);
  const __m128i low = _mm_cmpeq_epi32(_mm_load_si128(hashes), wanted);
  const __m128i high = _mm_cmpeq_epi32(_mm_load_si128(hashes + 1), wanted);
  const __m128i both = _mm_packs_epi16(_mm_packs_epi32(low, high), _mm_setzero_si128());
  return static_cast<unsigned>(_mm_movemask_epi8(both));
#else
  unsigned lanes = 0;
  for (unsigned lane = 0; lane < kLanes; ++lane) lanes |= static_cast<unsigned>(line.hashes[lane] == hash) << lane;
  return lanes;
#endif
}

template <class Matches>
RowIndex::Position RowIndex::Find(std::uint32_t hash, Matches&& matches) const {
  const Slot& slot = directory_[SlotOf(hash)];
  for (std::size_t index = HomeLine(hash, slot.line_count);; index = index + 1 == slot.line_count ? 0 : index + 1) {
    Line* line = slot.page->lines() + index;
    for (unsigned lanes = Lanes(*line, hash); lanes != 0; lanes &= lanes - 1) {
      const auto lane = static_cast<unsigned>(__builtin_ctz(lanes));
      if (matches(line->rows[lane])) return {line, lane, hash, line->rows[lane]};
    }
    if (const unsigned free = Lanes(*line, 0); free != 0) {
      return {line, static_cast<unsigned>(__builtin_ctz(free)), hash, 0};
    }
  }
}

}  // namespace holdfast::heap
