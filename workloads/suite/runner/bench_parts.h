// What the runner needs of the rest of the house to run a point, handed in by apps/, which knows all implementations.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/ports/egress.h"
#include "engines/collector/collector.h"
#include "engines/engine.h"
#include "engines/generator/generator.h"
#include "results/record/run.h"
#include "workloads/load/closed_loop.h"
#include "workloads/load/input.h"
#include "workloads/oracles/workload.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {

// What is offered at a point, and who judges what comes back.
struct BenchLoad {
  std::shared_ptr<const Input> input;
  // The same, if somebody outside answers.
  std::shared_ptr<ClosedLoopInput> loop{};
  std::function<std::unique_ptr<Oracle>()> make_oracle;
  // Set if the recovery lines of the point are to be audited.
  std::function<std::unique_ptr<LineAuditor>()> make_auditor{};
  std::shared_ptr<const Application> application{};  // Whose lines they are.
  CauseOfOutput cause;
  ObserveLists observe{};
  // Outputs that a record leads to, at least; only tells when waiting for more is in vain.
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
  // Whether output is held back until something is durable; if not, it comes at once or never.
  std::function<bool(const SuitePoint& point)> holds_output;
  // What the configuration promises.
  std::function<record::Guarantee(const SuitePoint& point)> guarantee;
};

}  // namespace holdfast
