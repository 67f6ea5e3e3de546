#include "results/report/rates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/report/format.h"

namespace holdfast::report {
namespace {

using record::FoundRate;
using record::Point;
using record::Verdict;

bool IsTryOf(const Point& point, const FoundRate& found) {
  return point.name.size() > found.point.size() && point.name.starts_with(found.point) &&
         point.name[found.point.size()] == '@' && point.name.find('@', found.point.size() + 1) == std::string::npos;
}

std::string Rate(const std::optional<double>& rate) { return rate ? FormatCount(*rate) : "-"; }

// The worst of the tries at the rate found.
std::string Latency(const std::vector<const Point*>& tries, std::int64_t record::LatencySummary::*percentile) {
  std::int64_t worst = 0;
  for (const auto* point : tries) {
    const auto* whole = record::FindPhase(*point, record::kWhole);
    if (whole != nullptr) worst = std::max(worst, whole->response.*percentile);
  }
  return worst == 0 ? "-" : FormatNanos(static_cast<double>(worst));
}

// The mean of the tries, per record.
std::string PerRecord(const std::vector<const Point*>& tries, double (*cost)(const Point&),
                      std::string (*text)(double)) {
  double sum = 0, records = 0;
  for (const auto* point : tries) {
    sum += cost(*point);
    records += static_cast<double>(point->counts.completed);
  }
  return records == 0 ? "-" : text(sum / records);
}

}  // namespace

std::vector<const Point*> TriesAt(const record::Run& run, const FoundRate& found) {
  const auto sustained = [&found](const Point& point) {
    if (std::abs(point.offered_rate / *found.sustained - 1) > 1e-3) return false;
    const auto* whole = record::FindPhase(point, record::kWhole);
    return point.verdict.verdict == Verdict::kHeld && WorstValidity(point) != record::Validity::kInvalid &&
           whole != nullptr && whole->response.p99_ns <= found.p99_bound_ns;
  };
  std::vector<const Point*> tries;
  for (const auto& point : run.points) {
    if (found.sustained && IsTryOf(point, found) && sustained(point)) tries.push_back(&point);
  }
  return tries;
}

std::vector<const Point*> JudgedPoints(const record::Run& run) {
  std::vector<const Point*> judged;
  for (const auto& point : run.points) {
    const auto verdict = point.verdict.verdict;
    if (run.rates.empty() || verdict == Verdict::kBroken || verdict == Verdict::kFailed) judged.push_back(&point);
  }
  for (const auto& found : run.rates) {
    const auto tries = TriesAt(run, found);
    judged.insert(judged.end(), tries.begin(), tries.end());
  }
  return judged;
}

std::string RenderRates(const record::Run& run) {
  if (run.rates.empty()) return "";
  std::size_t width = 5;
  for (const auto& found : run.rates) width = std::max(width, found.point.size());
  auto text =
      fmt::format("Highest rates at which output comes whole, the backlog does not grow, and p99 is at most {}:\n\n",
                  FormatNanos(static_cast<double>(run.rates.front().p99_bound_ns)));
  text += fmt::format("{:<{}} {:>9} {:>9} {:>8} {:>8} {:>10} {:>12} {:>5}  {}\n", "point", width, "sustained",
                      "refused", "p50", "p99", "CPU/record", "bytes/record", "tries", "refused because");
  const auto nanos = [](double value) { return FormatNanos(value * 1e9); };
  for (const auto& found : run.rates) {
    const auto tries = TriesAt(run, found);
    text +=
        fmt::format("{:<{}} {:>9} {:>9} {:>8} {:>8} {:>10} {:>12} {:>5}  {}\n", found.point, width,
                    Rate(found.sustained), Rate(found.refused), Latency(tries, &record::LatencySummary::p50_ns),
                    Latency(tries, &record::LatencySummary::p99_ns),
                    PerRecord(
                        tries, [](const Point& p) { return p.cost.cpu_seconds; }, nanos),
                    PerRecord(
                        tries, [](const Point& p) { return static_cast<double>(p.cost.written_bytes); }, FormatCount),
                    found.tries, found.refusal);
  }
  return text;
}

}  // namespace holdfast::report
