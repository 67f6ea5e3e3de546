// Delta debugging: which few of many things make a test fail? Zeller and Hildebrandt, "Simplifying and Isolating
// Failure-Inducing Input", IEEE Transactions on Software Engineering 28(2), 2002: the algorithm ddmin, in its form
// without caching.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace holdfast {

// A part of `items`, in their order, for which `fails` is still true and from which no single item can be left out.
// Requires: fails(items). Asks a quadratic number of times at worst, a logarithmic one if a single item is to blame.
template <class T, class Fails>
std::vector<T> Ddmin(std::vector<T> items, const Fails& fails) {
  if (items.empty() || fails(std::vector<T>{})) return {};
  for (std::size_t parts = 2; items.size() >= 2;) {
    const auto size = (items.size() + parts - 1) / parts;
    bool reduced = false;
    for (std::size_t begin = 0; begin < items.size() && !reduced; begin += size) {
      const auto end = std::min(begin + size, items.size());
      std::vector<T> rest(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(begin));
      rest.insert(rest.end(), items.begin() + static_cast<std::ptrdiff_t>(end), items.end());
      if (!fails(rest)) continue;
      items = std::move(rest);
      parts = std::max<std::size_t>(parts - 1, 2);
      reduced = true;
    }
    if (reduced) continue;
    if (size == 1) break;
    parts = std::min(parts * 2, items.size());
  }
  return items;
}

// The smallest number in [low, high] for which `fails` is true, if failing grows with the number; otherwise one at or
// below `high` for which it is true. Requires: fails(high).
template <class Fails>
std::int64_t SmallestFailing(std::int64_t low, std::int64_t high, const Fails& fails) {
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    if (fails(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return high;
}

}  // namespace holdfast
