// The key-value workload as a registered one.
#pragma once

#include "workloads/key-value/application.h"
#include "workloads/oracles/workload.h"

namespace holdfast::key_value {

Descriptor KeyValueDescriptor();
// Requires: values of KeyValueDescriptor's options. kInvalidArgument if a mix of YCSB's is to have other percentages
// than its own.
Result<KeyValueOptions> ReadKeyValueOptions(const OptionValues& values);
void RegisterKeyValue(WorkloadRegistry& workloads);

}  // namespace holdfast::key_value
