#include "workloads/suite/runner/fault_plan.h"

#include <algorithm>

#include "core/base/random.h"
#include "workloads/suite/config/load_options.h"
#include "workloads/suite/runner/fault_schedule.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

Option AtOption(std::string_view sentence, Duration at = 3s) {
  return DurationOption("at", at, std::string(sentence)).Between(0s, 168h);
}
Option UntilOption(std::string_view sentence) {
  return DurationOption("until", 4s, std::string(sentence)).Between(0s, 168h);
}
Option RestartOption() {
  return DurationOption("restart-after", 0s, "Down-time before the next start.").Between(0s, 1h);
}

std::vector<PlannedFault> DrawStorm(const OptionValues& options, std::uint64_t seed) {
  Random random(seed);
  const auto from = options.GetDuration("at");
  const auto until = options.GetDuration("until");
  const auto instant = [&](Duration a, Duration b) { return Duration(random.Between(a.count(), b.count())); };
  const EngineFault kill{FaultVerb::kKill, options.GetDuration("restart-after")};
  std::vector<PlannedFault> storm;
  Duration last = from;
  for (std::int64_t i = 0; i < options.GetInt("kills"); ++i) {
    const bool again = i > 0 && random.Chance(options.GetDouble("again"));
    last = again ? instant(last, std::min(last + options.GetDuration("soon"), until)) : instant(from, until);
    storm.push_back({last, kill});
  }
  for (std::int64_t i = 0; i < options.GetInt("pauses"); ++i) {
    storm.push_back({instant(from, until), {FaultVerb::kPause, instant(1ms, options.GetDuration("longest-pause"))}});
  }
  std::ranges::stable_sort(storm, {}, &PlannedFault::at);
  return storm;
}

Duration MeasuredTime(const SuitePoint& point) { return ReadLoad(point.Part("load").options).duration; }

FaultScope ScopeOf(const SuitePoint& point) {
  FaultScope scope{.measured = MeasuredTime(point)};
  const auto* engine = point.Find("engine");
  if (engine == nullptr || engine->options.set().Find("workers") == nullptr) return scope;
  scope.workers = static_cast<std::uint16_t>(engine->options.GetInt("workers"));
  return scope;
}

}  // namespace

