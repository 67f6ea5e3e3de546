// What the runner needs of the rest of the house to run a point, handed in by apps/, which knows all implementations.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/ports/egress.h"
#include "engines/collector/collector.h"
#include "engines/engine.h"
#include "engines/generator/generator.h"
#include "results/record/run.h"
#include "workloads/load/input.h"
#include "workloads/oracles/oracle.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {

// The place of an ingress record.
struct Cause {
  PartitionId partition;
  std::uint64_t offset = 0;
};

// What is offered at a point, and who judges what comes back.
struct BenchLoad {
  std::shared_ptr<const Input> input;
  std::function<std::unique_ptr<Oracle>()> make_oracle;
  // Which record an output answers: latencies count from there. Nothing for outputs that answer none.
  std::function<std::optional<Cause>(const EgressRecord&)> cause;
  // Outputs that a record leads to; only tells when waiting for more is in vain.
  std::uint64_t outputs_per_record = 1;
};

struct BenchParts {
  std::function<Result<BenchLoad>(const SuitePoint& point, std::uint64_t seed)> make_load;
  // The engine may keep generator and collector, which outlive it. What the system stores goes to a new folder
  // `data_folder` and stays there, if one is named.
  std::function<Result<std::unique_ptr<Engine>>(const SuitePoint& point, std::uint64_t seed,
                                                const std::string& data_folder, Generator& generator,
                                                Collector& collector)>
      make_engine;
  // What the configuration promises.
  std::function<record::Guarantee(const SuitePoint& point)> guarantee;
};

}  // namespace holdfast
