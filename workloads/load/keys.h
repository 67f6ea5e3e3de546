// Which of `count` keys a record is about: each alike (uniform), or the first ones far more often than the rest (Zipf:
// key k is drawn with probability proportional to 1 / (k + 1)^theta). Zipf draws are exact for every theta > 0, take
// constant time and no table: rejection-inversion after Hörmann and Derflinger, "Rejection-inversion to generate
// variates from monotone discrete distributions" (ACM TOMACS 6(3), 1996).
#pragma once

#include <cstdint>

#include "core/base/random.h"

namespace holdfast {

struct Skew {
  double theta = 0;  // 0 is uniform.
};

class KeyChooser {
 public:
  // Requires count > 0 and theta >= 0.
  KeyChooser(std::uint64_t count, Skew skew);

  // A key in [0, count). Draws from `random` as often as it needs, once or twice on average.
  std::uint64_t Choose(Random& random) const;

 private:
  double Area(double x) const;  // The integral of 1 / x^theta, up to a constant.
  double AreaInverse(double area) const;

  std::uint64_t count_;
  double theta_;
  double area_low_ = 0;
  double area_high_ = 0;
  double sure_ = 0;  // How far right of its key a point may lie and be accepted unseen.
};

}  // namespace holdfast
