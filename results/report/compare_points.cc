#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include "results/report/compare.h"
#include "results/report/summary.h"

namespace holdfast::report {
namespace {

using record::Point;

struct Metric {
  std::string name;
  bool lower_is_better;
  std::string better, worse;
  std::function<double(const Point&)> value;  // Not positive where the point does not have it.
};

// Latencies of undisturbed work: before the fault where there is one.
const record::LatencySummary* Undisturbed(const Point& point) {
  const auto* phase = FindPhase(point, record::kBeforeFault);
  if (phase == nullptr) phase = FindPhase(point, record::kWhole);
  return phase == nullptr ? nullptr : &phase->response;
}

double Percentile(const Point& point, std::int64_t record::LatencySummary::*field, double percent) {
  const auto* latency = Undisturbed(point);
  return latency != nullptr && Trusted(*latency, percent) ? static_cast<double>(latency->*field) : 0;
}

double FirstRecovery(const Point& point, std::optional<double> record::Recovery::*field) {
  return point.recovery.empty() ? 0 : (point.recovery.front().*field).value_or(0);
}

const std::vector<Metric>& Metrics() {
  using L = record::LatencySummary;
  using R = record::Recovery;
  static const std::vector<Metric> metrics = {
      {"throughput", false, "faster", "slower", Throughput},
      {"response p50", true, "faster", "slower", [](const Point& p) { return Percentile(p, &L::p50_ns, 50); }},
      {"response p99", true, "faster", "slower", [](const Point& p) { return Percentile(p, &L::p99_ns, 99); }},
      {"response p99.9", true, "faster", "slower", [](const Point& p) { return Percentile(p, &L::p99_9_ns, 99.9); }},
      {"CPU time per unit", true, "cheaper", "dearer",
       [](const Point& p) {
         return p.counts.units > 0 ? p.cost.cpu_seconds / static_cast<double>(p.counts.units) : 0;
       }},
      {"time to first output", true, "faster", "slower",
       [](const Point& p) { return FirstRecovery(p, &R::first_output_s); }},
      {"time to catch up", true, "faster", "slower", [](const Point& p) { return FirstRecovery(p, &R::caught_up_s); }},
  };
  return metrics;
}

// One block of one point: the same work by A, by B, and by A again.
struct Block {
  const Point *a = nullptr, *b = nullptr, *control = nullptr;
  bool unfit = false;  // One of them has figures that do not count.
};
using BlocksByName = std::map<std::string, std::map<int, Block>>;

// Figures count only where the oracle was content and nothing disturbed the measurement.
bool Counts(const Point& point) {
  const auto verdict = point.verdict.verdict;
  return (verdict == record::Verdict::kHeld || verdict == record::Verdict::kExpectedNotGuaranteed) &&
         WorstValidity(point) != record::Validity::kInvalid;
}

void Put(const Point& point, const Point*& place, Block& block) {
  place = &point;
  block.unfit = block.unfit || !Counts(point);
}

// The metric's values over the blocks that have A and B; empty when any of them lacks it.
PairedSamples Extract(const std::string& name, const std::map<int, Block>& blocks, const Metric& metric) {
  PairedSamples s{.point = name,
                  .metric = metric.name,
                  .lower_is_better = metric.lower_is_better,
                  .better = metric.better,
                  .worse = metric.worse,
                  .a = {},
                  .b = {},
                  .control = {}};
  for (const auto& [number, block] : blocks) {
    if (block.a == nullptr || block.b == nullptr) continue;
    if (block.unfit) {
      ++s.left_out;
      continue;
    }
    s.a.push_back(metric.value(*block.a));
    s.b.push_back(metric.value(*block.b));
    if (block.control != nullptr) s.control.push_back(metric.value(*block.control));
  }
  const auto lacking = [](double value) { return !(value > 0); };
  if (std::ranges::any_of(s.a, lacking) || std::ranges::any_of(s.b, lacking)) s.a.clear();
  if (s.control.size() != s.a.size() || std::ranges::any_of(s.control, lacking)) s.control.clear();
  return s;
}

Result<std::vector<PairedSamples>> ExtractAll(const BlocksByName& points, bool interleaved) {
  std::vector<PairedSamples> all;
  int left_out = 0;
  for (const auto& [name, blocks] : points) {
    for (const auto& metric : Metrics()) {
      auto samples = Extract(name, blocks, metric);
      samples.interleaved = interleaved;
      left_out = std::max(left_out, samples.left_out);
      if (!samples.a.empty()) all.push_back(std::move(samples));
    }
  }
  if (!all.empty()) return all;
  if (left_out == 0)
    return MakeError(ErrorCode::kInvalidArgument, "nothing to compare: no point was run by both A and B");
  return MakeError(ErrorCode::kInvalidArgument,
                   "nothing to compare: every block has a point that is INVALID, failed or broke its guarantee; "
                   "`holdfast report` tells why");
}

}  // namespace

Result<std::vector<PairedSamples>> PairVariants(const record::Run& run) {
  BlocksByName points;
  for (const auto& point : run.points) {
    auto& block = points[point.name][point.block];
    if (point.variant == "A") Put(point, block.a, block);
    if (point.variant == "B") Put(point, block.b, block);
    if (point.variant == "control") Put(point, block.control, block);
  }
  return ExtractAll(points, true);
}

Result<std::vector<PairedSamples>> PairRuns(const record::Run& a, const record::Run& b) {
  BlocksByName points;
  for (const auto& point : a.points) {
    auto& block = points[point.name][point.repetition];
    Put(point, block.a, block);
  }
  for (const auto& point : b.points) {
    auto& block = points[point.name][point.repetition];
    Put(point, block.b, block);
  }
  return ExtractAll(points, false);
}

}  // namespace holdfast::report
