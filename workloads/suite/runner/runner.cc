#include "workloads/suite/runner/runner.h"

#include <sys/resource.h>

#include <algorithm>
#include <ctime>
#include <fstream>

#include "core/base/random.h"
#include "core/base/version.h"
#include "engines/steady_now.h"
#include "results/record/histogram_codec.h"
#include "results/record/run_io.h"
#include "workloads/suite/runner/fault_plan.h"
#include "workloads/suite/runner/fault_schedule.h"
#include "workloads/suite/runner/figures.h"
#include "workloads/suite/runner/judge.h"
#include "workloads/suite/runner/progress.h"
#include "workloads/suite/runner/resume.h"

namespace holdfast {

namespace {

namespace fs = std::filesystem;

// Bytes.
std::int64_t OwnPeakMemory() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return std::int64_t{used.ru_maxrss} * 1024;
}

std::string UtcNow(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[64];
  std::strftime(text, sizeof(text), format, &utc);
  return text;
}

// The word of a path or name that may stand in a folder's name.
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : name) plain += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
  return plain;
}

template <class T>
void Shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.Below(i)]);
}

record::CodeVersion ThisProgram() {
  constexpr std::string_view kModified = "-modified";
  record::CodeVersion code{.version = std::string(Version()),
                           .commit = std::string(GitCommit()),
                           .build_type = "Release",
                           .compiler = "gcc " __VERSION__,
                           .modified = false};
#ifndef NDEBUG
  code.build_type = "Debug";
#endif
  if (code.commit.ends_with(kModified)) {
    code.commit.resize(code.commit.size() - kModified.size());
    code.modified = true;
  }
  return code;
}

std::string NameOf(const SuitePoint& point, std::string_view section) {
  const auto* part = point.Find(section);
  return part == nullptr ? "" : part->name;
}

record::Point Describe(const PlannedPoint& planned, record::Guarantee guarantee, record::Point point) {
  const auto& suite_point = *planned.point;
  point.name = suite_point.name;
  point.axes = suite_point.axes;
  point.workload = NameOf(suite_point, "workload");
  point.engine = NameOf(suite_point, "engine");
  point.state = NameOf(suite_point, "state");
  point.protocol = NameOf(suite_point, "protocol");
  point.channel = NameOf(suite_point, "channel");
  point.fault = FaultLabel(suite_point);
  point.variant = planned.variant->label;
  point.repetition = planned.block;
  point.block = planned.block;
  point.seed = planned.seed;
  point.guarantee = std::move(guarantee);
  point.configuration = suite_point.Resolved();
  return point;
}

class Run {
 public:
  Run(const BenchParts& parts, const RunRequest& request)
      : parts_(parts), request_(request), plan_(PlanRun(request.variants)), started_(SteadyNow()) {
    const auto& suite = request.variants.front().suite;
    auto& run = outcome_.run;
    run.suite = suite.name;
    run.seed = suite.seed;
    run.started = UtcNow("%Y-%m-%dT%H:%M:%SZ");
    run.rerun_command = request.rerun_command;
    run.config_text = request.config_text;
    run.code = ThisProgram();
    run.complete = false;
  }

