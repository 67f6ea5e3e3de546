#include "chaos/faults/port_trouble.h"

#include <algorithm>
#include <array>

namespace holdfast {
namespace {

constexpr std::array<std::string_view, kPortTroubles> kNames{
    "disk-errors",    "disk-full", "slow-disk",    "function-errors", "wrong-replies",
    "slow-functions", "hold",      "delay",        "duplicate",       "reorder",
    "sink-errors",    "slow-sink", "drop-replies", "clock-forward",   "clock-back"};

}  // namespace

PortTrouble TroubleOfFunctions(Fault fault) {
  if (fault == Fault::kWrongReply) return PortTrouble::kWrongReplies;
  return fault == Fault::kSlow ? PortTrouble::kSlowFunctions : PortTrouble::kFunctionErrors;
}

std::string_view PortTroubleName(PortTrouble trouble) { return kNames.at(static_cast<std::size_t>(trouble)); }

std::optional<PortTrouble> PortTroubleNamed(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<PortTrouble>(found - kNames.begin());
}

}  // namespace holdfast
