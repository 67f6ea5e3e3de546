// Whether a unit links to the one before it, as oracles check it: by what witness.h says, and with no code of
// functions.
#pragma once

#include <initializer_list>
#include <string_view>

#include "core/base/hash.h"
#include "workloads/fraud-detection/witness.h"

namespace holdfast::fraud_detection {

// The words follow each other in memory as the definition wants them: eight bytes each, little-endian.
inline std::uint64_t HashOf(std::initializer_list<std::uint64_t> words) {
  return Hash64({reinterpret_cast<const char*>(words.begin()), words.size() * sizeof(std::uint64_t)});
}

// Why `after` cannot be what instance `id` keeps when it was at `before` and then did `deed`; empty if it can.
inline std::string_view WhyNotLinked(std::string_view id, const Witness& before, const Witness& after,
                                     std::uint64_t deed, std::uint64_t first, std::uint64_t second) {
  if (after.version != before.version + 1) return "versions between were never seen";
  const auto start = before.version == 0 ? Hash64(id) : before.chain;
  if (after.chain == HashOf({start, deed, first, second, static_cast<std::uint64_t>(after.at)})) return {};
  return "it does not link to the unit before; it stands for another history";
}

}  // namespace holdfast::fraud_detection
