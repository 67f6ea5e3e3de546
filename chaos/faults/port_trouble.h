// What can be wrong with the ports of a running system for a while, by the names that schedules use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "chaos/faults/fault_injector.h"
#include "chaos/faults/trouble_path.h"
#include "core/base/time.h"

namespace holdfast {

enum class PortTrouble : std::uint8_t {
  kDiskErrors,      // Calls of the disk of store, logs and queues fail,
  kDiskFull,        // those that write do, for want of room,
  kSlowDisk,        // or all take longer.
  kFunctionErrors,  // A function has run, and no answer comes,
  kWrongReplies,    // or one that must be refused,
  kSlowFunctions,   // or it comes later.
  kHold,            // What a process sends does not arrive; afterwards all does, in order.
  kDelay,           // What is sent takes longer, and keeps its order.
  kDuplicate,       // Some control messages arrive twice,
  kReorder,         // or are late and overtaken.
  kSinkErrors,      // Connections to the sink break in the middle of calls, some after these were carried out.
  kSlowSink,        // What is sent there takes longer, and keeps its order.
  kDropReplies,     // A service has handled a request, and its caller gets no reply.
  kClockForward,    // The clock of the application is set, and stays so.
  kClockBack,
};
inline constexpr std::size_t kPortTroubles = static_cast<std::size_t>(PortTrouble::kClockBack) + 1;

// "disk-errors", ...
std::string_view PortTroubleName(PortTrouble trouble);
std::optional<PortTrouble> PortTroubleNamed(std::string_view name);
// What a FaultyEndpoint met.
PortTrouble TroubleOfFunctions(Fault fault);
// True if it is over as soon as it has begun: the clock stays as it was set.
constexpr bool IsClockTrouble(PortTrouble trouble) { return trouble >= PortTrouble::kClockForward; }
// True if it befalls what the workers and the coordinator send each other,
constexpr bool IsChannelTrouble(PortTrouble trouble) {
  return trouble >= PortTrouble::kHold && trouble <= PortTrouble::kReorder;
}
// or what workers send to the sink.
constexpr bool IsSinkTrouble(PortTrouble trouble) {
  return trouble == PortTrouble::kSinkErrors || trouble == PortTrouble::kSlowSink;
}

struct TroubleSize {
  double chance = 1;
  Duration by{};  // How much longer, or how far a clock is set.
};

// A trouble as it is ordered.
struct TroubleOrder {
  PortTrouble trouble{};
  TroubleSize size{};
  TroublePath path{};  // Of channels and the sink.
  SteadyTime until{};  // Of a hold: when what was held arrives.
};

}  // namespace holdfast
