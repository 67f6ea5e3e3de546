// The shopping cart as a registered workload.
#pragma once

#include "workloads/oracles/workload.h"
#include "workloads/shopping-cart/application.h"

namespace holdfast::shopping_cart {

Descriptor ShopDescriptor();
// Requires: values of ShopDescriptor's options.
ShopOptions ReadShopOptions(const OptionValues& values);
void RegisterShoppingCart(WorkloadRegistry& workloads);

}  // namespace holdfast::shopping_cart
