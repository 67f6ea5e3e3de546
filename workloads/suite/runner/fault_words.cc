#include "workloads/suite/runner/fault_words.h"

#include <algorithm>
#include <utility>

namespace holdfast {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kSystemName = "system";
constexpr std::string_view kEverythingName = "everything";
constexpr std::string_view kWarmUp = "warm-up";

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

constexpr std::pair<SystemPart, std::string_view> kParts[] = {
    {SystemPart::kUsual, kSystemName},
    {SystemPart::kService, "service"},
    {SystemPart::kServices, "services"},
    {SystemPart::kDatabase, "database"},
};

// ---- options -------------------------------------------------------------------------------------------------------

Option ThenOption() {
  std::vector<std::string> names;
  for (const auto& [fault, name] : kStoreFaults) names.emplace_back(name);
  return EnumOption("then", names.front(), names, "What befalls the store meanwhile.");
}

Option ForOption(Duration usual) { return DurationOption("for", usual, "How long it lasts.").Between(1us, 1h); }
Option ChanceOption(double usual) { return DoubleOption("chance", usual, "How likely it is each time.").Between(0, 1); }
Option ByOption() { return DurationOption("by", 5ms, "How much longer it takes.").Between(0s, 1min); }
Option UpToOption() { return DurationOption("by", 5ms, "How much later it comes, at most.").Between(0s, 1min); }
Option ToOption() { return StringOption("to", TroubleEnd::Everything().Text(), "What is sent to whom."); }

OptionSet OptionsOf(PortTrouble trouble) {
  switch (trouble) {
    case PortTrouble::kDiskFull:
      return OptionSet({ChanceOption(1), ForOption(1s)});
    case PortTrouble::kSlowDisk:
      return OptionSet({ChanceOption(1), ByOption(), ForOption(1s)});
    case PortTrouble::kSlowFunctions:
      return OptionSet({ChanceOption(0.01), ByOption(), ForOption(1s)});
    case PortTrouble::kHold:
      return OptionSet({ToOption(), ForOption(100ms)});
    case PortTrouble::kDelay:
      return OptionSet({ToOption(), UpToOption(), ForOption(1s)});
    case PortTrouble::kReorder:
      return OptionSet({ChanceOption(0.01), UpToOption(), ForOption(1s)});
    case PortTrouble::kSlowSink:
      return OptionSet({UpToOption(), ForOption(1s)});
    case PortTrouble::kDropReplies:
      return OptionSet({ChanceOption(0.1), ForOption(1s)});
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
  if (fault.verb == FaultVerb::kOutage) return OptionSet({ForOption(1s)});
  return OptionSet(
      {DurationOption("restart-after", 0s, "Down-time before the next start.").Between(0s, 1h), ThenOption()});
}

const OptionSet& SyncOptions() {
  static const OptionSet options({StringOption("site", "", "Which call that makes something durable.")});
  return options;
}

// ---- targets -------------------------------------------------------------------------------------------------------

enum class Aim : std::uint8_t { kSystem, kPart, kProcess, kProcessOrAll, kWorkerOrAll };

Aim AimOf(const EngineFault& fault) {
  if (fault.verb == FaultVerb::kOutage) return Aim::kSystem;
  if (fault.verb != FaultVerb::kTrouble) return Aim::kPart;
  if (fault.trouble == PortTrouble::kHold) return Aim::kProcess;
  if (IsChannelTrouble(fault.trouble)) return Aim::kProcessOrAll;
  return IsSinkTrouble(fault.trouble) ? Aim::kWorkerOrAll : Aim::kSystem;
}

std::vector<std::string> TargetsOf(Aim aim, std::uint16_t workers) {
  if (aim == Aim::kSystem) return {std::string(kSystemName)};
  std::vector<std::string> targets;
  if (aim == Aim::kPart) {
    for (const auto& [part, name] : kParts) targets.emplace_back(name);
    targets.emplace_back(kEverythingName);
    return targets;
  }
  for (std::uint16_t i = 0; i < workers; ++i) targets.push_back(TroubleEnd::Worker(WorkerId(i)).Text());
  if (aim != Aim::kWorkerOrAll) targets.push_back(TroubleEnd::Coordinator().Text());
  if (aim != Aim::kProcess) targets.push_back(TroubleEnd::Everything().Text());
  return targets;
}

std::string_view AimText(Aim aim) {
  switch (aim) {
    case Aim::kProcess:
      return "worker N, coordinator";
    case Aim::kProcessOrAll:
      return "worker N, coordinator, everything";
    case Aim::kWorkerOrAll:
      return "worker N, everything";
    case Aim::kPart:
      return "system, everything, of two-tier service, services, database";
    case Aim::kSystem:
      break;
  }
  return kSystemName;
}

TroubleEnd EndNamed(std::string_view text) { return TroubleEnd::Named(text).value_or(TroubleEnd::Everything()); }

// ---- verbs ---------------------------------------------------------------------------------------------------------

std::vector<EngineFault> AllFaults() {
  std::vector<EngineFault> faults = {{FaultVerb::kKill}, {FaultVerb::kPause}, {FaultVerb::kOutage}};
  for (std::size_t i = 0; i < kPortTroubles; ++i) {
    faults.push_back({.verb = FaultVerb::kTrouble, .trouble = static_cast<PortTrouble>(i)});
  }
  return faults;
}

ScheduleVerb Describe(const EngineFault& fault, std::uint16_t workers) {
  const auto aim = AimOf(fault);
  return {.name = std::string(FaultName(fault)),
          .options = OptionsOf(fault),
          .targets = TargetsOf(aim, workers),
          .usual_target = aim == Aim::kSystem || aim == Aim::kPart ? std::string(kSystemName) : "",
          .waits = true};
}

AwaitedEvent AwaitedBy(const ScheduleWhen& when) {
  if (when.event == kSyncEvent) return {.nth = when.nth, .site = when.options.GetText("site")};
  const auto event = std::ranges::find(kEvents, when.event, [](const auto& known) { return known.second; });
  return {.event = event->first, .nth = when.nth};
}

std::string_view NameOf(EngineEvent event) {
  return std::ranges::find(kEvents, event, [](const auto& known) { return known.first; })->second;
}

ScheduleWhen WhenOf(const AwaitedEvent& awaited) {
  if (awaited.site.empty()) return {.event = std::string(NameOf(awaited.event)), .nth = awaited.nth};
  const std::vector<std::string> site = {"site=" + awaited.site};
  return {
      .event = std::string(kSyncEvent), .nth = awaited.nth, .options = SyncOptions().Parse(site, kSyncEvent).value()};
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
  if (fault.verb == FaultVerb::kOutage) return "state-outage";
  return fault.verb == FaultVerb::kKill ? "kill" : "pause";
}

std::string FaultTarget(const EngineFault& fault) {
  switch (AimOf(fault)) {
    case Aim::kSystem:
      return std::string(kSystemName);
    case Aim::kPart:
      if (fault.everything) return std::string(kEverythingName);
      return std::string(std::ranges::find(kParts, fault.part, [](const auto& known) { return known.first; })->second);
    default:
      return fault.path.from.Text();
  }
}

std::string AwaitedEventText(const AwaitedEvent& awaited) {
  if (!awaited.site.empty()) return fmt::format("{} {} {}", kSyncEvent, awaited.site, awaited.nth);
  return fmt::format("{} {}", NameOf(awaited.event), awaited.nth);
}

ScheduleWords FaultWords(const FaultScope& scope) {
  ScheduleWords words{.verbs = {}, .events = {}, .anchors = {std::string(kWarmUp)}, .longest = scope.measured};
  for (const auto& fault : AllFaults()) words.verbs.push_back(Describe(fault, scope.workers));
  for (const auto& [event, name] : kEvents) words.events.push_back({.name = std::string(name)});
  words.events.push_back({.name = std::string(kSyncEvent), .options = SyncOptions()});
  return words;
}

std::vector<std::string> FaultReceivers(std::uint16_t workers) { return TargetsOf(Aim::kProcessOrAll, workers); }

EngineFault FaultNamed(std::string_view verb) {
  const auto faults = AllFaults();
  return *std::ranges::find(faults, verb, FaultName);
}

namespace {

void AimAt(std::string_view target, EngineFault& fault) {
  const auto aim = AimOf(fault);
  if (aim == Aim::kSystem) return;
  if (aim != Aim::kPart) {
    fault.path.from = EndNamed(target);
    return;
  }
  fault.everything = target == kEverythingName;
  const auto part = std::ranges::find(kParts, target, [](const auto& known) { return known.second; });
  if (part != std::end(kParts)) fault.part = part->first;
}

}  // namespace

PlannedFault PlanOf(const ScheduleStep& step) {
  PlannedFault planned{.at = step.at, .fault = FaultNamed(step.verb), .id = step.id, .after = step.after};
  auto& fault = planned.fault;
  const auto options = OptionsOf(fault);
  const auto takes = [&options](std::string_view key) { return options.Find(key) != nullptr; };
  if (takes("restart-after")) fault.lasts = step.options.GetDuration("restart-after");
  if (takes("for")) fault.lasts = step.options.GetDuration("for");
  if (takes("chance")) fault.size.chance = step.options.GetDouble("chance");
  if (takes("by")) fault.size.by = step.options.GetDuration("by");
  AimAt(step.target, fault);
  if (takes("to")) fault.path.to = EndNamed(step.options.GetText("to"));
  if (fault.verb == FaultVerb::kTrouble && IsSinkTrouble(fault.trouble)) fault.path.to = TroubleEnd::Sink();
  if (planned.after == kWarmUp) planned.after.clear();
  if (takes("then")) {
    const auto& then = step.options.GetText("then");
    fault.then = std::ranges::find(kStoreFaults, then, [](const auto& known) { return known.second; })->first;
  }
  if (!step.when) return planned;
  fault.at_once = true;
  planned.when = AwaitedBy(*step.when);
  return planned;
}

ScheduleStep StepOf(const PlannedFault& planned) {
  const auto& fault = planned.fault;
  const auto options = OptionsOf(fault);
  std::vector<std::string> values;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (options.Find(key) != nullptr) values.push_back(fmt::format("{}={}", key, value));
  };
  const auto then = std::ranges::find(kStoreFaults, fault.then, [](const auto& known) { return known.first; });
  add("restart-after", FormatDuration(fault.lasts));
  add("chance", fmt::to_string(fault.size.chance));
  add("to", fault.path.to.Text());
  add("by", FormatDuration(fault.size.by));
  add("for", FormatDuration(fault.lasts));
  add("then", std::string(then->second));
  ScheduleStep step{.id = planned.id,
                    .after = planned.after,
                    .at = planned.at,
                    .verb = std::string(FaultName(fault)),
                    .target = FaultTarget(fault),
                    .options = options.Parse(values, "a fault").value()};
  if (planned.when) step.when = WhenOf(*planned.when);
  return step;
}

std::string FaultWordsText(std::span<const std::string_view> sync_sites) {
  std::string text = "what a step can do, with its options:\n";
  for (const auto& fault : AllFaults()) text += WordLine(FaultName(fault), OptionsOf(fault));
  text += "target of each:\n";
  for (const auto aim : {Aim::kPart, Aim::kProcess, Aim::kProcessOrAll, Aim::kWorkerOrAll}) {
    std::vector<std::string_view> verbs;
    for (const auto& fault : AllFaults()) {
      if (AimOf(fault) == aim) verbs.push_back(FaultName(fault));
    }
    text += fmt::format("  {:<34} of {}\n", AimText(aim), fmt::join(verbs, ", "));
  }
  text += fmt::format("  {:<34} of all others, and may be left out\n", AimText(Aim::kSystem));
  text += "events that `when` can wait for:\n";
  for (const auto& [event, name] : kEvents) text += WordLine(name, OptionSet());
  text += WordLine(kSyncEvent, SyncOptions());
  text += "sites of a sync, of the store and of the log in files:\n";
  for (const auto& site : sync_sites) text += fmt::format("  {}\n", site);
  return text;
}

}  // namespace holdfast
