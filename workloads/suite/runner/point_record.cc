#include "workloads/suite/runner/point_record.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>

#include "engines/steady_now.h"
#include "results/record/histogram_codec.h"
#include "results/record/run_io.h"
#include "workloads/suite/runner/fault_plan.h"
#include "workloads/suite/runner/fault_schedule.h"
#include "workloads/suite/runner/figures.h"
#include "workloads/suite/runner/judge.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// Bytes.
std::int64_t OwnPeakMemory() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return std::int64_t{used.ru_maxrss} * 1024;
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

}  // namespace

record::Point PointRecorder::Record(const PlannedPoint& planned, std::size_t number, const PointWatch& watch) const {
  auto guarantee = parts_.guarantee(*planned.point);
  const auto seen = RunPoint(parts_, *planned.point, planned.seed, DataFolder(*planned.point), watch);
  if (seen.ok()) {
    watch.progress("evaluating", 1);
    return Evaluate(*seen, planned, std::move(guarantee), number);
  }
  auto point = Describe(planned, std::move(guarantee), record::Point{});
  point.verdict = {record::Verdict::kFailed, seen.error().message};
  return point;
}

// Named after the point, and not there yet, since a point may run several times.
std::string PointRecorder::DataFolder(const SuitePoint& point) const {
  if (options_.stores_folder.empty()) return "";
  auto name = point.name;
  std::ranges::replace(name, '/', '-');
  auto folder = fs::absolute(options_.stores_folder / name);
  std::error_code failed;
  for (int again = 2; fs::exists(folder, failed); ++again) {
    folder = fs::absolute(options_.stores_folder / fmt::format("{}-{}", name, again));
  }
  return folder.string();
}

record::Point PointRecorder::Evaluate(const PointObservation& seen, const PlannedPoint& planned,
                                      record::Guarantee guarantee, std::size_t number) const {
  if (seen.log.accepted_rollback) guarantee = AfterRollback(guarantee, *seen.log.accepted_rollback);
  const auto oracle = seen.bench_load.make_oracle();
  const auto judging = SteadyNow();
  ElleHistory history(seen.bench_load.observe);
  const Answers answers(seen, *oracle, options_.histories ? &history : nullptr);
  const auto judged = SteadyNow();
  auto point = Describe(planned, std::move(guarantee), PointFigures(seen, answers));
  point.cost.judging_seconds = std::chrono::duration<double>(judged - judging).count();
  point.cost.testbed_peak_rss_bytes = OwnPeakMemory();
  for (const auto& [key, value] : seen.log.notes) point.configuration.emplace_back("reported." + key, value);
  JudgeOutput(seen, *oracle, point);
  JudgeLines(seen, point);
  point.validity = CheckValidity(seen, point);
  KeepHistograms(point, number);
  if (options_.histories) KeepHistory(history, point, number);
  KeepFaults(seen, point, number);
  return point;
}

// The response times of the point's phases as an .hlog file, for HdrHistogram's own tools.
void PointRecorder::KeepHistograms(record::Point& point, std::size_t number) const {
  HistogramLog log;
  for (const auto& phase : point.latency) {
    auto histogram = DecodeHistogram(phase.response.hdr_v2_base64);
    if (!histogram.ok()) continue;
    log.intervals.push_back({phase.phase, phase.start_s, phase.end_s - phase.start_s, std::move(histogram).value()});
  }
  if (log.intervals.empty()) return;
  const auto name = fmt::format("point-{}-response.hlog", number);
  if (record::WriteFileAtomically(options_.folder / name, WriteHistogramLog(log)).ok()) {
    point.artifacts.emplace_back("response times", name);
  }
}

void PointRecorder::KeepHistory(const ElleHistory& history, record::Point& point, std::size_t number) const {
  const auto name = fmt::format("point-{}-history.edn", number);
  std::ofstream file(options_.folder / name);
  const auto status = history.Write(file);
  file.close();
  if (status.ok() && file) return point.artifacts.push_back({"history for Elle", name});
  fs::remove(options_.folder / name);
  point.configuration.emplace_back("reported.history", status.ok() ? "not written" : status.error().message);
}

// What was done to the system, as drawn, for a suite to do again.
void PointRecorder::KeepFaults(const PointObservation& seen, record::Point& point, std::size_t number) const {
  if (seen.faults.empty()) return;
  std::vector<PlannedFault> plan;
  for (const auto& fault : seen.faults) plan.push_back(fault.planned);
  const auto name = fmt::format("faults-{}.yaml", number);
  const auto about = fmt::format("The faults of point {} in run {}.", point.name, options_.run_id);
  if (record::WriteFileAtomically(options_.folder / name, WriteFaultFile(plan, about)).ok()) {
    point.artifacts.emplace_back("faults", name);
  }
}

}  // namespace holdfast
