#include "chaos/diagram/time_axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace holdfast {
namespace {

constexpr double kMedianGap = 7;    // Pixels for the gap that half of all are longer than,
constexpr double kSmallestGap = 1;  // and for any.
constexpr double kLongestGap = 150;
constexpr double kBreak = 54;  // What a longer one shrinks to.

double MedianGap(const std::vector<SteadyTime>& instants) {
  std::vector<std::int64_t> gaps;
  for (std::size_t i = 1; i < instants.size(); ++i) gaps.push_back((instants[i] - instants[i - 1]).count());
  if (gaps.empty()) return 1;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end());
  return static_cast<double>(std::max<std::int64_t>(*middle, 1));
}

}  // namespace

TimeAxis::TimeAxis(std::vector<SteadyTime> instants, SteadyTime begin, double left, double narrowest) : begin_(begin) {
  instants.push_back(begin);
  std::ranges::sort(instants);
  instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
  const auto scale = kMedianGap / MedianGap(instants);
  points_.push_back({instants.front(), left});
  for (std::size_t i = 1; i < instants.size(); ++i) {
    const auto gap = instants[i] - instants[i - 1];
    const auto x = points_.back().x;
    auto width = std::max(kSmallestGap, scale * static_cast<double>(gap.count()));
    if (width > kLongestGap) {
      width = kBreak;
      breaks_.push_back({x + width / 2, gap});
    }
    points_.push_back({instants[i], x + width});
  }
  const auto width = right() - left;
  if (width >= narrowest || width == 0) return;
  for (auto& point : points_) point.x = left + (point.x - left) * narrowest / width;
  for (auto& gap : breaks_) gap.x = left + (gap.x - left) * narrowest / width;
}

double TimeAxis::X(SteadyTime time) const {
  if (time <= points_.front().time) return left();
  if (time >= points_.back().time) return right();
  const auto after = std::ranges::lower_bound(points_, time, {}, &Point::time);
  const auto before = after - 1;
  const auto share =
      static_cast<double>((time - before->time).count()) / static_cast<double>((after->time - before->time).count());
  return before->x + share * (after->x - before->x);
}

std::vector<TimeAxis::Tick> TimeAxis::Ticks(double apart) const {
  std::vector<Tick> ticks;
  double free_from = left();
  auto next_break = breaks_.begin();
  for (const auto& point : points_) {
    while (next_break != breaks_.end() && next_break->x < point.x) ++next_break;
    const bool before_break = next_break != breaks_.end() && next_break->x - point.x < apart * 0.6;
    if (point.x < free_from || (before_break && point.x - free_from < apart)) continue;
    ticks.push_back({point.x, InstantText(point.time - begin_)});
    free_from = point.x + apart;
  }
  return ticks;
}

std::string InstantText(Duration since_begin) {
  const auto millis = static_cast<double>(since_begin.count()) / 1e6;
  if (millis < 10) return fmt::format("{:.3f} ms", millis);
  if (millis < 1000) return fmt::format("{:.2f} ms", millis);
  return fmt::format("{:.4f} s", millis / 1000);
}

}  // namespace holdfast
