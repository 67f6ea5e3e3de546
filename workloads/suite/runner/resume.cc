#include "workloads/suite/runner/resume.h"

#include <algorithm>

#include "results/record/run_io.h"

namespace holdfast {
namespace {

bool Same(const record::Point& point, const PlannedPoint& planned) {
  return point.name == planned.point->name && point.variant == planned.variant->label && point.block == planned.block;
}

// Points add what the system reported to what was configured.
bool SameConfiguration(const record::Point& point, const PlannedPoint& planned) {
  const auto resolved = planned.point->Resolved();
  return point.seed == planned.seed && point.configuration.size() >= resolved.size() &&
         std::ranges::equal(resolved, std::span(point.configuration).first(resolved.size()));
}

// The suite itself, without the arguments of the command that are noted behind it.
std::string_view SuiteText(std::string_view config_text) {
  return config_text.substr(0, config_text.find("# argument: "));
}

std::string CodeText(const record::CodeVersion& code) {
  return fmt::format("commit {}{}", code.commit, code.modified ? " with changes" : "");
}

Status CheckSame(const record::Run& run, const record::Run& fresh, const std::vector<PlannedPoint>& plan) {
  const auto differs = [&run](std::string_view what, std::string_view there, std::string_view here) {
    return MakeError(ErrorCode::kInvalidArgument, "run {} cannot be gone on with: {} was {}, and is {} now", run.run_id,
                     what, there, here);
  };
  if (CodeText(run.code) != CodeText(fresh.code)) {
    return differs("the program", CodeText(run.code), CodeText(fresh.code));
  }
  if (run.seed != fresh.seed) return differs("the seed", fmt::to_string(run.seed), fmt::to_string(fresh.seed));
  if (run.suite != fresh.suite) return differs("the suite", run.suite, fresh.suite);
  if (SuiteText(run.config_text) != SuiteText(fresh.config_text)) return differs("the suite", "another", "edited");
  for (const auto& point : run.points) {
    const auto* planned = FindPlanned(plan, point);
    if (planned != nullptr && SameConfiguration(point, *planned)) continue;
    return differs("point " + point.name, "configured differently", "not like that; give the same options again");
  }
  return {};
}

}  // namespace

Result<record::Run> ReadInterrupted(const std::filesystem::path& folder, const record::Run& fresh,
                                    const std::vector<PlannedPoint>& plan) {
  HOLDFAST_ASSIGN(auto run, record::ReadRun(folder));
  if (run.complete) {
    return MakeError(ErrorCode::kRefused, "run {} is complete: nothing is left to do", run.run_id);
  }
  HOLDFAST_TRY(CheckSame(run, fresh, plan));
  return run;
}

std::vector<PlannedPoint> LeftToDo(const std::vector<PlannedPoint>& plan, const record::Run& run) {
  std::vector<PlannedPoint> left;
  for (const auto& planned : plan) {
    const auto same = [&planned](const record::Point& point) { return Same(point, planned); };
    if (std::ranges::none_of(run.points, same)) left.push_back(planned);
  }
  return left;
}

const PlannedPoint* FindPlanned(const std::vector<PlannedPoint>& plan, const record::Point& point) {
  const auto found = std::ranges::find_if(plan, [&](const PlannedPoint& planned) { return Same(point, planned); });
  return found == plan.end() ? nullptr : &*found;
}

}  // namespace holdfast
