// The chain workload as a registered one.
#pragma once

#include "workloads/chain/application.h"
#include "workloads/oracles/workload.h"

namespace holdfast::chain {

Descriptor ChainDescriptor();
// Requires: values of ChainDescriptor's options.
ChainOptions ReadChainOptions(const OptionValues& values);
void RegisterChain(WorkloadRegistry& workloads);

}  // namespace holdfast::chain
