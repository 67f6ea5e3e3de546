// The `load` section of a suite: how many records come, when, and for how long. Open loop unless the rate is `max`:
// then at most `in-flight` records are on their way at a time, and no latency is reported.
#pragma once

#include "core/base/descriptor.h"
#include "core/base/options.h"
#include "core/base/units.h"

namespace holdfast {

enum class Arrivals { kConstant, kPoisson };

struct LoadConfig {
  Rate rate;
  Arrivals arrivals = Arrivals::kPoisson;
  Duration warm_up{};   // Offered, but not measured.
  Duration duration{};  // Measured; begins when the warm-up ends.
  std::int64_t in_flight = 0;
};

// Its only part, named `generator`.
const Descriptor& LoadDescriptor();
// Requires: the values of LoadDescriptor's options.
LoadConfig ReadLoad(const OptionValues& values);

}  // namespace holdfast
