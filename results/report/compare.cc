#include "results/report/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include "core/base/random.h"
#include "results/report/format.h"

namespace holdfast::report {
namespace {

constexpr std::size_t kExactBlocks = 16;  // 2^16 sign patterns.
constexpr std::size_t kFewestBlocks = 6;  // 2 / 2^6 is the first p below 0.05.

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

struct Interval {
  double low = 0, high = 0;
};

// Percentile bootstrap of the median.
Interval BootstrapMedian(const std::vector<double>& values, const CompareOptions& options, Random& random) {
  std::vector<double> medians, drawn(values.size());
  for (int i = 0; i < options.resamples; ++i) {
    for (auto& value : drawn) value = values[random.Below(values.size())];
    medians.push_back(Median(drawn));
  }
  std::ranges::sort(medians);
  const auto at = [&](double share) {
    const auto last = static_cast<double>(medians.size() - 1);
    return medians[static_cast<std::size_t>(std::lround(share * last))];
  };
  return {at(options.alpha / 2), at(1 - options.alpha / 2)};
}

// Ranks of the magnitudes, 1 for the smallest, ties sharing their mean; with the sign of the value.
std::vector<double> SignedRanks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0u);
  const auto size = [&](std::size_t i) { return std::abs(values[i]); };
  std::ranges::sort(order, {}, size);
  std::vector<double> ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    auto end = i;
    while (end < order.size() && size(order[end]) == size(order[i])) ++end;
    const double rank = (static_cast<double>(i + 1) + static_cast<double>(end)) / 2;
    for (; i < end; ++i) ranks[order[i]] = values[order[i]] == 0 ? 0 : std::copysign(rank, values[order[i]]);
  }
  return ranks;
}

// Share of sign patterns whose sum of signed ranks is at least as far from zero as the one seen: all patterns for few
// blocks, random ones for many.
double SignFlipP(const std::vector<double>& values, const CompareOptions& options, Random& random) {
  const auto ranks = SignedRanks(values);
  const double seen = std::abs(std::accumulate(ranks.begin(), ranks.end(), 0.0)) - 1e-9;
  const bool exact = ranks.size() <= kExactBlocks;
  const std::uint64_t patterns =
      exact ? std::uint64_t{1} << ranks.size() : static_cast<std::uint64_t>(options.resamples);
  std::uint64_t hits = 0;
  for (std::uint64_t pattern = 0; pattern < patterns; ++pattern) {
    double sum = 0;
    std::uint64_t signs = pattern;
    for (std::size_t i = 0; i < ranks.size(); ++i, signs >>= 1) {
      if (!exact && i % 64 == 0) signs = random.Next();
      sum += (signs & 1) != 0 ? ranks[i] : -ranks[i];
    }
    hits += std::abs(sum) >= seen ? 1 : 0;
  }
  const std::uint64_t itself = exact ? 0 : 1;  // The pattern seen counts among the random ones.
  return static_cast<double>(hits + itself) / static_cast<double>(patterns + itself);
}

Result<std::vector<double>> LogRatios(const PairedSamples& s, const std::vector<double>& over) {
  if (s.a.empty() || s.a.size() != over.size())
    return MakeError(ErrorCode::kInvalidArgument, "{} of {}: {} blocks of A against {}", s.metric, s.point, s.a.size(),
                     over.size());
  std::vector<double> ratios;
  for (std::size_t i = 0; i < over.size(); ++i) {
    if (!(s.a[i] > 0) || !(over[i] > 0) || !std::isfinite(s.a[i]) || !std::isfinite(over[i]))
      return MakeError(ErrorCode::kInvalidArgument, "{} of {}, block {}: {} and {} must both be positive", s.metric,
                       s.point, i, s.a[i], over[i]);
    ratios.push_back(std::log(over[i] / s.a[i]));
  }
  return ratios;
}

Result<Comparison> Estimate(const PairedSamples& s, const CompareOptions& options) {
  Random random(options.seed);
  HOLDFAST_ASSIGN(const auto ratios, LogRatios(s, s.b));
  const auto interval = BootstrapMedian(ratios, options, random);
  Comparison c;
  c.point = s.point;
  c.metric = s.metric;
  c.blocks = static_cast<int>(ratios.size());
  c.effect = std::expm1(Median(ratios));
  c.low = std::expm1(interval.low);
  c.high = std::expm1(interval.high);
  c.p = c.adjusted_p = SignFlipP(ratios, options, random);
  if (s.control.empty()) return c;
  HOLDFAST_ASSIGN(const auto same, LogRatios(s, s.control));
  const auto spread = BootstrapMedian(same, options, random);
  c.drift = std::abs(std::expm1(Median(same)));
  c.floor = std::max(std::abs(std::expm1(spread.low)), std::abs(std::expm1(spread.high)));
  return c;
}

