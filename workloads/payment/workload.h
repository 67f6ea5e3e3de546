// Payment as a registered workload.
#pragma once

#include "workloads/oracles/workload.h"
#include "workloads/payment/application.h"

namespace holdfast::payment {

Descriptor PaymentDescriptor();
// Requires: values of PaymentDescriptor's options.
PaymentOptions ReadPaymentOptions(const OptionValues& values);
void RegisterPayment(WorkloadRegistry& workloads);

}  // namespace holdfast::payment
