// How long to wait for output after the last record of a run was offered. Output is held back until a snapshot is
// complete, and a slow disk makes a snapshot last: silence says that nothing more will come only if snapshots ended
// meanwhile and brought nothing.
#pragma once

#include <optional>
#include <span>

#include "core/base/time.h"
#include "engines/engine.h"

namespace holdfast {

class Drain {
 public:
  enum class Step { kWait, kAllCame, kGiveUp };

  // What is known at one instant.
  struct Sight {
    SteadyTime now;
    SteadyTime quiet_since;  // The last output or the last sign of it, or the end of the measurement if later.
    bool recovering = false;
    bool all_came = false;  // Everything was sent, and as much output is visible as that makes.
    std::span<const EngineSnapshot> snapshots;
  };

  // `interval` is that of the snapshots, if there are any, and `held` says whether output waits for them; `begun` is
  // when waiting begins; `pause` is how long faults keep the system down on purpose.
  Drain(std::optional<Duration> interval, bool held, SteadyTime begun, Duration pause);

  Step Next(const Sight& sight) const;
  // Output that is complete is watched this long for what should not come.
  static Duration QuietTime(std::optional<Duration> interval);

 private:
  bool Telling(const Sight& sight) const;

  const bool held_;
  const Duration quiet_;
  const SteadyTime give_up_;
};

}  // namespace holdfast
