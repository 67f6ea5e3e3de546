// What `every` and `random` stand for: each turns one item of a schedule into several plain ones, before anything in
// them is read.
#pragma once

#include <cstdint>
#include <vector>

#include "chaos/schedule/schedule.h"

namespace holdfast {

struct ScheduleExpansion {
  std::vector<ConfigTree> items;
  bool drawn = false;
};

// The item itself, if it is a plain one. `place` is its place in the list.
Result<ScheduleExpansion> ExpandItem(const ConfigTree& item, const ScheduleWords& words, std::uint64_t seed,
                                     std::size_t place);

}  // namespace holdfast
