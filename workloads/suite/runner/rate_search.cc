#include "workloads/suite/runner/rate_search.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"

namespace holdfast {
namespace {

constexpr double kStride = 4;
constexpr double kLowest = 0.1;  // Nobody waits for a minute's worth of records at less.
constexpr int kEnough = 2;

double ThreeDigits(double rate) {
  const auto unit = std::pow(10, std::floor(std::log10(rate)) - 2);
  return std::round(rate / unit) * unit;
}

}  // namespace

std::optional<double> RateSearch::sustained() const {
  return sustained_.empty() ? std::nullopt : std::optional(sustained_.rbegin()->first);
}

// The next rate of which nothing is known; nothing if those that are known are near enough to each other.
std::optional<double> RateSearch::Untried() const {
  const auto low = sustained();
  if (!low && !refused_) return range_.from;
  if (!low) {
    const auto lower = ThreeDigits(*refused_ / kStride);
    return lower < kLowest ? std::nullopt : std::optional(lower);
  }
  if (!refused_) return *low >= range_.to ? std::nullopt : std::optional(std::min(*low * kStride, range_.to));
  const auto middle = ThreeDigits(std::sqrt(*low * *refused_));
  const bool near = *refused_ <= *low * range_.precision;
  return near || middle <= *low || middle >= *refused_ ? std::nullopt : std::optional(middle);
}

std::optional<double> RateSearch::Next() const {
  if (doubted_) return doubted_;
  if (auto rate = Untried()) return rate;
  const auto low = sustained();
  return low && sustained_.rbegin()->second < kEnough ? low : std::nullopt;
}

void RateSearch::Tell(TryOutcome outcome) {
  const auto rate = Next();
  HOLDFAST_CHECK(rate, "told of a try, but the search is over");
  ++tries_;
  if (outcome == TryOutcome::kSustained) {
    doubted_.reset();
    ++sustained_[*rate];
  } else if (outcome == TryOutcome::kHopeless || doubted_) {
    doubted_.reset();
    refused_ = *rate;
    sustained_.erase(sustained_.lower_bound(*rate), sustained_.end());
  } else {
    doubted_ = rate;
  }
}

}  // namespace holdfast
