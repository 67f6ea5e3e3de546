// Fraud detection with a bandit as a registered workload.
#pragma once

#include "workloads/fraud-bandit/application.h"
#include "workloads/oracles/workload.h"

namespace holdfast::fraud_bandit {

Descriptor BanditDescriptor();
// Requires: values of BanditDescriptor's options.
BanditOptions ReadBanditOptions(const OptionValues& values);
void RegisterFraudBandit(WorkloadRegistry& workloads);

}  // namespace holdfast::fraud_bandit
