// Virtual time from left to right. Where things happen, lengths are times; an idle stretch is cut to a short one and
// marked as a break, and instants that differ never fall together.
#pragma once

#include <string>
#include <vector>

#include "core/base/time.h"

namespace holdfast {

class TimeAxis {
 public:
  // A stretch that stands for much more time than its length says.
  struct Break {
    double x;  // Its middle.
    Duration skipped;
  };
  struct Tick {
    double x;
    std::string text;  // Since the beginning: "12.3 ms".
  };

  // For things that happen at `instants`, in any order, `begin` among them or before them all; x runs from `left`, at
  // least over `narrowest`.
  TimeAxis(std::vector<SteadyTime> instants, SteadyTime begin, double left, double narrowest);

  // Monotone. Between two instants, in proportion; outside of all, at the ends.
  double X(SteadyTime time) const;
  double left() const { return points_.front().x; }
  double right() const { return points_.back().x; }
  const std::vector<Break>& breaks() const { return breaks_; }
  // At instants, at least `apart` from each other and from breaks.
  std::vector<Tick> Ticks(double apart) const;

 private:
  struct Point {
    SteadyTime time;
    double x;
  };
  SteadyTime begin_;
  std::vector<Point> points_;
  std::vector<Break> breaks_;
};

// "12.345 ms", "1.2 s": as many digits as it takes to tell instants of a run apart.
std::string InstantText(Duration since_begin);

}  // namespace holdfast
