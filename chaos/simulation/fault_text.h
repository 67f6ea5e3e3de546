// Faults as they stand in a file, in the words of the schedule language (chaos/schedule/schedule.h): here are its
// verbs, targets and events in a simulated cluster.
//
//   faults:
//     - {at: 3ms, do: kill, target: worker 1, restart-after: 2ms}
//     - {at: 7ms, when: {event: sync, of: store, nth: 3}, do: kill, target: caller, restart-after: 1ms}
//     - {at: 0s, do: disk-errors, target: store, chance: 0.01, for: 2s}
//     - {at: 9ms, do: pause, target: worker 2, for: 20ms}
//     - {at: 9ms, do: hold, target: worker 2, to: coordinator, for: 20ms}
#pragma once

#include <string>
#include <vector>

#include "chaos/simulation/sim_fault.h"
#include "core/base/config_tree.h"

namespace holdfast {

// One line of the list, without the dash; reads back to the same fault.
std::string WriteFault(const SimFault& fault);
// Reads the whole list for a cluster of this size; `seed` is for random blocks. Errors name the line, what was found
// there and what is known.
Result<std::vector<SimFault>> ReadFaults(const ConfigTree& list, std::uint16_t workers, std::uint64_t seed);

}  // namespace holdfast
