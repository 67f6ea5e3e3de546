#include "storage-backends/state/heap/row_index.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace holdfast::heap {

namespace {

constexpr std::size_t kLineStep = LinePool::kUnitLines;
constexpr std::size_t kSmallLines = 128;  // Pages up to here double, larger ones grow in steps.
constexpr std::size_t kMaxLines = 256;
constexpr std::size_t kMinLinesAfterSplit = 160;
// The trailing half of a hash chooses the line, so only the leading half can choose the page. Beyond a hundred million
// rows pages grow instead of splitting.
constexpr unsigned kMaxDepth = 16;

// A page is full at four fifths of its lanes.
constexpr std::size_t Limit(std::size_t line_count) { return line_count * RowIndex::kLanes * 4 / 5; }

std::size_t NextLine(std::size_t line, std::size_t line_count) { return line + 1 == line_count ? 0 : line + 1; }

// Of pages that hold so many rows on average, the fullest: almost surely within four standard deviations.
std::uint64_t FullestPage(std::uint64_t mean) {
  return mean + static_cast<std::uint64_t>(4 * std::sqrt(static_cast<double>(mean)));
}

void Set(std::uint32_t* lane, std::uint32_t hash, std::uint32_t row) {
  lane[0] = hash;
  lane[RowIndex::kLanes] = row;
}

}  // namespace

void RowIndex::Clear() { MakePages(0, kLineStep); }

void RowIndex::Reserve(std::uint64_t rows) {
  unsigned depth = 0;
  while (depth < kMaxDepth && FullestPage(rows >> depth) > Limit(kMaxLines)) ++depth;
  std::size_t lines = kLineStep;
  while (Limit(lines) < FullestPage(rows >> depth)) lines += kLineStep;
  MakePages(depth, lines);
}

// 2^depth empty pages.
void RowIndex::MakePages(unsigned depth, std::size_t lines) {
  depth_ = depth;
  pool_ = LinePool(pages_of_memory_);
  pages_.assign(std::size_t{1} << depth, {0, depth});
  directory_.clear();
  for (std::uint32_t page = 0; page < pages_.size(); ++page) directory_.push_back(MakeSlot(lines, page));
}

std::size_t RowIndex::memory_bytes() const {
  return pool_.memory_bytes() + directory_.capacity() * sizeof(Slot) + pages_.size() * sizeof(Page);
}

RowIndex::Slot RowIndex::MakeSlot(std::size_t line_count, std::uint32_t page) {
  return {pool_.Take(line_count), static_cast<std::uint32_t>(line_count), page};
}

void RowIndex::Install(const Slot& slot, std::uint32_t hash) {
  const unsigned spare_bits = depth_ - pages_[slot.page].depth;
  const std::size_t first = SlotOf(hash) >> spare_bits << spare_bits;
  std::fill_n(directory_.begin() + static_cast<std::ptrdiff_t>(first), std::size_t{1} << spare_bits, slot);
}

void RowIndex::Place(const Slot& slot, std::uint32_t hash, std::uint32_t row) {
  std::size_t index = HomeLine(hash, slot.line_count);
  unsigned free = 0;
  while ((free = FreeLanes(slot.lines[index])) == 0) index = NextLine(index, slot.line_count);
  Set(slot.lines[index].words + __builtin_ctz(free), hash, row);
}

template <class Visit>
void RowIndex::ForEachEntry(const Slot& slot, Visit&& visit) {
  for (std::size_t index = 0; index < slot.line_count; ++index) {
    const Line& line = slot.lines[index];
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      if (line.words[lane] != 0) visit(line.words[lane], line.words[lane + kLanes]);
    }
  }
}

RowIndex::Position RowIndex::Insert(const Position& missing, std::uint32_t row) {
  Position place = missing;
  Slot slot = directory_[SlotOf(place.hash)];
  while (pages_[slot.page].rows >= Limit(slot.line_count)) {
    Grow(slot, place.hash);
    slot = directory_[SlotOf(place.hash)];
    place = Find(place.hash, [](std::uint32_t) { return false; });
  }
  ++pages_[slot.page].rows;
  Set(place.lane, place.hash, row);
  place.row = row;
  return place;
}

