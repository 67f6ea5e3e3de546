// The greeter as a registered workload.
#pragma once

#include "workloads/greeter/application.h"
#include "workloads/oracles/workload.h"

namespace holdfast::greeter {

Descriptor GreeterDescriptor();
// Requires: values of GreeterDescriptor's options.
GreeterOptions ReadGreeterOptions(const OptionValues& values);
void RegisterGreeter(WorkloadRegistry& workloads);

}  // namespace holdfast::greeter
