// A fault as it stands in a plan: what is done to the system, and when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engines/engine.h"

namespace holdfast {

// What a fault waits for.
struct AwaitedEvent {
  EngineEvent event{};
  std::uint64_t nth = 1;  // Counted from the fault's `at`.
  std::string site{};     // Not empty: a call of this sync site, instead of an event.
  friend bool operator==(const AwaitedEvent&, const AwaitedEvent&) = default;
};

struct PlannedFault {
  Duration at{};  // From the beginning of the measured window, or from when the fault `after` struck.
  EngineFault fault;
  std::string id{};     // What the faults after it call it.
  std::string after{};  // The id of one that stands before it; empty: none.
  std::optional<AwaitedEvent> when{};
};

// "kill", "pause", or the name of the trouble.
std::string_view FaultName(const EngineFault& fault);
// "system", or of a trouble of channels or the sink who sends: "worker 1", "coordinator", "everything".
std::string FaultTarget(const EngineFault& fault);
// "snapshot-complete 2", "sync log.block 3"
std::string AwaitedEventText(const AwaitedEvent& awaited);

}  // namespace holdfast
