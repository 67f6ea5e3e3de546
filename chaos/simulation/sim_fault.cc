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

std::string DescribeTrouble(const SimFault& fault) {
  const auto target = FaultTargetText(fault.target);
  const auto by = FormatDuration(fault.by);
  switch (fault.verb) {
    case SimFaultVerb::kDiskErrors:
      return fmt::format("disk errors of {} with chance {}", target, fault.chance);
    case SimFaultVerb::kSinkErrors:
      return fmt::format("broken connections of {} to the sink with chance {}", target, fault.chance);
    case SimFaultVerb::kSlowSink:
      return fmt::format("output of {} takes up to {} longer", target, by);
    case SimFaultVerb::kFunctionErrors:
      return fmt::format("functions on {} give no answer with chance {}", target, fault.chance);
    case SimFaultVerb::kWrongReplies:
      return fmt::format("functions on {} answer nonsense with chance {}", target, fault.chance);
    case SimFaultVerb::kSlowFunctions:
      return fmt::format("functions on {} take {} longer with chance {}", target, by, fault.chance);
    case SimFaultVerb::kDiskFull:
      return fmt::format("full disk of {} with chance {}", target, fault.chance);
    case SimFaultVerb::kSlowDisk:
      return fmt::format("work on the disk of {} takes up to {} longer", target, by);
    case SimFaultVerb::kBitFlips:
      return fmt::format("what is read of {} is damaged with chance {}", target, fault.chance);
    case SimFaultVerb::kStaleLists:
      return fmt::format("listings of {} lack each name with chance {}", target, fault.chance);
    case SimFaultVerb::kClockDrift:
      return fmt::format("the clock of {} runs at {} times its rate", target, fault.rate);
    default:
      return fmt::format("slow work of {} with chance {}", target, fault.chance);
  }
}

}  // namespace

bool IsChannelFault(SimFaultVerb verb) { return verb >= SimFaultVerb::kHold && verb <= SimFaultVerb::kReorder; }

bool IsFunctionFault(SimFaultVerb verb) {
  return verb >= SimFaultVerb::kFunctionErrors && verb <= SimFaultVerb::kSlowFunctions;
}

bool IsClockFault(SimFaultVerb verb) {
  return verb >= SimFaultVerb::kClockForward && verb <= SimFaultVerb::kClockDrift;
}

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
  if (fault.verb == SimFaultVerb::kClockForward || fault.verb == SimFaultVerb::kClockBack) {
    return fmt::format("{}, the clock of {} is set {} by {}", at, target,
                       fault.verb == SimFaultVerb::kClockBack ? "back" : "forward", FormatDuration(fault.by));
  }
  if (IsChannelFault(fault.verb)) return fmt::format("{}, {}", at, DescribeChannelFault(fault));
  return fmt::format("{}, {}, for {}", at, DescribeTrouble(fault), FormatDuration(fault.lasts));
}

}  // namespace holdfast
