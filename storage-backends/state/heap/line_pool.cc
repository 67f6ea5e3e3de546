#include "storage-backends/state/heap/line_pool.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <utility>

namespace holdfast::heap {

namespace {

constexpr std::size_t kStretchUnits = 64;

// The lowest `count` bits.
std::uint64_t Bits(std::size_t count) { return count == kStretchUnits ? ~0ull : (1ull << count) - 1; }

}  // namespace

IndexLine* LinePool::Take(std::size_t line_count) {
  const std::size_t units = line_count / kUnitLines;
  IndexLine* lines = line_count > kMaxPooled ? TakeLongRun(line_count) : TakeRun(units);
  if (lines == nullptr) {
    AddChunk();
    lines = TakeRun(units);
  }
  std::memset(lines, 0, line_count * sizeof(IndexLine));
  return lines;
}

IndexLine* LinePool::TakeLongRun(std::size_t line_count) {
  Chunk chunk = MakeChunk(line_count * sizeof(IndexLine), pages_);
  auto* lines = static_cast<IndexLine*>(chunk.get());
  long_runs_.emplace(lines, std::move(chunk));
  memory_bytes_ += line_count * sizeof(IndexLine);
  return lines;
}

// Null if no stretch has so many free units in a row.
IndexLine* LinePool::TakeRun(std::size_t units) {
  for (Stretch& stretch : stretches_) {
    std::uint64_t starts = stretch.free_units;
    for (std::size_t more = 1; more < units; ++more) starts &= stretch.free_units >> more;
    if (starts == 0) continue;
    const int first = std::countr_zero(starts);
    stretch.free_units &= ~(Bits(units) << first);
    return stretch.lines + static_cast<std::size_t>(first) * kUnitLines;
  }
  return nullptr;
}

void LinePool::AddChunk() {
  const std::size_t bytes = NextChunkBytes(memory_bytes_);
  chunks_.push_back(MakeChunk(bytes, pages_));
  auto* lines = static_cast<IndexLine*>(chunks_.back().get());
  for (std::size_t units = bytes / kUnitBytes; units > 0;) {
    const std::size_t part = std::min(units, kStretchUnits);
    stretches_.push_back({lines, part, Bits(part)});
    lines += part * kUnitLines;
    units -= part;
  }
  memory_bytes_ += bytes;
}

void LinePool::Give(IndexLine* lines, std::size_t line_count) {
  if (line_count > kMaxPooled) {
    long_runs_.erase(lines);
    memory_bytes_ -= line_count * sizeof(IndexLine);
    return;
  }
  const auto holds = [&](const Stretch& stretch) {
    return std::greater_equal<>()(lines, stretch.lines) &&
           std::less<>()(lines, stretch.lines + stretch.units * kUnitLines);
  };
  const auto stretch = std::find_if(stretches_.begin(), stretches_.end(), holds);
  const auto first = static_cast<std::size_t>(lines - stretch->lines) / kUnitLines;
  stretch->free_units |= Bits(line_count / kUnitLines) << first;
}

}  // namespace holdfast::heap
