// Reads a run's events for what must not be, and can be seen there alone, whatever the oracle says:
//
//   orphan         a message that its receiver has taken and keeps, though its sender was taken back to before it was
//                  sent: received inside the recovery line, sent outside of it;
//   lost           the other way round: sent inside and received outside, and no longer kept by anyone;
//   undone output  visible at the sink, though who emitted it was taken back to before it;
//   objection      what became visible and the oracle found wrong.
//
// Only what the events prove is named: that nothing is found proves nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/simulation/sim_event.h"

namespace holdfast {

enum class DamageKind : unsigned char { kOrphan, kLost, kUndoneOutput, kObjection };
std::string_view DamageKindName(DamageKind kind);

struct DamageMark {
  DamageKind kind{};
  std::uint64_t flight = 0;  // The message or output; 0 if it is not known which.
  SteadyTime at;             // When it came about.
  std::string sentence;
};

// By the instants at which they came about. Each message is marked once.
std::vector<DamageMark> FindDamage(const std::vector<SimEvent>& events);

}  // namespace holdfast
