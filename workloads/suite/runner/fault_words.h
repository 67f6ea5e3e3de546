// The words by which schedules for real processes call faults, targets and events, and both directions between a step
// and the fault it means. The words are the simulator's, as far as both worlds have the thing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/schedule/schedule.h"
#include "workloads/suite/runner/planned_fault.h"

namespace holdfast {

// The event that is a call of a sync site.
inline constexpr std::string_view kSyncEvent = "sync";

// What a schedule is about.
struct FaultScope {
  Duration measured{};        // How long the window is.
  std::uint16_t workers = 1;  // Those that can be aimed at.
};

ScheduleWords FaultWords(const FaultScope& scope);
// Whom what is sent may be meant for.
std::vector<std::string> FaultReceivers(std::uint16_t workers);

// What the verb alone tells.
EngineFault FaultNamed(std::string_view verb);
// Requires: the step was read with FaultWords.
PlannedFault PlanOf(const ScheduleStep& step);
ScheduleStep StepOf(const PlannedFault& planned);

// All words of steps, for people.
std::string FaultWordsText(std::span<const std::string_view> sync_sites);

}  // namespace holdfast
