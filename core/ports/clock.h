// The only source of time for everything in core. See core/base/time.h for why there are two clocks.
#pragma once

#include "core/base/time.h"

namespace holdfast {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual SteadyTime Now() const = 0;
  virtual AppTime AppNow() const = 0;
};

}  // namespace holdfast
