#include "chaos/faults/skewed_clock.h"

#include <cmath>

namespace holdfast {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

}  // namespace

AppTime SkewedClock::AppNow() const { return clock_.AppNow() + std::chrono::floor<std::chrono::milliseconds>(Ahead()); }

void SkewedClock::Run(double rate) {
  ahead_ = Ahead();
  since_ = clock_.Now();
  millionths_ = std::llround((rate - 1) * static_cast<double>(kMillion));
}

Duration SkewedClock::Ahead() const {
  const auto micros = (clock_.Now() - since_).count() / 1000;
  return ahead_ + Duration(micros * millionths_ / 1000);
}

}  // namespace holdfast