// Holm: the smallest p counts as often as there are questions, the next once less, and so on, never falling.
void Adjust(std::vector<Comparison>& comparisons) {
  std::vector<Comparison*> order;
  for (auto& c : comparisons) order.push_back(&c);
  std::ranges::sort(order, {}, &Comparison::p);
  double least = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    least = std::max(least, std::min(1.0, order[i]->p * static_cast<double>(order.size() - i)));
    order[i]->adjusted_p = least;
  }
}

Outcome Decide(const Comparison& c, const PairedSamples& s, const CompareOptions& options) {
  if (!s.interleaved || c.drift.value_or(0) > std::max(std::abs(c.effect), options.same_within))
    return Outcome::kInconclusive;
  if (s.a.size() < kFewestBlocks) return Outcome::kUndecided;
  if (c.low > -options.same_within && c.high < options.same_within) return Outcome::kSame;
  const bool beyond_zero = c.low > 0 || c.high < 0;
  if (!beyond_zero || c.adjusted_p >= options.alpha || std::abs(c.effect) <= c.floor.value_or(0))
    return Outcome::kUndecided;
  return (c.effect < 0) == s.lower_is_better ? Outcome::kBetter : Outcome::kWorse;
}

std::string Reason(const Comparison& c, const PairedSamples& s, const CompareOptions& options) {
  if (!s.interleaved) return "the runs were not interleaved, so the machine may have changed between them";
  if (c.outcome == Outcome::kInconclusive)
    return fmt::format("A differs from itself by {}, more than the effect", FormatPercent(*c.drift));
  if (s.a.size() < kFewestBlocks)
    return fmt::format("{} blocks are too few, {} are the least", s.a.size(), kFewestBlocks);
  if (c.outcome != Outcome::kUndecided) return "";
  if (c.floor && std::abs(c.effect) <= *c.floor)
    return fmt::format("A against A in the same session explains up to {}", FormatPercent(*c.floor));
  return c.adjusted_p >= options.alpha ? "chance explains it too easily; more blocks would tell"
                                       : "the interval holds 0; more blocks would tell";
}

std::string Word(const Comparison& c, const PairedSamples& s, const CompareOptions& options) {
  switch (c.outcome) {
    case Outcome::kBetter:
      return s.better;
    case Outcome::kWorse:
      return s.worse;
    case Outcome::kSame:
      return fmt::format("the same within {:.3g} %", options.same_within * 100);
    case Outcome::kUndecided:
      return "undecided";
    case Outcome::kInconclusive:
      return "INCONCLUSIVE";
  }
  return "unknown";
}

void Explain(Comparison& c, const PairedSamples& s, const CompareOptions& options) {
  c.verdict = Word(c, s, options);
  const auto reason = Reason(c, s, options);
  const auto left_out =
      s.left_out == 0 ? "" : fmt::format(" ({} more left out: a point of theirs does not count)", s.left_out);
  c.sentence = fmt::format(
      "{} of {}: B is {}{}{}. B / A {}, {:.3g} % interval {} to {}, p {:.2g} ({:.2g} adjusted), {} blocks{}, {}.",
      c.metric, c.point, c.verdict, reason.empty() ? "" : ": ", reason, FormatPercent(c.effect, true),
      (1 - options.alpha) * 100, FormatPercent(c.low, true), FormatPercent(c.high, true), c.p, c.adjusted_p, c.blocks,
      left_out, c.floor ? fmt::format("noise floor {}", FormatPercent(*c.floor)) : "no A/A control");
}

}  // namespace

Result<std::vector<Comparison>> Compare(const std::vector<PairedSamples>& samples, const CompareOptions& options) {
  std::vector<Comparison> comparisons;
  for (const auto& s : samples) {
    HOLDFAST_ASSIGN(auto comparison, Estimate(s, options));
    comparisons.push_back(std::move(comparison));
  }
  Adjust(comparisons);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    comparisons[i].outcome = Decide(comparisons[i], samples[i], options);
    Explain(comparisons[i], samples[i], options);
  }
  return comparisons;
}

std::string RenderComparison(const std::vector<Comparison>& comparisons) {
  std::size_t point = 5, metric = 6;
  for (const auto& c : comparisons) {
    point = std::clamp(c.point.size(), point, std::size_t{26});
    metric = std::clamp(c.metric.size(), metric, std::size_t{22});
  }
  std::string text = fmt::format("{:<{}}  {:<{}} {:>9} {:>9} {:>9} {:>7} {:>8}  {}\n", "point", point, "metric", metric,
                                 "B vs A", "low", "high", "p", "floor", "B is");
  for (const auto& c : comparisons)
    text += fmt::format("{:<{}}  {:<{}} {:>9} {:>9} {:>9} {:>7.2g} {:>8}  {}\n", c.point.substr(0, point), point,
                        c.metric.substr(0, metric), metric, FormatPercent(c.effect, true), FormatPercent(c.low, true),
                        FormatPercent(c.high, true), c.adjusted_p, c.floor ? FormatPercent(*c.floor) : "-", c.verdict);
  return text;
}

}  // namespace holdfast::report
