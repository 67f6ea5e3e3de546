// Stable hashes (xxHash XXH3). Stable means: the same bytes give the same number on every machine and in every version
// of this program, because key groups and checksums are stored.
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace holdfast {

// Written into every manifest; changes only if Hash64 ever does.
inline constexpr std::uint32_t kHashVersion = 1;

inline std::uint64_t Hash64(std::string_view bytes, std::uint64_t seed = 0) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

// The checksum of every frame, log record and stored part: the low half of the hash, which runs at memory speed and
// misses a damaged block once in four billion.
inline std::uint32_t Checksum(std::string_view bytes, std::uint32_t seed = 0) {
  return static_cast<std::uint32_t>(Hash64(bytes, seed));
}

}  // namespace holdfast
