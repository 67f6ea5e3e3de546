#include "storage-backends/state/heap/chunk.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <new>

namespace holdfast::heap {

std::size_t NextChunkBytes(std::size_t held) {
  constexpr std::size_t kSmallestChunk = 32 * 1024;
  return std::clamp(std::bit_floor(held / 4), kSmallestChunk, kLargestChunk);
}

Chunk MakeChunk(std::size_t bytes, Pages pages) {
  constexpr std::size_t kCacheLine = 64;
  const bool huge = bytes == kLargestChunk && pages == Pages::kHuge;
  Chunk chunk(std::aligned_alloc(huge ? bytes : kCacheLine, bytes));
  if (!chunk) throw std::bad_alloc();
  if (huge) ::madvise(chunk.get(), bytes, MADV_HUGEPAGE);  // A hint; nothing depends on it.
  return chunk;
}

}  // namespace holdfast::heap
