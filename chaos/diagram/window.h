// Which events of a long run are drawn: those around the damage, and those that shape the run wherever they are.
#pragma once

#include <cstdint>
#include <vector>

#include "chaos/diagram/damage.h"
#include "chaos/simulation/sim_event.h"

namespace holdfast {

struct Window {
  std::vector<SimEvent> events;  // In order; who sees a message off also sees it arrive.
  // Left out:
  std::uint64_t rest = 0;    // at rest, where nothing but snapshots of nothing new goes on; in short runs too;
  std::uint64_t before = 0;  // before the last event that is drawn;
  std::uint64_t after = 0;   // and after it.
};

// About `most` events, and at most four times as many.
Window ChooseWindow(const std::vector<SimEvent>& events, const std::vector<DamageMark>& damage, std::size_t most);

}  // namespace holdfast
