// Points of a suite whose engine is two-tier: what such a point has, promises, and runs on.
#pragma once

#include <memory>
#include <string>

#include "apps/cli/bench.h"

namespace holdfast {

bool IsTwoTier(const SuitePoint& point);
// Refuses faults that the engine cannot inflict.
Status CheckTwoTier(const SuitePoint& point);
// Takes from such points the sections that mean nothing to them, for protocol, state, store and the like are the
// runtime's, with their axes; of points that are the same then, one stays.
void LeaveWhatTwoTierHas(Suite& suite);
record::Guarantee TwoTierGuarantee(const SuitePoint& point);
// As BenchParts::make_engine.
Result<std::unique_ptr<Engine>> MakeTwoTierEngine(const Parts& parts, const BenchOptions& bench,
                                                  const SuitePoint& point, std::uint64_t seed,
                                                  const std::string& data_folder, Generator& generator,
                                                  Collector& collector);

}  // namespace holdfast