  Result<RunOutcome> Execute() {
    HOLDFAST_TRY(request_.resumed.empty() ? Begin() : GoOn());
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
    HOLDFAST_TRY(MakeFolder());
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

  // Two runs may begin in the same second.
  Status MakeFolder() {
    const auto stem = UtcNow("%Y%m%d-%H%M%S-") + Plain(outcome_.run.suite);
    std::error_code failed;
    for (int attempt = 1; attempt < 100 && !failed; ++attempt) {
      outcome_.run.run_id = attempt == 1 ? stem : fmt::format("{}-{}", stem, attempt);
      outcome_.folder = request_.runs_folder / outcome_.run.run_id;
      std::filesystem::create_directories(request_.runs_folder, failed);
      if (!failed && std::filesystem::create_directory(outcome_.folder, failed)) return {};
    }
    return MakeError(ErrorCode::kInvalidArgument, "cannot make a folder for the run in {}: {}",
                     request_.runs_folder.string(), failed.message());
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

  // Named after the point, and not there yet, since a point may run several times.
  std::string DataFolder(const SuitePoint& point) const {
    if (request_.stores_folder.empty()) return "";
    auto name = point.name;
    std::ranges::replace(name, '/', '-');
    auto folder = fs::absolute(request_.stores_folder / name);
    std::error_code failed;
    for (int again = 2; fs::exists(folder, failed); ++again) {
      folder = fs::absolute(request_.stores_folder / fmt::format("{}-{}", name, again));
    }
    return folder.string();
  }

  record::Point RunOne(const PlannedPoint& planned) {
    const double started_s = std::chrono::duration<double>(SteadyNow() - started_).count();
    progress_->BeginPoint(planned.point->name, PlannedLength(*planned.point));
    const PointWatch watch{[this](std::string_view what, double share) { progress_->Show(what, share); },
                           request_.interrupted};
    auto guarantee = parts_.guarantee(*planned.point);
    const auto seen = RunPoint(parts_, *planned.point, planned.seed, DataFolder(*planned.point), watch);
    auto point = seen.ok() ? Evaluate(*seen, planned, std::move(guarantee))
                           : Describe(planned, std::move(guarantee), record::Point{});
    if (!seen.ok()) point.verdict = {record::Verdict::kFailed, seen.error().message};
    point.started_s = started_s;
    progress_->EndPoint(seen.ok() || !request_.interrupted() ? VerdictWord(point.verdict.verdict) : "interrupted");
    return point;
  }

  record::Point Evaluate(const PointObservation& seen, const PlannedPoint& planned, record::Guarantee guarantee) {
    progress_->Show("evaluating", 1);
    if (seen.log.accepted_rollback) guarantee = AfterRollback(guarantee, *seen.log.accepted_rollback);
    const auto oracle = seen.bench_load.make_oracle();
    const auto judging = SteadyNow();
    ElleHistory history(seen.bench_load.observe);
    const Answers answers(seen, *oracle, request_.histories ? &history : nullptr);
    const auto judged = SteadyNow();
    auto point = Describe(planned, std::move(guarantee), PointFigures(seen, answers));
    point.cost.judging_seconds = std::chrono::duration<double>(judged - judging).count();
    point.cost.testbed_peak_rss_bytes = OwnPeakMemory();
    for (const auto& [key, value] : seen.log.notes) point.configuration.emplace_back("reported." + key, value);
    JudgeOutput(seen, *oracle, point);
    JudgeLines(seen, point);
    point.validity = CheckValidity(seen, point);
    KeepHistograms(point);
    if (request_.histories) KeepHistory(history, point);
    KeepFaults(seen, point);
    return point;
  }

  // The response times of the point's phases as an .hlog file, for HdrHistogram's own tools.
  void KeepHistograms(record::Point& point) {
    HistogramLog log;
    for (const auto& phase : point.latency) {
      auto histogram = DecodeHistogram(phase.response.hdr_v2_base64);
      if (!histogram.ok()) continue;
      log.intervals.push_back({phase.phase, phase.start_s, phase.end_s - phase.start_s, std::move(histogram).value()});
    }
    if (log.intervals.empty()) return;
    const auto name = fmt::format("point-{}-response.hlog", outcome_.run.points.size() + 1);
    if (record::WriteFileAtomically(outcome_.folder / name, WriteHistogramLog(log)).ok()) {
      point.artifacts.emplace_back("response times", name);
    }
  }

  void KeepHistory(const ElleHistory& history, record::Point& point) {
    const auto name = fmt::format("point-{}-history.edn", outcome_.run.points.size() + 1);
    std::ofstream file(outcome_.folder / name);
    const auto status = history.Write(file);
    file.close();
    if (status.ok() && file) return point.artifacts.push_back({"history for Elle", name});
    fs::remove(outcome_.folder / name);
    point.configuration.emplace_back("reported.history", status.ok() ? "not written" : status.error().message);
  }

  // What was done to the system, as drawn, for a suite to do again.
  void KeepFaults(const PointObservation& seen, record::Point& point) {
    if (seen.faults.empty()) return;
    std::vector<PlannedFault> plan;
    for (const auto& fault : seen.faults) plan.push_back(fault.planned);
    const auto name = fmt::format("faults-{}.yaml", outcome_.run.points.size() + 1);
    const auto about = fmt::format("The faults of point {} in run {}.", point.name, outcome_.run.run_id);
    if (record::WriteFileAtomically(outcome_.folder / name, WriteFaultFile(plan, about)).ok()) {
      point.artifacts.emplace_back("faults", name);
    }
  }

  const BenchParts& parts_;
  const RunRequest& request_;
  const std::vector<PlannedPoint> plan_;
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
