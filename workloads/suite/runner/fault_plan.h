// The `fault` section of a suite: what is done to the system, and when.
#pragma once

#include <string>
#include <vector>

#include "core/base/descriptor.h"
#include "engines/engine.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {

struct PlannedFault {
  Duration at{};  // From the beginning of the measured window.
  EngineFault fault;
};
std::string_view FaultVerbName(FaultVerb verb);

// The parts a suite may name in that section.
std::vector<Descriptor> FaultDescriptors();
// What befalls the point, in order; what is random about it comes from the seed alone. Requires: the section's part is
// one of FaultDescriptors.
std::vector<PlannedFault> ReadFaults(const SuitePoint& point, std::uint64_t seed);
// Whether the system is killed.
bool KillsSystem(const SuitePoint& point);
// "kill@3s", "storm@1s..4s", or "none".
std::string FaultLabel(const SuitePoint& point);
// Refuses faults that would strike outside the measured window.
Status CheckFault(const SuitePoint& point);

}  // namespace holdfast
