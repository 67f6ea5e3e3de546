#include "workloads/suite/runner/fault_schedule.h"

#include <algorithm>

#include "chaos/schedule/schedule.h"
#include "core/base/suggest.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSystem = "system";
constexpr std::string_view kWarmUp = "warm-up";
constexpr std::string_view kSync = "sync";

constexpr std::pair<EngineEvent, std::string_view> kEvents[] = {
    {EngineEvent::kSnapshotComplete, "snapshot-complete"},
    {EngineEvent::kSnapshotBegun, "snapshot-begun"},
    {EngineEvent::kRestarted, "restarted"},
    {EngineEvent::kRestored, "restored"},
    {EngineEvent::kFirstUnit, "first-unit"},
};

constexpr std::pair<StoreFault, std::string_view> kStoreFaults[] = {
    {StoreFault::kNothing, "nothing"},
    {StoreFault::kDamageNewest, "damage-newest"},
    {StoreFault::kOlderSnapshot, "older-snapshot"},
    {StoreFault::kEmptyStore, "empty-store"},
};

Option ThenOption() {
  std::vector<std::string> names;
  for (const auto& [fault, name] : kStoreFaults) names.emplace_back(name);
  return EnumOption("then", names.front(), names, "What befalls the store meanwhile.");
}

Option ForOption(Duration usual) { return DurationOption("for", usual, "How long it lasts.").Between(1us, 1h); }
Option ChanceOption(double usual) { return DoubleOption("chance", usual, "How likely it is each time.").Between(0, 1); }
Option ByOption() { return DurationOption("by", 5ms, "How much longer it takes.").Between(0s, 1min); }

OptionSet OptionsOf(PortTrouble trouble) {
  switch (trouble) {
    case PortTrouble::kDiskFull:
      return OptionSet({ChanceOption(1), ForOption(1s)});
    case PortTrouble::kSlowDisk:
      return OptionSet({ChanceOption(1), ByOption(), ForOption(1s)});
    case PortTrouble::kSlowFunctions:
      return OptionSet({ChanceOption(0.01), ByOption(), ForOption(1s)});
    case PortTrouble::kClockForward:
    case PortTrouble::kClockBack:
      return OptionSet({DurationOption("by", 20ms, "How far the clock is set.").Between(0s, 10min)});
    default:
      return OptionSet({ChanceOption(0.01), ForOption(1s)});
  }
}

OptionSet OptionsOf(const EngineFault& fault) {
  if (fault.verb == FaultVerb::kTrouble) return OptionsOf(fault.trouble);
  if (fault.verb == FaultVerb::kPause) return OptionSet({ForOption(100ms)});
  return OptionSet(
      {DurationOption("restart-after", 0s, "Down-time before the next start.").Between(0s, 1h), ThenOption()});
}

const OptionSet& SyncOptions() {
  static const OptionSet options({StringOption("site", "", "Which call that makes something durable.")});
  return options;
}

ScheduleVerb Describe(const EngineFault& fault) {
  return {.name = std::string(FaultName(fault)),
          .options = OptionsOf(fault),
          .targets = {std::string(kSystem)},
          .usual_target = std::string(kSystem),
          .waits = true};
}

EngineFault FaultNamed(std::string_view name) {
  if (name == FaultName({FaultVerb::kKill})) return {FaultVerb::kKill};
  if (name == FaultName({FaultVerb::kPause})) return {FaultVerb::kPause};
  return {.verb = FaultVerb::kTrouble, .trouble = PortTroubleNamed(name).value()};
}

ScheduleWords WordsFor(Duration measured) {
  ScheduleWords words{.verbs = {Describe({FaultVerb::kKill}), Describe({FaultVerb::kPause})},
                      .events = {},
                      .anchors = {std::string(kWarmUp)},
                      .longest = measured};
  for (std::size_t i = 0; i < kPortTroubles; ++i) {
    words.verbs.push_back(Describe({.verb = FaultVerb::kTrouble, .trouble = static_cast<PortTrouble>(i)}));
  }
  for (const auto& [event, name] : kEvents) words.events.push_back({.name = std::string(name)});
  words.events.push_back({.name = std::string(kSync), .options = SyncOptions()});
  return words;
}

