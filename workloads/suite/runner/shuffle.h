// Random order, the same for the same state of the generator.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "core/base/random.h"

namespace holdfast {

template <class T>
void Shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.Below(i)]);
}

}  // namespace holdfast
