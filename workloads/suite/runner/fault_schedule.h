// Schedules of faults for real processes: lists of steps as in chaos/schedule/schedule.h, which say what fault_words.h
// knows.
//
//   fault:
//     - {at: 1s, do: pause, for: 200ms}
//     - {at: 1s, when: {event: snapshot-complete, nth: 2}, do: kill, restart-after: 100ms}
//     - {at: 1200ms, do: hold, target: worker 1, to: coordinator, for: 300ms}
//     - {at: 1500ms, do: kill, then: older-snapshot}
//     - {at: 2s, when: {event: sync, site: object.name, nth: 3}, do: kill}
//
// Whatever a point's faults were written as, they can be written as such a list, which replays them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "workloads/suite/config/suite.h"
#include "workloads/suite/runner/fault_words.h"
#include "workloads/suite/runner/planned_fault.h"

namespace holdfast {

// The steps of a part `schedule`, expanded, in the order written.
Result<std::vector<PlannedFault>> ReadFaultSchedule(const SuitePart& part, const FaultScope& scope, std::uint64_t seed);
// Refuses what cannot be read, or makes no sense for this engine and scope.
Status CheckFaultSchedule(const SuitePart& part, const FaultScope& scope, const EngineCapabilities& capabilities);
// One line of the list, without the dash; reads back to the same fault.
std::string WriteFault(const PlannedFault& planned);
// A file to be put into a suite or given to --fault; `about` becomes its comment.
std::string WriteFaultFile(std::span<const PlannedFault> faults, std::string_view about);

// The refusals, shared with faults in their short forms.
Error StrikesTooLate(const ConfigPlace& place, Duration at, Duration measured);
Error LastsTooLong(const ConfigPlace& place, std::string_view what, Duration until, Duration measured);
Error HasNoReplies(const ConfigPlace& place, std::string_view what);
Error CannotBeHit(const ConfigPlace& place, std::string_view what);

}  // namespace holdfast
