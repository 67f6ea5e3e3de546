// Memory from the allocator in pieces that grow with the pool they are for, so that a small state stays small. The
// largest are a huge page each, which spares a random access most of its address translation.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace holdfast::heap {

struct FreeChunk {
  void operator()(void* chunk) const { std::free(chunk); }
};
using Chunk = std::unique_ptr<void, FreeChunk>;

inline constexpr std::size_t kLargestChunk = 2 * 1024 * 1024;  // A huge page.

enum class Pages : bool { kSmall, kHuge };

// How much a pool that holds `held` bytes takes next: about a quarter more, a power of two.
std::size_t NextChunkBytes(std::size_t held);
// Aligned to cache lines, content unspecified. Requires whole cache lines.
Chunk MakeChunk(std::size_t bytes, Pages pages);

}  // namespace holdfast::heap
