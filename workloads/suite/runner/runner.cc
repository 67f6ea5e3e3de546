#include "workloads/suite/runner/runner.h"

#include <algorithm>
#include <optional>

#include "core/base/random.h"
#include "engines/steady_now.h"
#include "results/record/run_io.h"
#include "workloads/suite/runner/judge.h"
#include "workloads/suite/runner/point_record.h"
#include "workloads/suite/runner/progress.h"
#include "workloads/suite/runner/resume.h"
#include "workloads/suite/runner/run_record.h"
#include "workloads/suite/runner/shuffle.h"

namespace holdfast {

namespace {

class Run {
 public:
  Run(const BenchParts& parts, const RunRequest& request)
      : parts_(parts), request_(request), plan_(PlanRun(request.variants)), started_(SteadyNow()) {
    outcome_.run = BeginRecord(request);
  }

  Result<RunOutcome> Execute() {
    HOLDFAST_TRY(request_.resumed.empty() ? Begin() : GoOn());
    recorder_.emplace(parts_, PointRecorder::Options{.folder = outcome_.folder,
                                                     .run_id = outcome_.run.run_id,
                                                     .stores_folder = request_.stores_folder,
                                                     .histories = request_.histories});
    const auto left = LeftToDo(plan_, outcome_.run);
    Duration length{};
    for (const auto& planned : left) length += PlannedLength(*planned.point);
    progress_.emplace(request_.progress, static_cast<int>(left.size()), length);
    for (const auto& planned : left) {
      HOLDFAST_TRY(Save());
      if (request_.interrupted()) return std::move(outcome_);
      auto point = RunOne(planned);
      const bool cut_short = point.verdict.verdict == record::Verdict::kFailed && request_.interrupted();
      if (!cut_short) Keep(planned, std::move(point));
    }
    outcome_.run.complete = outcome_.run.points.size() == plan_.size();
    HOLDFAST_TRY(Save());
    return std::move(outcome_);
  }

 private:
  Status Begin() {
    HOLDFAST_ASSIGN(outcome_.folder, MakeRunFolder(request_.runs_folder, outcome_.run));
    outcome_.run.environment = record::CaptureEnvironment({.data_path = outcome_.folder.string(), .root = {}});
    return {};
  }

  // Its clock goes on, too, as if the interruption had not been.
  Status GoOn() {
    outcome_.folder = request_.resumed;
    HOLDFAST_ASSIGN(outcome_.run, ReadInterrupted(outcome_.folder, outcome_.run, plan_));
    const std::chrono::duration<double> so_far(outcome_.run.duration_s);
    started_ = started_ + -std::chrono::duration_cast<Duration>(so_far);
    for (const auto& point : outcome_.run.points) ranks_.push_back(RankInRecord(*FindPlanned(plan_, point)));
    return {};
  }

  // Points ran in random order; the record has them in the order in which the suite lists them.
  void Keep(const PlannedPoint& planned, record::Point point) {
    const auto rank = RankInRecord(planned);
    const auto at = std::ranges::upper_bound(ranks_, rank) - ranks_.begin();
    ranks_.insert(ranks_.begin() + at, rank);
    outcome_.run.points.insert(outcome_.run.points.begin() + at, std::move(point));
  }

  Status Save() {
    outcome_.run.duration_s = std::chrono::duration<double>(SteadyNow() - started_).count();
    return record::WriteRun(outcome_.folder, outcome_.run);
  }

  record::Point RunOne(const PlannedPoint& planned) {
    const double started_s = std::chrono::duration<double>(SteadyNow() - started_).count();
    progress_->BeginPoint(planned.point->name, PlannedLength(*planned.point));
    const PointWatch watch{[this](std::string_view what, double share) { progress_->Show(what, share); },
                           request_.interrupted};
    auto point = recorder_->Record(planned, outcome_.run.points.size() + 1, watch);
    point.started_s = started_s;
    const bool cut_short = point.verdict.verdict == record::Verdict::kFailed && request_.interrupted();
    progress_->EndPoint(cut_short ? "interrupted" : VerdictWord(point.verdict.verdict));
    return point;
  }

  const BenchParts& parts_;
  const RunRequest& request_;
  const std::vector<PlannedPoint> plan_;
  std::optional<PointRecorder> recorder_;
  std::optional<Progress> progress_;
  SteadyTime started_;
  RunOutcome outcome_;
  std::vector<RecordRank> ranks_;  // Of the points in the record.
};

}  // namespace

std::vector<PlannedPoint> PlanRun(const std::vector<SuiteVariant>& variants) {
  const auto& suite = variants.front().suite;
  std::vector<std::string> names;
  for (const auto& variant : variants) {
    for (const auto& point : variant.suite.points) {
      if (std::ranges::find(names, point.name) == names.end()) names.push_back(point.name);
    }
  }
  Random random(suite.seed);
  std::vector<PlannedPoint> plan;
  for (int block = 0; block < suite.repetitions; ++block) {
    const auto seed = Mix64(suite.seed + static_cast<std::uint64_t>(block)) >> 1;  // Configurations hold 63 bits.
    Shuffle(names, random);
    for (const auto& name : names) {
      std::vector<PlannedPoint> together;
      for (const auto& variant : variants) {
        const auto point = std::ranges::find(variant.suite.points, name, &SuitePoint::name);
        if (point != variant.suite.points.end()) together.push_back({&variant, &*point, block, seed});
      }
      Shuffle(together, random);
      plan.insert(plan.end(), together.begin(), together.end());
    }
  }
  return plan;
}

RecordRank RankInRecord(const PlannedPoint& planned) {
  return {planned.point - planned.variant->suite.points.data(), planned.block, planned.variant->label};
}

Result<RunOutcome> RunSuite(const BenchParts& parts, const RunRequest& request) {
  return Run(parts, request).Execute();
}

}  // namespace holdfast
