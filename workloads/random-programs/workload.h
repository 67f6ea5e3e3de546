// Random programs as a registered workload.
#pragma once

#include "workloads/oracles/workload.h"
#include "workloads/random-programs/application.h"

namespace holdfast::random_programs {

Descriptor ProgramsDescriptor();
// Requires: values of ProgramsDescriptor's options.
ProgramOptions ReadProgramOptions(const OptionValues& values);
void RegisterRandomPrograms(WorkloadRegistry& workloads);

}  // namespace holdfast::random_programs
