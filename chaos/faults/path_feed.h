// Where the decorators of channels and sink learn what holds on their way, and tell what they met: a page by which a
// testbed speaks to a real process (trouble_page.h), or whatever a test makes up.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "chaos/faults/port_trouble.h"

namespace holdfast {

// One trouble, from its beginning to its end; never used twice.
using TroubleTicket = std::uint64_t;

struct TroubleOnPath {
  TroubleTicket ticket = 0;
  TroubleOrder order;
};

// All may be called by any thread.
struct PathFeed {
  std::function<std::vector<TroubleOnPath>(const TroublePath& path)> now;  // Those that hold there.
  std::function<void(TroubleTicket ticket)> met;                           // Told of each thing that met it.
  // Of things that have met it: so many more (or less) are on their way later than they would be.
  std::function<void(TroubleTicket ticket, int more)> waiting;
};

}  // namespace holdfast
