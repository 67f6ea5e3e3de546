#include "workloads/load/keys.h"

#include <algorithm>
#include <cmath>

#include "core/base/check.h"

namespace holdfast {
namespace {

// (e^x - 1) / x and log(1 + x) / x, also near 0, where theta = 1 leads.
double Expm1Over(double x) { return std::abs(x) > 1e-8 ? std::expm1(x) / x : 1 + x / 2; }
double Log1pOver(double x) { return std::abs(x) > 1e-8 ? std::log1p(x) / x : 1 - x / 2; }

}  // namespace

KeyChooser::KeyChooser(std::uint64_t count, Skew skew) : count_(count), theta_(skew.theta) {
  HOLDFAST_CHECK(count > 0 && skew.theta >= 0, "{} keys, theta {}", count, skew.theta);
  area_low_ = Area(1.5) - 1;
  area_high_ = Area(static_cast<double>(count) + 0.5);
  sure_ = 2 - AreaInverse(Area(2.5) - std::pow(2, -theta_));
}

double KeyChooser::Area(double x) const {
  const double log = std::log(x);
  return Expm1Over((1 - theta_) * log) * log;
}

double KeyChooser::AreaInverse(double area) const {
  const double t = std::max(area * (1 - theta_), -1.0);
  return std::exp(Log1pOver(t) * area);
}

// Keys are 1 to count here. Every key k owns the area from k - 1/2 to k + 1/2, of which the right-most 1 / k^theta
// accepts; a point in the rest is thrown away.
std::uint64_t KeyChooser::Choose(Random& random) const {
  if (theta_ == 0) return random.Below(count_);
  while (true) {
    const double area = area_high_ + random.Unit() * (area_low_ - area_high_);
    const double x = AreaInverse(area);
    const double key = std::clamp(std::floor(x + 0.5), 1.0, static_cast<double>(count_));
    if (key - x <= sure_ || area >= Area(key + 0.5) - std::pow(key, -theta_))
      return static_cast<std::uint64_t>(key) - 1;
  }
}

}  // namespace holdfast
