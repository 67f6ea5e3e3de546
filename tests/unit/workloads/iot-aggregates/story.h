// A few sensors, run plainly. See timed_run.h.
#pragma once

#include "tests/unit/workloads/timed_run.h"
#include "workloads/iot-aggregates/auditor.h"
#include "workloads/iot-aggregates/functions.h"
#include "workloads/iot-aggregates/oracle.h"

namespace holdfast::iot_aggregates {

// Two partitions, two areas; windows of a few readings, many of which are late.
inline IotOptions Village() {
  IotOptions options;
  options.sensors = 6;
  options.areas = 2;
  options.window = std::chrono::milliseconds(8);
  options.open = std::chrono::milliseconds(10);
  options.bursts = 30;
  options.burst_length = 10;
  options.stragglers = 20;
  options.straggle = std::chrono::milliseconds(30);
  options.repeats = 10;
  options.partitions = 2;
  return options;
}

class Story : public TimedRun {
 public:
  explicit Story(const IotOptions& options, const Misdeeds& misdeeds = {}, std::uint64_t seed = 1)
      : TimedRun(IotApplication(options).value(), std::make_shared<IotInput>(seed, options), misdeeds),
        readings(std::static_pointer_cast<const IotInput>(input)) {}

  Findings Judge(bool with_state = false) {
    IotOracle oracle(application, *readings);
    return TimedRun::Judge(oracle, with_state);
  }

  std::shared_ptr<const IotInput> readings;
};

inline bool Is(const AreaUnit& unit, AreaDeed deed) { return static_cast<AreaDeed>(unit.deed) == deed; }

}  // namespace holdfast::iot_aggregates
