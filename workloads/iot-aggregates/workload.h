// The sensors' statistics as a registered workload.
#pragma once

#include "workloads/iot-aggregates/application.h"
#include "workloads/oracles/workload.h"

namespace holdfast::iot_aggregates {

Descriptor IotDescriptor();
// Requires: values of IotDescriptor's options.
IotOptions ReadIotOptions(const OptionValues& values);
void RegisterIotAggregates(WorkloadRegistry& workloads);

}  // namespace holdfast::iot_aggregates
