// The `fault` section of a suite: what is done to the system, and when.
#pragma once

#include <optional>
#include <vector>

#include "core/base/descriptor.h"
#include "engines/engine.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {

struct FaultPlan {
  FaultVerb verb{};
  Duration at{};             // From the beginning of the measured window.
  Duration restart_after{};  // Between the death of the system and its next start.
};

// The parts a suite may name in that section.
std::vector<Descriptor> FaultDescriptors();
// The point's fault, if it has one. Requires: the section's part is one of FaultDescriptors.
std::optional<FaultPlan> ReadFault(const SuitePoint& point);
// "kill@3s", or "none".
std::string FaultLabel(const SuitePoint& point);
// Refuses a fault that would strike outside the measured window.
Status CheckFault(const SuitePoint& point);

}  // namespace holdfast
