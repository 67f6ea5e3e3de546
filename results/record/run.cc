#include "results/record/run.h"

#include <algorithm>

#include "results/record/histogram.h"
#include "results/record/histogram_codec.h"

namespace holdfast::record {

std::string_view VerdictWord(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHeld:
      return "held";
    case Verdict::kExpectedNotGuaranteed:
      return "expected-not-guaranteed";
    case Verdict::kBroken:
      return "broken";
    case Verdict::kInvalid:
      return "invalid";
    case Verdict::kFailed:
      return "failed";
  }
  return "unknown";
}

std::string_view ValidityWord(Validity validity) {
  switch (validity) {
    case Validity::kValid:
      return "VALID";
    case Validity::kSuspect:
      return "SUSPECT";
    case Validity::kInvalid:
      return "INVALID";
  }
  return "unknown";
}

LatencySummary Summarize(const Histogram& h) {
  return {.count = h.count(),
          .min_ns = h.min(),
          .mean_ns = h.Mean(),
          .max_ns = h.max(),
          .p50_ns = h.Percentile(50),
          .p90_ns = h.Percentile(90),
          .p99_ns = h.Percentile(99),
          .p99_9_ns = h.Percentile(99.9),
          .p99_99_ns = h.Percentile(99.99),
          .hdr_v2_base64 = EncodeHistogram(h)};
}

const PhaseLatency* FindPhase(const Point& point, std::string_view phase) {
  const auto found = std::ranges::find(point.latency, phase, &PhaseLatency::phase);
  return found == point.latency.end() ? nullptr : &*found;
}

Validity WorstValidity(const Point& point) {
  auto worst = Validity::kValid;
  for (const auto& check : point.validity) worst = std::max(worst, check.verdict);
  return worst;
}

bool GuaranteeBroken(const Run& run) {
  return std::ranges::any_of(run.points, [](const Point& point) {
    return point.verdict.verdict == Verdict::kBroken || point.verdict.verdict == Verdict::kFailed;
  });
}

}  // namespace holdfast::record
