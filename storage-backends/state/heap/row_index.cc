#include "storage-backends/state/heap/row_index.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <utility>

namespace holdfast::heap {

namespace {

using Line = RowIndex::Line;

constexpr std::size_t kFirstLines = 4;
constexpr std::size_t kSmallLines = 128;  // Pages up to here double, larger ones grow in steps.
constexpr std::size_t kLineStep = 32;
constexpr std::size_t kMaxLines = 256;
constexpr std::size_t kMinLinesAfterSplit = 160;
// The trailing half of a hash chooses the line, so only the leading half can choose the page. Beyond a hundred million
// rows pages grow instead of splitting.
constexpr unsigned kMaxDepth = 16;

// A page is full at four fifths of its lanes.
constexpr std::size_t Limit(std::size_t line_count) { return line_count * RowIndex::kLanes * 4 / 5; }

std::size_t NextLine(std::size_t line, std::size_t line_count) { return line + 1 == line_count ? 0 : line + 1; }

unsigned FreeLanes(const Line& line) { return RowIndex::Lanes(line, 0); }

void Set(Line& line, unsigned lane, std::uint32_t hash, std::uint32_t row) {
  line.hashes[lane] = hash;
  line.rows[lane] = row;
}

}  // namespace

RowIndex::RowIndex() { Clear(); }

RowIndex::~RowIndex() { DropPages(); }

void RowIndex::Clear() {
  DropPages();
  depth_ = 0;
  directory_.assign(1, {});
  Install(MakePage(kFirstLines, 0), 0);
}

void RowIndex::DropPages() {
  Page* last = nullptr;
  for (const Slot& slot : directory_) {
    if (last != nullptr && slot.page != last) DropPage(last);
    last = slot.page;
  }
  if (last != nullptr) DropPage(last);
}

RowIndex::Page* RowIndex::MakePage(std::size_t line_count, unsigned depth) {
  void* memory = ::operator new (sizeof(Page) + line_count * sizeof(Line), std::align_val_t{alignof(Page)});
  auto* page = new (memory) Page{line_count, 0, depth};
  std::uninitialized_value_construct_n(page->lines(), line_count);
  memory_bytes_ += page->bytes();
  return page;
}

void RowIndex::DropPage(Page* page) {
  memory_bytes_ -= page->bytes();
  ::operator delete (page, std::align_val_t{alignof(Page)});
}

void RowIndex::Install(Page* page, std::uint32_t hash) {
  const unsigned spare_bits = depth_ - page->depth;
  const std::size_t first = SlotOf(hash) >> spare_bits << spare_bits;
  std::fill_n(directory_.begin() + static_cast<std::ptrdiff_t>(first), std::size_t{1} << spare_bits,
              Slot{page, page->line_count});
}

void RowIndex::Page::Place(std::uint32_t hash, std::uint32_t row) {
  std::size_t index = HomeLine(hash, line_count);
  while (FreeLanes(lines()[index]) == 0) index = NextLine(index, line_count);
  Line& line = lines()[index];
  Set(line, static_cast<unsigned>(__builtin_ctz(FreeLanes(line))), hash, row);
  ++rows;
}

template <class Visit>
void RowIndex::Page::ForEach(Visit&& visit) {
  for (std::size_t index = 0; index < line_count; ++index) {
    const Line& line = lines()[index];
    for (unsigned lane = 0; lane < kLanes; ++lane) {
      if (line.hashes[lane] != 0) visit(line.hashes[lane], line.rows[lane]);
    }
  }
}

RowIndex::Position RowIndex::Insert(const Position& missing, std::uint32_t row) {
  Position place = missing;
  Page* page = directory_[SlotOf(missing.hash)].page;
  while (page->rows >= Limit(page->line_count)) {
    Grow(page, missing.hash);
    page = directory_[SlotOf(missing.hash)].page;
    place = Find(missing.hash, [](std::uint32_t) { return false; });
  }
  ++page->rows;
  Set(*place.line, place.lane, place.hash, row);
  place.row = row;
  return place;
}

void RowIndex::Grow(Page* page, std::uint32_t hash) {
  if (page->line_count < kMaxLines || page->depth == kMaxDepth) {
    Widen(page, hash);
  } else {
    Split(page, hash);
  }
}

void RowIndex::Widen(Page* page, std::uint32_t hash) {
  const std::size_t present = page->line_count;
  const std::size_t more = present < kSmallLines ? present : std::max(kLineStep, present / kLanes);
  Page* wider = MakePage(present + more, page->depth);
  page->ForEach([&](std::uint32_t its_hash, std::uint32_t row) { wider->Place(its_hash, row); });
  Install(wider, hash);
  DropPage(page);
}

void RowIndex::Split(Page* page, std::uint32_t hash) {
  if (page->depth == depth_) {
    std::vector<Slot> doubled(directory_.size() * 2);
    for (std::size_t slot = 0; slot < doubled.size(); ++slot) doubled[slot] = directory_[slot / 2];
    directory_ = std::move(doubled);
    ++depth_;
  }
  const std::uint32_t bit = 1u << (31 - page->depth);
  std::array<std::size_t, 2> rows{};
  page->ForEach([&](std::uint32_t its_hash, std::uint32_t) { ++rows[(its_hash & bit) != 0]; });
  std::array<Page*, 2> halves{};
  for (std::size_t half = 0; half < 2; ++half) {
    std::size_t lines = kMinLinesAfterSplit;
    while (Limit(lines) < rows[half]) lines += kLineStep;
    halves[half] = MakePage(lines, page->depth + 1);
  }
  page->ForEach(
      [&](std::uint32_t its_hash, std::uint32_t row) { halves[(its_hash & bit) != 0]->Place(its_hash, row); });
  Install(halves[0], hash & ~bit);
  Install(halves[1], hash | bit);
  DropPage(page);
}

void RowIndex::Erase(const Position& found) {
  const Slot& slot = directory_[SlotOf(found.hash)];
  Line* const lines = slot.page->lines();
  --slot.page->rows;
  // An entry is found only if every line from its home to its own is full. So if the hole is in a full line, the next
  // entry that spilled over this line moves in, and leaves a hole of its own.
  Line* hole = found.line;
  unsigned lane = found.lane;
  auto index = static_cast<std::size_t>(hole - lines);
  std::size_t distance = 0;  // From the hole to the line `index`.
  bool full = FreeLanes(*hole) == 0;
  Set(*hole, lane, 0, 0);
  while (full) {
    index = NextLine(index, slot.line_count);
    ++distance;
    Line& line = lines[index];
    full = FreeLanes(line) == 0;
    const unsigned spilled = SpilledLane(line, index, distance, slot.line_count);
    if (spilled == kLanes) continue;
    Set(*hole, lane, line.hashes[spilled], line.rows[spilled]);
    Set(line, spilled, 0, 0);
    hole = &line;
    lane = spilled;
    distance = 0;
  }
}

// The first entry of line `index` whose home is at least `distance` lines before it; kLanes if none.
unsigned RowIndex::SpilledLane(const Line& line, std::size_t index, std::size_t distance, std::size_t line_count) {
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    if (line.hashes[lane] == 0) continue;
    const std::size_t home = HomeLine(line.hashes[lane], line_count);
    if ((index + line_count - home) % line_count >= distance) return lane;
  }
  return kLanes;
}

}  // namespace holdfast::heap