std::vector<Descriptor> FaultDescriptors() {
  return {
      {.kind = PartKind::kFault, .name = "none", .sentence = "Nothing is done to the system."},
      {.kind = PartKind::kFault,
       .name = "kill",
       .sentence = "The whole process is ended by SIGKILL and started again.",
       .options = OptionSet({AtOption("When it strikes, from the beginning of the measurement."), RestartOption()})},
      {.kind = PartKind::kFault,
       .name = "crash-everything",
       .sentence = "All processes, also of who takes part from outside, end by SIGKILL at once, and are started again.",
       .options = OptionSet({AtOption("When it strikes, from the beginning of the measurement."), RestartOption()})},
      {.kind = PartKind::kFault,
       .name = "pause",
       .sentence = "The whole process stands still (SIGSTOP), and then goes on as if nothing had been (SIGCONT).",
       .options = OptionSet(
           {AtOption("When it stops, from the beginning of the measurement."), UntilOption("When it goes on.")})},
      {.kind = PartKind::kFault,
       .name = "state-outage",
       .sentence = "What keeps the state does not answer for a while: the disks under store and log, or the database.",
       .options = OptionSet({AtOption("When it begins, from the beginning of the measurement."),
                             UntilOption("When it answers again.")})},
      {.kind = PartKind::kFault,
       .name = "drop-replies",
       .sentence = "Some requests that a service of two-tier has handled get no reply, and come again.",
       .options = OptionSet({AtOption("When it begins, from the beginning of the measurement."),
                             UntilOption("When it is over."),
                             DoubleOption("chance", 0.1, "How likely it is each time.").Between(0, 1)})},
      {.kind = PartKind::kFault,
       .name = "storm",
       .sentence = "Kills and pauses at instants drawn from the seed, also while the system still recovers.",
       .options = OptionSet(
           {AtOption("Not before, from the beginning of the measurement.", 1s), UntilOption("Not after."),
            IntOption("kills", 3, "How often the process is killed.").Between(0, 10'000),
            DoubleOption("again", 0.3, "How likely a kill follows soon upon the one before.").Between(0, 1),
            DurationOption("soon", 100ms, "Within this; the system should still be recovering.").Between(0s, 1h),
            RestartOption(), IntOption("pauses", 0, "How often the process is paused.").Between(0, 10'000),
            DurationOption("longest-pause", 500ms, "A pause lasts up to this.").Between(1ms, 1h)})},
      {.kind = PartKind::kFault,
       .name = "schedule",
       .sentence = "Step by step what stands in the list `steps`; the name can be left out and only the list written.",
       .options = OptionSet({StringOption("steps", "[]", "The steps, in the words of the schedule language.")})},
  };
}

std::vector<PlannedFault> ReadFaults(const SuitePoint& point, std::uint64_t seed) {
  const auto* part = point.Find("fault");
  if (part == nullptr || part->name == "none") return {};
  const auto& options = part->options;
  if (part->name == "schedule") return ReadFaultSchedule(*part, ScopeOf(point), seed).value();
  if (part->name == "storm") return DrawStorm(options, seed);
  const auto at = options.GetDuration("at");
  if (part->name == "state-outage") return {{at, {FaultVerb::kOutage, options.GetDuration("until") - at}}};
  if (part->name == "drop-replies") {
    return {{at,
             {.verb = FaultVerb::kTrouble,
              .lasts = options.GetDuration("until") - at,
              .trouble = PortTrouble::kDropReplies,
              .size = {.chance = options.GetDouble("chance")}}}};
  }
  if (part->name == "pause") return {{at, {FaultVerb::kPause, options.GetDuration("until") - at}}};
  EngineFault kill{FaultVerb::kKill, options.GetDuration("restart-after")};
  kill.everything = part->name == "crash-everything";
  return {{at, kill}};
}

bool KillsSystem(const SuitePoint& point) {
  const auto kills = [](const PlannedFault& planned) { return planned.fault.verb == FaultVerb::kKill; };
  return std::ranges::any_of(ReadFaults(point, 0), kills);
}

bool KillsAtSyncs(const SuitePoint& point) {
  const auto waits = [](const PlannedFault& planned) { return planned.when && !planned.when->site.empty(); };
  return std::ranges::any_of(ReadFaults(point, 0), waits);
}

bool TroublesPorts(const SuitePoint& point) {
  const auto troubles = [](const PlannedFault& planned) {
    return planned.fault.verb == FaultVerb::kTrouble || planned.fault.verb == FaultVerb::kOutage;
  };
  return std::ranges::any_of(ReadFaults(point, 0), troubles);
}

std::string FaultLabel(const SuitePoint& point) {
  const auto* part = point.Find("fault");
  if (part == nullptr) return "none";
  if (part->options.set().Find("at") == nullptr) return part->name;
  const auto label = fmt::format("{}@{}", part->name, FormatDuration(part->options.GetDuration("at")));
  if (part->options.set().Find("until") == nullptr) return label;
  return fmt::format("{}..{}", label, FormatDuration(part->options.GetDuration("until")));
}

namespace {

Status CheckShortForm(const SuitePart& part, Duration measured) {
  const auto& options = part.options;
  const auto at = options.GetDuration("at");
  if (at >= measured) return StrikesTooLate(part.place, at, measured);
  if (options.set().Find("until") == nullptr) return {};
  const auto until = options.GetDuration("until");
  if (until <= at) {
    return ConfigError(ConfigErrorId::kCombination, part.place, "the {} would be over at {}, before it begins at {}",
                       part.name, FormatDuration(until), FormatDuration(at));
  }
  if (until > measured) return LastsTooLong(part.place, part.name, until, measured);
  return {};
}

}  // namespace

Status CheckFault(const SuitePoint& point, const EngineCapabilities& capabilities) {
  const auto* part = point.Find("fault");
  if (part == nullptr || part->name == "none") return {};
  if (part->name == "schedule") return CheckFaultSchedule(*part, ScopeOf(point), capabilities);
  HOLDFAST_TRY(CheckShortForm(*part, MeasuredTime(point)));
  if (!capabilities.kill) return CannotBeHit(part->place, part->name);
  if (part->name == "drop-replies" && !capabilities.services) return HasNoReplies(part->place, part->name);
  if (!ReadFaults(point, 0).empty()) return {};
  return ConfigError(ConfigErrorId::kCombination, part->place,
                     "the storm has no kills and no pauses; give it one, or write fault: none");
}

}  // namespace holdfast
