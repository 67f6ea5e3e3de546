// The monotonic clock, the same for all processes of a machine.
#pragma once

#include <chrono>

#include "core/base/time.h"

namespace holdfast {

inline SteadyTime SteadyNow() {
  return {std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count()};
}

}  // namespace holdfast