std::string_view NameOf(EngineEvent event) {
  return std::ranges::find(kEvents, event, [](const auto& known) { return known.first; })->second;
}

PlannedFault PlanOf(const ScheduleStep& step) {
  PlannedFault planned{.at = step.at, .fault = FaultNamed(step.verb), .id = step.id, .after = step.after};
  auto& fault = planned.fault;
  const auto options = OptionsOf(fault);
  const auto takes = [&options](std::string_view key) { return options.Find(key) != nullptr; };
  if (takes("restart-after")) fault.lasts = step.options.GetDuration("restart-after");
  if (takes("for")) fault.lasts = step.options.GetDuration("for");
  if (takes("chance")) fault.size.chance = step.options.GetDouble("chance");
  if (takes("by")) fault.size.by = step.options.GetDuration("by");
  if (planned.after == kWarmUp) planned.after.clear();
  if (takes("then")) {
    const auto& then = step.options.GetText("then");
    planned.fault.then = std::ranges::find(kStoreFaults, then, [](const auto& known) { return known.second; })->first;
  }
  if (!step.when) return planned;
  planned.fault.at_once = true;
  if (step.when->event == kSync) {
    planned.when = AwaitedEvent{.nth = step.when->nth, .site = step.when->options.GetText("site")};
    return planned;
  }
  const auto event = std::ranges::find(kEvents, step.when->event, [](const auto& known) { return known.second; });
  planned.when = AwaitedEvent{.event = event->first, .nth = step.when->nth};
  return planned;
}

Result<std::vector<ScheduleStep>> ReadSteps(const SuitePart& part, Duration measured, std::uint64_t seed) {
  const auto& place = part.options.GivenAt("steps").value_or(part.place);
  auto list = part.steps;
  if (!list) {
    HOLDFAST_ASSIGN(list, ConfigTree::ParseValue(part.options.GetText("steps"), place));
  }
  if (list->kind() == ConfigTree::Kind::kList && list->items().empty()) {
    return ConfigError(ConfigErrorId::kNothingToRun, place,
                       "the schedule has no steps; write fault: [{{at: 3s, do: kill}}], or fault: none");
  }
  return ReadSchedule(*list, WordsFor(measured), seed);
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
  if (step.when->event == kSync) return CheckSite(step, capabilities);
  if (capabilities.events) return {};
  return ConfigError(ConfigErrorId::kCombination, step.when->place,
                     "this engine tells nothing that a step could wait for; give the step an instant instead");
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

ScheduleWhen WhenOf(const AwaitedEvent& awaited) {
  if (awaited.site.empty()) return {.event = std::string(NameOf(awaited.event)), .nth = awaited.nth};
  const std::vector<std::string> site = {"site=" + awaited.site};
  return {.event = std::string(kSync), .nth = awaited.nth, .options = SyncOptions().Parse(site, kSync).value()};
}

// "  kill  restart-after (0s)": a name and its options with their defaults, in two columns.
std::string WordLine(std::string_view name, const OptionSet& options) {
  std::vector<std::string> texts;
  for (const auto& option : options.options()) {
    const auto usual = FormatOptionValue(option.default_value);
    texts.push_back(usual.empty() ? option.key : fmt::format("{} (default {})", option.key, usual));
  }
  return texts.empty() ? fmt::format("  {}\n", name) : fmt::format("  {:<18} {}\n", name, fmt::join(texts, ", "));
}

}  // namespace

std::string_view FaultName(const EngineFault& fault) {
  if (fault.verb == FaultVerb::kTrouble) return PortTroubleName(fault.trouble);
  return fault.verb == FaultVerb::kKill ? "kill" : "pause";
}

