#include "chaos/simulation/fault_text.h"

#include <algorithm>

#include "chaos/schedule/schedule.h"
#include "core/base/options.h"
#include "core/base/suggest.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongest = std::chrono::hours(1);

// What one verb takes, and whom it can befall.
struct Verb {
  SimFaultVerb verb;
  std::string name;
  OptionSet options;
  std::vector<SimFaultRole> roles;
};

Option ForOption(Duration usual) { return DurationOption("for", usual, "How long it lasts.").Between(0s, kLongest); }

Option ChanceOption() { return DoubleOption("chance", 0.01, "How likely it is each time.").Between(0, 1); }
Option FullOption() { return DoubleOption("chance", 1, "How likely a call that writes fails.").Between(0, 1); }
Option ByOption() { return DurationOption("by", 5ms, "How much later it comes, at most.").Between(0s, kLongest); }
Option ToOption() { return StringOption("to", "everything", "What is sent to whom."); }

Option SetByOption() {
  return DurationOption("by", 20ms, "How far the clock is set.").Between(0s, std::chrono::minutes(10));
}
Option RateOption() { return DoubleOption("rate", 1.1, "How fast the clock runs.").Between(0, 10); }

OptionSet TroubleOptions() { return OptionSet({ChanceOption(), ForOption(2s)}); }

const std::vector<Verb>& Verbs() {
  using enum SimFaultRole;
  static const std::vector<SimFaultRole> all{kWorker, kCoordinator, kEverything};
  static const std::vector<SimFaultRole> disks{kWorker, kStore, kEverything};
  static const std::vector<SimFaultRole> workers{kWorker, kEverything};
  static const std::vector<Verb> verbs{
      {SimFaultVerb::kKill,
       "kill",
       OptionSet({DurationOption("restart-after", 1ms, "When it is back.").Between(1us, kLongest)}),
       {kWorker, kCoordinator, kEverything, kCaller}},
      {SimFaultVerb::kDiskErrors, "disk-errors", TroubleOptions(), disks},
      {SimFaultVerb::kSlowWork, "slow-work", TroubleOptions(), {kWorker, kCoordinator, kEverything}},
      {SimFaultVerb::kPause, "pause", OptionSet({ForOption(20ms)}), {kWorker, kCoordinator}},
      {SimFaultVerb::kHold, "hold", OptionSet({ToOption(), ForOption(20ms)}), {kWorker, kCoordinator}},
      {SimFaultVerb::kDelay, "delay", OptionSet({ToOption(), ByOption(), ForOption(2s)}), all},
      {SimFaultVerb::kDuplicate, "duplicate", TroubleOptions(), all},
      {SimFaultVerb::kReorder, "reorder", OptionSet({ChanceOption(), ByOption(), ForOption(2s)}), all},
      {SimFaultVerb::kSinkErrors, "sink-errors", TroubleOptions(), workers},
      {SimFaultVerb::kSlowSink, "slow-sink", OptionSet({ByOption(), ForOption(2s)}), workers},
      {SimFaultVerb::kFunctionErrors, "function-errors", TroubleOptions(), workers},
      {SimFaultVerb::kWrongReplies, "wrong-replies", TroubleOptions(), workers},
      {SimFaultVerb::kSlowFunctions, "slow-functions", OptionSet({ChanceOption(), ByOption(), ForOption(2s)}), workers},
      {SimFaultVerb::kClockForward, "clock-forward", OptionSet({SetByOption()}), workers},
      {SimFaultVerb::kClockBack, "clock-back", OptionSet({SetByOption()}), workers},
      {SimFaultVerb::kDiskFull, "disk-full", OptionSet({FullOption(), ForOption(20ms)}), disks},
      {SimFaultVerb::kSlowDisk, "slow-disk", OptionSet({ByOption(), ForOption(2s)}), disks},
      {SimFaultVerb::kBitFlips, "bit-flips", TroubleOptions(), {kStore}},
      {SimFaultVerb::kStaleLists, "stale-lists", TroubleOptions(), {kStore}},
      {SimFaultVerb::kClockDrift, "clock-drift", OptionSet({RateOption(), ForOption(20ms)}), workers},
  };
  return verbs;
}

const Verb& VerbNamed(std::string_view name) { return *std::ranges::find(Verbs(), name, &Verb::name); }
const Verb& VerbOf(SimFaultVerb verb) { return *std::ranges::find(Verbs(), verb, &Verb::verb); }

const OptionSet& CallOptions() {
  static const OptionSet options({StringOption("of", "store", "Whose disk.")});
  return options;
}

// All targets of these roles in a cluster of this size.
std::vector<SimFaultTarget> TargetsOf(const std::vector<SimFaultRole>& roles, std::uint16_t workers) {
  std::vector<SimFaultTarget> targets;
  for (const auto role : roles) {
    if (role != SimFaultRole::kWorker) {
      targets.push_back({role});
      continue;
    }
    for (std::uint16_t i = 0; i < workers; ++i) targets.push_back({role, WorkerId(i)});
  }
  return targets;
}

std::vector<std::string> TextsOf(const std::vector<SimFaultTarget>& targets) {
  std::vector<std::string> texts;
  for (const auto& target : targets) texts.push_back(FaultTargetText(target));
  return texts;
}

