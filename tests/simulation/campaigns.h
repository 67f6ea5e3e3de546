// Campaigns, as the tests here want them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "apps/simulate/simulate.h"

namespace holdfast {

inline const Parts& TestParts() {
  static const Parts parts = AllParts();
  return parts;
}

// `seeds` runs of `workload` on `protocol` from seed 1 on.
inline Campaign WorkloadCampaign(const std::string& workload, const std::string& protocol, std::uint64_t seeds) {
  SimulateOptions options;
  options.workload = workload;
  options.protocol = protocol;
  options.seeds = seeds;
  return PlanCampaigns(TestParts(), options)->front();
}
inline Campaign GreeterCampaign(const std::string& protocol, std::uint64_t seeds) {
  return WorkloadCampaign("greeter", protocol, seeds);
}

// A protocol's name as part of a test's.
inline std::string ProtocolName(const testing::TestParamInfo<std::string>& protocol) {
  auto name = protocol.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

}  // namespace holdfast
