// A clock whose application time is wrong: set forward or back, or running too fast or too slow. Steady time is the
// true clock's. What was gained or lost stays, as after a clock was set by hand.
#pragma once

#include "core/ports/clock.h"

namespace holdfast {

// `clock` outlives it. One thread at a time.
class SkewedClock final : public Clock {
 public:
  explicit SkewedClock(const Clock& clock) : clock_(clock), since_(clock.Now()) {}

  SteadyTime Now() const override { return clock_.Now(); }
  AppTime AppNow() const override;

  // Forward, or back if negative.
  void Jump(Duration by) { ahead_ += by; }
  // From now on application time passes so many times as fast as true time; 0: it stands still.
  void Run(double rate);

 private:
  // How far application time is ahead.
  Duration Ahead() const;

  const Clock& clock_;
  Duration ahead_{0};  // At `since_`.
  SteadyTime since_;
  std::int64_t millionths_ = 0;  // Gained per unit of true time since then.
};

}  // namespace holdfast
