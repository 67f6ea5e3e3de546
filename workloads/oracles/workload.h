// A workload: an application, what is offered to it, and who judges the outcome. Registered by name, made from options
// and a seed.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "core/base/options.h"
#include "core/base/registry.h"
#include "core/model/application.h"
#include "workloads/load/closed_loop.h"
#include "workloads/load/input.h"
#include "workloads/oracles/elle_history.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/oracle.h"
#include "workloads/oracles/participant.h"

namespace holdfast {

// The place of an ingress record.
struct Cause {
  PartitionId partition;
  std::uint64_t offset = 0;
};
// Which record an output answers: latencies count from there. Nothing for outputs that answer none.
using CauseOfOutput = std::function<std::optional<Cause>(const EgressRecord& output)>;

struct Workload {
  std::shared_ptr<const Application> application;
  std::shared_ptr<const Input> input;
  std::function<std::unique_ptr<Oracle>()> make_oracle;  // A fresh one for every run.
  std::function<std::unique_ptr<LineAuditor>()> make_auditor;
  // If somebody outside answers: where the answers go, which is the input itself, and who it is. Such a workload is for
  // one run.
  std::shared_ptr<ClosedLoopInput> loop{};
  std::function<std::unique_ptr<Participant>()> make_participant{};
  CauseOfOutput cause;
  ObserveLists observe;
};

// Requires: the values of the part's own options.
using WorkloadFactory = std::function<Result<Workload>(const OptionValues& options, std::uint64_t seed)>;
using WorkloadRegistry = Registry<WorkloadFactory>;

}  // namespace holdfast
