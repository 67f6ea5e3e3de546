// Fraud detection as a registered workload.
#pragma once

#include "workloads/fraud-detection/application.h"
#include "workloads/oracles/workload.h"

namespace holdfast::fraud_detection {

Descriptor FraudDescriptor();
// Requires: values of FraudDescriptor's options.
FraudOptions ReadFraudOptions(const OptionValues& values);
void RegisterFraudDetection(WorkloadRegistry& workloads);

}  // namespace holdfast::fraud_detection