std::string AwaitedEventText(const AwaitedEvent& awaited) {
  if (!awaited.site.empty()) return fmt::format("{} {} {}", kSync, awaited.site, awaited.nth);
  return fmt::format("{} {}", NameOf(awaited.event), awaited.nth);
}

Result<std::vector<PlannedFault>> ReadFaultSchedule(const SuitePart& part, Duration measured, std::uint64_t seed) {
  HOLDFAST_ASSIGN(const auto steps, ReadSteps(part, measured, seed));
  std::vector<PlannedFault> plan;
  for (const auto& step : steps) plan.push_back(PlanOf(step));
  return plan;
}

Status CheckFaultSchedule(const SuitePart& part, Duration measured, const EngineCapabilities& capabilities) {
  HOLDFAST_ASSIGN(const auto steps, ReadSteps(part, measured, 0));
  for (const auto& step : steps) {
    if (!capabilities.kill) return CannotBeHit(step.place, step.verb);
    if (!capabilities.ports && FaultNamed(step.verb).verb == FaultVerb::kTrouble) {
      return ConfigError(
          ConfigErrorId::kCombination, step.place,
          "this engine has no ports that could be made to misbehave; use engine holdfast, or leave {} out", step.verb);
    }
    HOLDFAST_TRY(CheckWhen(step, capabilities));
    if (capabilities.store || PlanOf(step).fault.then == StoreFault::kNothing) continue;
    return ConfigError(ConfigErrorId::kCombination, step.options.GivenAt("then").value_or(step.place),
                       "what this point stores cannot be tampered with; use store filesystem, or leave then out");
  }
  return CheckTimes(KnownOf(steps), measured);
}

std::string WriteFault(const PlannedFault& planned) {
  const auto& fault = planned.fault;
  const auto options = OptionsOf(fault);
  std::vector<std::string> values;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (options.Find(key) != nullptr) values.push_back(fmt::format("{}={}", key, value));
  };
  const auto then = std::ranges::find(kStoreFaults, fault.then, [](const auto& known) { return known.first; });
  add("restart-after", FormatDuration(fault.lasts));
  add("chance", fmt::to_string(fault.size.chance));
  add("by", FormatDuration(fault.size.by));
  add("for", FormatDuration(fault.lasts));
  add("then", std::string(then->second));
  ScheduleStep step{.id = planned.id,
                    .after = planned.after,
                    .at = planned.at,
                    .verb = std::string(FaultName(fault)),
                    .target = std::string(kSystem),
                    .options = options.Parse(values, "a fault").value()};
  if (planned.when) step.when = WhenOf(*planned.when);
  return WriteStep(step);
}

std::string WriteFaultFile(std::span<const PlannedFault> faults, std::string_view about) {
  auto text = fmt::format("# {}\n# Put it into a suite, or give the file to --fault.\nfault:\n", about);
  for (const auto& planned : faults) text += fmt::format("  - {}\n", WriteFault(planned));
  return text;
}

std::string FaultWordsText(std::span<const std::string_view> sync_sites) {
  const auto words = WordsFor(1h);
  std::string text = "what a step can do, with its options:\n";
  for (const auto& verb : words.verbs) text += WordLine(verb.name, verb.options);
  text += fmt::format("target of each: {}\nevents that `when` can wait for:\n", kSystem);
  for (const auto& event : words.events) text += WordLine(event.name, event.options);
  text += "sites of a sync, of the store and of the log in files:\n";
  for (const auto& site : sync_sites) text += fmt::format("  {}\n", site);
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

Error CannotBeHit(const ConfigPlace& place, std::string_view what) {
  return ConfigError(ConfigErrorId::kCombination, place,
                     "this engine runs in the testbed's own process and cannot take a {}; use engine holdfast", what);
}

}  // namespace holdfast
