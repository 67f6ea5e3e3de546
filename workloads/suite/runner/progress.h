// Tells a person at a terminal how far a run is. On a terminal it keeps one line up to date; into a file it writes one
// line per point.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace holdfast {

class Progress {
 public:
  // `planned` is the length of all points together, as planned. Null shows nothing.
  Progress(std::FILE* out, int points, Duration planned);

  void BeginPoint(std::string_view name, Duration planned);
  // Within the point: what is going on, and the share of its planned time that has passed.
  void Show(std::string_view what, double share);
  // The point is over; `outcome` in a few words.
  void EndPoint(std::string_view outcome);

 private:
  std::string TimeLeft(double share) const;

  std::FILE* out_;
  bool terminal_;
  int points_, point_ = 0;
  Duration planned_, planned_done_{}, planned_point_{};
  SteadyTime started_, point_started_, last_shown_;
  std::string name_;
};

// A bar and `text`, cut so that it stays on one line of a terminal with so many columns; the bar gives way first.
std::string ProgressLine(double share, std::string_view text, std::size_t columns);
// "1 min 05 s", "12 s".
std::string RoughDuration(Duration duration);

}  // namespace holdfast
