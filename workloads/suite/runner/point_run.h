// One point of a suite, run once: start, warm-up, measured window with its fault, drain, stop. What comes out is raw
// material; nothing is judged or computed while the system runs.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "results/record/environment.h"
#include "workloads/suite/config/load_options.h"
#include "workloads/suite/runner/bench_parts.h"
#include "workloads/suite/runner/fault_course.h"

namespace holdfast {

// Called about twenty times a second while a point runs.
struct PointWatch {
  // What is going on, and how much of the planned time of the point has passed, 0 to 1.
  std::function<void(std::string_view what, double share)> progress;
  // True if the run has to end now.
  std::function<bool()> interrupted;
  // True if the point is not worth finishing, the load being so far behind its schedule. May be empty.
  std::function<bool(Duration behind)> give_up{};
};

struct PointObservation {
  LoadConfig load;
  std::vector<AppliedFault> faults;
  BenchLoad bench_load;
  std::unique_ptr<Generator> generator;
  std::unique_ptr<Collector> collector;

  SteadyTime zero;     // The first intended instant of the warm-up.
  SteadyTime begin;    // Of the measured window,
  SteadyTime end;      // and its end; afterwards nothing falls due.
  SteadyTime stopped;  // No more output was awaited.

  // The audit of recovery lines, if there was one: how many, and what is wrong with them.
  std::optional<std::uint64_t> lines_audited{};
  Findings line_findings{};

  EngineCapabilities capabilities;
  EngineLog log;
  EngineUsage usage_at_begin, usage_at_end, usage_in_all;
  EngineCounters counters_at_begin, counters_at_end;
  Duration own_cpu{};     // The testbed's, in the window.
  record::HostLoad host;  // In the window.
};

// The error of a point that could not run, or was interrupted. `data_folder` as in BenchParts::make_engine.
Result<PointObservation> RunPoint(const BenchParts& parts, const SuitePoint& point, std::uint64_t seed,
                                  const std::string& data_folder, const PointWatch& watch);

// How long RunPoint will take, roughly.
Duration PlannedLength(const SuitePoint& point);

}  // namespace holdfast
