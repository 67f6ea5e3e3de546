// The `fault` section of a suite: what is done to the system, and when.
#pragma once

#include <string>
#include <vector>

#include "core/base/descriptor.h"
#include "engines/engine.h"
#include "workloads/suite/config/suite.h"
#include "workloads/suite/runner/planned_fault.h"

namespace holdfast {

// The parts a suite may name in that section.
std::vector<Descriptor> FaultDescriptors();
// What befalls the point; what is random about it comes from the seed alone. Requires: the section's part is one of
// FaultDescriptors, and CheckFault lets it pass.
std::vector<PlannedFault> ReadFaults(const SuitePoint& point, std::uint64_t seed);
// Whether the system is killed. Requires: as for ReadFaults.
bool KillsSystem(const SuitePoint& point);
// Whether it is killed in the middle of disk calls. Requires: as for ReadFaults.
bool KillsAtSyncs(const SuitePoint& point);
// True if one of them makes ports misbehave.
bool TroublesPorts(const SuitePoint& point);
// "kill@3s", "storm@1s..4s", "schedule", or "none".
std::string FaultLabel(const SuitePoint& point);
// Refuses what this engine cannot take, what would strike outside the measured window, and times that contradict each
// other.
Status CheckFault(const SuitePoint& point, const EngineCapabilities& capabilities);

}  // namespace holdfast
