#include "apps/simulate/run_diagram.h"

#include <filesystem>

#include "chaos/diagram/page.h"
#include "chaos/simulation/sim_options.h"
#include "results/record/run_io.h"

namespace holdfast {
namespace {

std::string Joined(const std::vector<std::pair<std::string, std::string>>& values) {
  std::string text;
  for (const auto& [name, value] : values) {
    if (!value.empty()) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  }
  return text;
}

RunPicture PictureOf(const SimRun& run, const SimOutcome& outcome, const std::string& replay) {
  RunPicture picture;
  picture.title = fmt::format("{} · {} · seed {}", run.protocol, run.workload, run.config.seed);
  if (outcome.failure != SimFailure::kNone) picture.failure = SimFailureName(outcome.failure);
  picture.verdict = outcome.violation;
  for (const auto& fault : run.faults) picture.faults.push_back(DescribeFault(fault));
  picture.replay = replay;
  picture.workers = run.config.workers;
  picture.facts = {{"cluster", Joined(ConfigAsOptions(run.config))},
                   {"workload", Joined(run.workload_options.Resolved())},
                   {"host", run.host},
                   {"store", Joined(run.store_options.Resolved())},
                   {"log", Joined(run.log_options.Resolved())}};
  return picture;
}

}  // namespace

std::string DiagramPath(const std::string& run_path) {
  return std::filesystem::path(run_path).replace_extension(".html").string();
}

Result<SimOutcome> SaveDiagram(const Parts& parts, const SimRun& run, const std::string& replay,
                               const std::string& path) {
  History history;
  auto outcome = RunApart(parts, run, history.Listener());
  HOLDFAST_TRY(record::WriteFileAtomically(path, DrawRun(PictureOf(run, outcome, replay), history)));
  return outcome;
}

}  // namespace holdfast