ScheduleWords WordsFor(std::uint16_t workers) {
  ScheduleWords words{
      .verbs = {}, .events = {{"disk-call", CallOptions()}, {"sync", CallOptions()}}, .longest = kLongest};
  for (const auto& verb : Verbs()) {
    words.verbs.push_back({.name = verb.name,
                           .options = verb.options,
                           .targets = TextsOf(TargetsOf(verb.roles, workers)),
                           .waiting_target = FaultTargetText({SimFaultRole::kCaller}),
                           .waits = verb.verb == SimFaultVerb::kKill});
  }
  return words;
}

// The target that is written like this, which is known to be one of them.
SimFaultTarget TargetNamed(std::string_view text, const std::vector<SimFaultTarget>& targets) {
  return *std::ranges::find(targets, text, FaultTargetText);
}

Result<AwaitedCall> ReadCall(const ScheduleWhen& when, std::uint16_t workers) {
  const auto disks = TargetsOf({SimFaultRole::kWorker, SimFaultRole::kStore}, workers);
  const auto known = TextsOf(disks);
  const auto& of = when.options.GetText("of");
  if (std::ranges::count(known, of) == 0) {
    return ConfigError(ConfigErrorId::kUnknownName, when.options.GivenAt("of").value_or(when.place),
                       "when: unknown target {}; {}", Quote(of), KnownWords(of, known));
  }
  return AwaitedCall{.disk = TargetNamed(of, disks), .nth = when.nth, .only_syncs = when.event == "sync"};
}

// Whom what is sent was meant for.
Status ReadReceiver(const ScheduleStep& step, std::uint16_t workers, SimFault& fault) {
  const auto receivers =
      TargetsOf({SimFaultRole::kWorker, SimFaultRole::kCoordinator, SimFaultRole::kEverything}, workers);
  const auto& to = step.options.GetText("to");
  const auto place = step.options.GivenAt("to").value_or(step.place);
  const auto known = TextsOf(receivers);
  if (std::ranges::count(known, to) == 0) {
    return ConfigError(ConfigErrorId::kUnknownName, place, "to: unknown target {}; {}", Quote(to),
                       KnownWords(to, known));
  }
  fault.to = TargetNamed(to, receivers);
  if (fault.to != fault.target || fault.to.role == SimFaultRole::kEverything) return {};
  return ConfigError(ConfigErrorId::kCombination, place,
                     "{} sends itself nothing through a channel: name another to:", to);
}

// A kill waits for a call if and only if it befalls the caller.
Status CheckWhen(const SimFault& fault, const ConfigPlace& place) {
  if (fault.when.has_value() == (fault.target.role == SimFaultRole::kCaller)) return {};
  return ConfigError(ConfigErrorId::kCombination, place, "{}",
                     fault.when ? "a kill that waits for a call befalls whoever makes it: write target: caller"
                                : "target: caller needs the call: write when: {event: disk-call, of: store, nth: 1}");
}

Result<SimFault> ReadFault(const ScheduleStep& step, Duration at, std::uint16_t workers) {
  const auto& verb = VerbNamed(step.verb);
  SimFault fault{.at = at, .verb = verb.verb, .target = TargetNamed(step.target, TargetsOf(verb.roles, workers))};
  const auto takes = [&](std::string_view key) { return verb.options.Find(key) != nullptr; };
  fault.restart_after = takes("restart-after") ? step.options.GetDuration("restart-after") : Duration(0);
  if (takes("for")) fault.lasts = step.options.GetDuration("for");
  if (takes("chance")) fault.chance = step.options.GetDouble("chance");
  if (takes("by")) fault.by = step.options.GetDuration("by");
  if (takes("rate")) fault.rate = step.options.GetDouble("rate");
  if (takes("to")) HOLDFAST_TRY(ReadReceiver(step, workers, fault));
  if (step.when) {
    HOLDFAST_ASSIGN(fault.when, ReadCall(*step.when, workers));
  }
  HOLDFAST_TRY(CheckWhen(fault, step.place));
  return fault;
}

}  // namespace

std::string WriteFault(const SimFault& fault) {
  const auto& verb = VerbOf(fault.verb);
  ScheduleStep step{.at = fault.at, .verb = verb.name, .target = FaultTargetText(fault.target)};
  if (fault.when) {
    const std::vector<std::string> of = {"of=" + FaultTargetText(fault.when->disk)};
    step.when = ScheduleWhen{fault.when->only_syncs ? "sync" : "disk-call", fault.when->nth,
                             CallOptions().Parse(of, "when").value()};
  }
  std::vector<std::string> values;
  const auto add = [&](std::string_view key, const std::string& value) {
    if (verb.options.Find(key) != nullptr) values.push_back(fmt::format("{}={}", key, value));
  };
  add("restart-after", FormatDuration(fault.restart_after));
  add("chance", fmt::to_string(fault.chance));
  add("for", FormatDuration(fault.lasts));
  add("to", FaultTargetText(fault.to));
  add("by", FormatDuration(fault.by));
  add("rate", fmt::to_string(fault.rate));
  step.options = verb.options.Parse(values, verb.name).value();
  return WriteStep(step);
}

Result<std::vector<SimFault>> ReadFaults(const ConfigTree& list, std::uint16_t workers, std::uint64_t seed) {
  HOLDFAST_ASSIGN(const auto steps, ReadSchedule(list, WordsFor(workers), seed));
  HOLDFAST_ASSIGN(const auto plan, PlanSteps(steps));
  std::vector<SimFault> faults;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    HOLDFAST_ASSIGN(faults.emplace_back(), ReadFault(steps[i], plan[i], workers));
  }
  return faults;
}

}  // namespace holdfast
