#include "chaos/simulation/sim_fault.h"

#include "core/base/units.h"

namespace holdfast {
namespace {

std::string DescribeChannelFault(const SimFault& fault) {
  const auto from = FaultTargetText(fault.target);
  const auto to = FaultTargetText(fault.to);
  const auto lasts = FormatDuration(fault.lasts);
  const auto by = FormatDuration(fault.by);
  switch (fault.verb) {
    case SimFaultVerb::kHold:
      return fmt::format("what {} sends to {} is held for {}", from, to, lasts);
    case SimFaultVerb::kDelay:
      return fmt::format("what {} sends to {} takes up to {} longer, for {}", from, to, by, lasts);
    case SimFaultVerb::kDuplicate:
      return fmt::format("control messages of {} arrive twice with chance {}, for {}", from, fault.chance, lasts);
    default:
      return fmt::format("control messages of {} are up to {} late with chance {}, for {}", from, by, fault.chance,
                         lasts);
  }
}

}  // namespace

bool IsChannelFault(SimFaultVerb verb) { return verb >= SimFaultVerb::kHold && verb <= SimFaultVerb::kReorder; }

std::string FaultTargetText(const SimFaultTarget& target) {
  switch (target.role) {
    case SimFaultRole::kWorker:
      return fmt::format("worker {}", target.worker);
    case SimFaultRole::kCoordinator:
      return "coordinator";
    case SimFaultRole::kStore:
      return "store";
    case SimFaultRole::kEverything:
      return "everything";
    case SimFaultRole::kCaller:
      return "caller";
  }
  return "nobody";
}

std::string DescribeFault(const SimFault& fault) {
  const auto at = fmt::format("at {}", FormatDuration(fault.at));
  const auto target = FaultTargetText(fault.target);
  if (fault.verb == SimFaultVerb::kKill) {
    const auto back = fmt::format("back after {}", FormatDuration(fault.restart_after));
    if (!fault.when) return fmt::format("{}, kill {}, {}", at, target, back);
    return fmt::format("{}, kill the caller of {} {} on the disk of {}, {}", at,
                       fault.when->only_syncs ? "sync" : "call", fault.when->nth, FaultTargetText(fault.when->disk),
                       back);
  }
  if (fault.verb == SimFaultVerb::kPause) {
    return fmt::format("{}, {} stands still for {}", at, target, FormatDuration(fault.lasts));
  }
  if (IsChannelFault(fault.verb)) return fmt::format("{}, {}", at, DescribeChannelFault(fault));
  if (fault.verb == SimFaultVerb::kSlowSink) {
    return fmt::format("{}, output of {} takes up to {} longer, for {}", at, target, FormatDuration(fault.by),
                       FormatDuration(fault.lasts));
  }
  const auto* what = fault.verb == SimFaultVerb::kDiskErrors   ? "disk errors"
                     : fault.verb == SimFaultVerb::kSinkErrors ? "broken connections to the sink"
                                                               : "slow work";
  return fmt::format("{}, {} of {} with chance {}, for {}", at, what, target, fault.chance,
                     FormatDuration(fault.lasts));
}

}  // namespace holdfast