void RowIndex::Grow(Slot slot, std::uint32_t hash) {
  if (slot.line_count < kMaxLines || pages_[slot.page].depth == kMaxDepth) {
    Widen(slot, hash);
  } else {
    Split(slot, hash);
  }
  pool_.Give(slot.lines, slot.line_count);
}

void RowIndex::Widen(const Slot& slot, std::uint32_t hash) {
  const std::size_t more = slot.line_count < kSmallLines ? slot.line_count : kLineStep;
  const Slot wider = MakeSlot(slot.line_count + more, slot.page);
  ForEachEntry(slot, [&](std::uint32_t its_hash, std::uint32_t row) { Place(wider, its_hash, row); });
  Install(wider, hash);
}

void RowIndex::Split(const Slot& slot, std::uint32_t hash) {
  const unsigned depth = pages_[slot.page].depth;
  if (depth == depth_) DoubleDirectory();
  const std::uint32_t bit = 1u << (31 - depth);
  std::array<std::uint32_t, 2> rows{};
  ForEachEntry(slot, [&](std::uint32_t its_hash, std::uint32_t) { ++rows[(its_hash & bit) != 0]; });
  pages_.push_back({});
  const std::array<std::uint32_t, 2> pages{slot.page, static_cast<std::uint32_t>(pages_.size() - 1)};
  std::array<Slot, 2> halves;
  for (std::size_t half = 0; half < 2; ++half) {
    std::size_t lines = kMinLinesAfterSplit;
    while (Limit(lines) < rows[half]) lines += kLineStep;
    pages_[pages[half]] = {rows[half], depth + 1};
    halves[half] = MakeSlot(lines, pages[half]);
    Install(halves[half], half == 0 ? hash & ~bit : hash | bit);
  }
  ForEachEntry(slot,
               [&](std::uint32_t its_hash, std::uint32_t row) { Place(halves[(its_hash & bit) != 0], its_hash, row); });
}

void RowIndex::DoubleDirectory() {
  std::vector<Slot> doubled(directory_.size() * 2);
  for (std::size_t slot = 0; slot < doubled.size(); ++slot) doubled[slot] = directory_[slot / 2];
  directory_ = std::move(doubled);
  ++depth_;
}

void RowIndex::Erase(const Position& found) {
  const Slot& slot = directory_[SlotOf(found.hash)];
  --pages_[slot.page].rows;
  // An entry is found only if every line from its home to its own is full. So if the hole is in a full line, the next
  // entry that spilled over this line moves in, and leaves a hole of its own.
  std::uint32_t* hole = found.lane;
  auto index = static_cast<std::size_t>(hole - slot.lines->words) / (2 * kLanes);
  std::size_t distance = 0;  // From the hole to the line `index`.
  bool full = FreeLanes(slot.lines[index]) == 0;
  Set(hole, 0, 0);
  while (full) {
    index = NextLine(index, slot.line_count);
    ++distance;
    full = FreeLanes(slot.lines[index]) == 0;
    std::uint32_t* spilled = SpilledLane(slot.lines[index], index, distance, slot.line_count);
    if (spilled == nullptr) continue;
    Set(hole, spilled[0], spilled[kLanes]);
    Set(spilled, 0, 0);
    hole = spilled;
    distance = 0;
  }
}

// The first entry of line `index` whose home is at least `distance` lines before it, if there is one.
std::uint32_t* RowIndex::SpilledLane(Line& line, std::size_t index, std::size_t distance, std::size_t line_count) {
  for (std::uint32_t* lane = line.words; lane != line.words + kLanes; ++lane) {
    if (*lane == 0) continue;
    const std::size_t home = HomeLine(*lane, line_count);
    if ((index + line_count - home) % line_count >= distance) return lane;
  }
  return nullptr;
}

}  // namespace holdfast::heap
