#include "workloads/suite/runner/fault_schedule.h"

#include <algorithm>

#include "chaos/schedule/schedule.h"
#include "core/base/suggest.h"

namespace holdfast {
namespace {

Result<std::vector<ScheduleStep>> ReadSteps(const SuitePart& part, const FaultScope& scope, std::uint64_t seed) {
  const auto& place = part.options.GivenAt("steps").value_or(part.place);
  auto list = part.steps;
  if (!list) {
    HOLDFAST_ASSIGN(list, ConfigTree::ParseValue(part.options.GetText("steps"), place));
  }
  if (list->kind() == ConfigTree::Kind::kList && list->items().empty()) {
    return ConfigError(ConfigErrorId::kNothingToRun, place,
                       "the schedule has no steps; write fault: [{{at: 3s, do: kill}}], or fault: none");
  }
  return ReadSchedule(*list, FaultWords(scope), seed);
}

Status CheckSite(const ScheduleStep& step, const EngineCapabilities& capabilities) {
  const auto& site = step.when->options.GetText("site");
  const std::vector<std::string> known(capabilities.sync_sites.begin(), capabilities.sync_sites.end());
  const auto place = step.when->options.GivenAt("site").value_or(step.when->place);
  if (std::ranges::count(known, site) == 0) {
    return ConfigError(ConfigErrorId::kUnknownName, place, "unknown sync site {}; {}", Quote(site),
                       KnownWords(site, known));
  }
  if (FaultNamed(step.verb).verb == FaultVerb::kKill) return {};
  return ConfigError(ConfigErrorId::kCombination, step.when->place,
                     "a {} cannot strike in the middle of a sync; only a kill can", step.verb);
}

Status CheckWhen(const ScheduleStep& step, const EngineCapabilities& capabilities) {
  if (!step.when) return {};
  if (step.when->event == kSyncEvent) return CheckSite(step, capabilities);
  if (capabilities.events) return {};
  return ConfigError(ConfigErrorId::kCombination, step.when->place,
                     "this engine tells nothing that a step could wait for; give the step an instant instead");
}

// Whom what is sent was meant for.
Status CheckReceiver(const ScheduleStep& step, const FaultScope& scope) {
  if (step.options.set().Find("to") == nullptr) return {};
  const auto& to = step.options.GetText("to");
  const auto place = step.options.GivenAt("to").value_or(step.place);
  const auto known = FaultReceivers(scope.workers);
  if (std::ranges::count(known, to) == 0) {
    return ConfigError(ConfigErrorId::kUnknownName, place, "to of {}: unknown target {}; {}", step.verb, Quote(to),
                       KnownWords(to, known));
  }
  if (to != step.target || to == TroubleEnd::Everything().Text()) return {};
  return ConfigError(ConfigErrorId::kCombination, place,
                     "{} sends itself nothing through a channel: name another to:", to);
}

Status CheckTrouble(const ScheduleStep& step, const FaultScope& scope, const EngineCapabilities& capabilities) {
  const auto fault = FaultNamed(step.verb);
  if (fault.verb != FaultVerb::kTrouble) return {};
  if (fault.trouble == PortTrouble::kDropReplies) {
    return capabilities.services ? Status() : HasNoReplies(step.place, step.verb);
  }
  if (!capabilities.ports) {
    return ConfigError(ConfigErrorId::kCombination, step.place,
                       "this engine has no ports that could be made to misbehave; use engine holdfast, or leave {} out",
                       step.verb);
  }
  if (fault.trouble == PortTrouble::kSinkErrors && !capabilities.commits) {
    return ConfigError(ConfigErrorId::kCombination, step.place,
                       "this protocol sends its output without asking for an answer, so that no answer can be lost; "
                       "use a protocol that commits, or leave {} out",
                       step.verb);
  }
  return CheckReceiver(step, scope);
}

Status CheckPart(const ScheduleStep& step, const EngineCapabilities& capabilities) {
  if (capabilities.services || PlanOf(step).fault.part == SystemPart::kUsual) return {};
  return ConfigError(
      ConfigErrorId::kCombination, step.place,
      "this engine is one program and has no {} that could be hit alone; leave target out, or use engine "
      "two-tier",
      step.target);
}

// A step as far as it is known beforehand.
struct Known {
  Duration from{};  // Not before this,
  bool certain;     // and at this if certain.
  const ScheduleStep* step;
  PlannedFault planned;
  Duration until() const { return from + planned.fault.lasts; }
  bool kills() const { return planned.fault.verb == FaultVerb::kKill; }
};

std::vector<Known> KnownOf(const std::vector<ScheduleStep>& steps) {
  std::vector<Known> known;
  for (const auto& step : steps) {
    Known one{.from = step.at, .certain = !step.when && !step.drawn, .step = &step, .planned = PlanOf(step)};
    for (const auto& before : known) {
      if (one.planned.after.empty() || before.planned.id != one.planned.after) continue;
      one.from += before.from;
      one.certain = one.certain && before.certain;
    }
    known.push_back(std::move(one));
  }
  return known;
}

// True if two of them at once are more than one.
bool AddsUp(const EngineFault& fault) {
  return fault.verb == FaultVerb::kTrouble && (IsChannelTrouble(fault.trouble) || IsSinkTrouble(fault.trouble));
}

// Two steps, one sooner than the other, which might find nothing to hit then.
Status CheckPair(const Known& first, const Known& second) {
  if (second.from >= first.until()) return {};
  const auto& place = second.step->place;
  if (first.kills()) {
    return ConfigError(ConfigErrorId::kCombination, place,
                       "the {} at {} would hit nothing: by the kill at {} the system is down until {}",
                       second.step->verb, FormatDuration(second.from), FormatDuration(first.from),
                       FormatDuration(first.until()));
  }
  if (first.step->verb != second.step->verb) return {};
  if (AddsUp(first.planned.fault)) return {};
  return ConfigError(ConfigErrorId::kCombination, place,
                     "the {} at {} would change nothing: by the one at {} {} until {}", second.step->verb,
                     FormatDuration(second.from), FormatDuration(first.from),
                     first.planned.fault.verb == FaultVerb::kPause ? "the system stands still" : "it holds",
                     FormatDuration(first.until()));
}

Status CheckTimes(const std::vector<Known>& steps, Duration measured) {
  for (const auto& one : steps) {
    const auto& place = one.step->place;
    if (one.from >= measured) return StrikesTooLate(place, one.from, measured);
    if (!one.certain) continue;
    if (!one.kills() && one.until() > measured) return LastsTooLong(place, one.step->verb, one.until(), measured);
    for (const auto& other : steps) {
      const bool sooner = other.from < one.from || (other.from == one.from && &other < &one);
      if (sooner && other.certain) HOLDFAST_TRY(CheckPair(other, one));
    }
  }
  return {};
}

}  // namespace

Result<std::vector<PlannedFault>> ReadFaultSchedule(const SuitePart& part, const FaultScope& scope,
                                                    std::uint64_t seed) {
  HOLDFAST_ASSIGN(const auto steps, ReadSteps(part, scope, seed));
  std::vector<PlannedFault> plan;
  for (const auto& step : steps) plan.push_back(PlanOf(step));
  return plan;
}

Status CheckFaultSchedule(const SuitePart& part, const FaultScope& scope, const EngineCapabilities& capabilities) {
  HOLDFAST_ASSIGN(const auto steps, ReadSteps(part, scope, 0));
  for (const auto& step : steps) {
    if (!capabilities.kill) return CannotBeHit(step.place, step.verb);
    HOLDFAST_TRY(CheckPart(step, capabilities));
    HOLDFAST_TRY(CheckTrouble(step, scope, capabilities));
    HOLDFAST_TRY(CheckWhen(step, capabilities));
    if (capabilities.store || PlanOf(step).fault.then == StoreFault::kNothing) continue;
    return ConfigError(ConfigErrorId::kCombination, step.options.GivenAt("then").value_or(step.place),
                       "what this point stores cannot be tampered with; use store filesystem, or leave then out");
  }
  return CheckTimes(KnownOf(steps), scope.measured);
}

std::string WriteFault(const PlannedFault& planned) { return WriteStep(StepOf(planned)); }

std::string WriteFaultFile(std::span<const PlannedFault> faults, std::string_view about) {
  auto text = fmt::format("# {}\n# Put it into a suite, or give the file to --fault.\nfault:\n", about);
  for (const auto& planned : faults) text += fmt::format("  - {}\n", WriteFault(planned));
  return text;
}

Error StrikesTooLate(const ConfigPlace& place, Duration at, Duration measured) {
  return ConfigError(ConfigErrorId::kCombination, place,
                     "the fault strikes {} into a measurement of {}; let it strike earlier or measure for longer",
                     FormatDuration(at), FormatDuration(measured));
}

Error LastsTooLong(const ConfigPlace& place, std::string_view what, Duration until, Duration measured) {
  return ConfigError(ConfigErrorId::kCombination, place,
                     "the {} lasts until {} in a measurement of {}; let it end earlier or measure for longer", what,
                     FormatDuration(until), FormatDuration(measured));
}

Error HasNoReplies(const ConfigPlace& place, std::string_view what) {
  return ConfigError(
      ConfigErrorId::kCombination, place,
      "this engine has no services, whose replies could be dropped; use engine two-tier, or leave {} out", what);
}

Error CannotBeHit(const ConfigPlace& place, std::string_view what) {
  return ConfigError(ConfigErrorId::kCombination, place,
                     "this engine runs in the testbed's own process and cannot take a {}; use engine holdfast", what);
}

}  // namespace holdfast
