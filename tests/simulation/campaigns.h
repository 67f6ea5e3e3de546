// Campaigns on the greeter, as the tests here want them.
#pragma once

#include <string>

#include "apps/simulate/simulate.h"

namespace holdfast {

inline const Parts& TestParts() {
  static const Parts parts = AllParts();
  return parts;
}

// `seeds` runs of `protocol` from seed 1 on.
inline Campaign GreeterCampaign(const std::string& protocol, std::uint64_t seeds) {
  SimulateOptions options;
  options.protocol = protocol;
  options.seeds = seeds;
  return PlanCampaigns(TestParts(), options)->front();
}

}  // namespace holdfast
