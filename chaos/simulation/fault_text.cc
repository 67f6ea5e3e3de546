#include "chaos/simulation/fault_text.h"

#include <algorithm>

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

Option AtOption() { return DurationOption("at", 0s, "When it begins.").Between(0s, kLongest); }
Option DoOption() { return StringOption("do", "", "What happens."); }
Option TargetOption() { return StringOption("target", "", "Whom it befalls."); }

Option ForOption(Duration usual) { return DurationOption("for", usual, "How long it lasts.").Between(0s, kLongest); }

OptionSet TroubleOptions() {
  return OptionSet({AtOption(), DoOption(), TargetOption(),
                    DoubleOption("chance", 0.01, "How likely it is each time.").Between(0, 1), ForOption(2s)});
}

const std::vector<Verb>& Verbs() {
  using enum SimFaultRole;
  static const std::vector<Verb> verbs{
      {SimFaultVerb::kKill,
       "kill",
       OptionSet({AtOption(), DoOption(), TargetOption(),
                  DurationOption("restart-after", 1ms, "When it is back.").Between(1us, kLongest)}),
       {kWorker, kCoordinator, kEverything, kCaller}},
      {SimFaultVerb::kDiskErrors, "disk-errors", TroubleOptions(), {kWorker, kStore, kEverything}},
      {SimFaultVerb::kSlowWork, "slow-work", TroubleOptions(), {kWorker, kCoordinator, kEverything}},
      {SimFaultVerb::kPause,
       "pause",
       OptionSet({AtOption(), DoOption(), TargetOption(), ForOption(20ms)}),
       {kWorker, kCoordinator}},
  };
  return verbs;
}

const Verb& VerbOf(SimFaultVerb verb) { return *std::ranges::find(Verbs(), verb, &Verb::verb); }

OptionSet CallOptions() {
  return OptionSet({EnumOption("event", "disk-call", {"disk-call", "sync"}, "Which calls count."),
                    StringOption("of", "store", "Whose disk."),
                    IntOption("nth", 1, "Which of the calls from `at` on.").Between(1, 1'000'000)});
}

struct Reader {
  std::uint16_t workers;

  Result<SimFaultTarget> Target(const ConfigTree& scalar, const std::vector<SimFaultRole>& roles,
                                std::string_view owner) const {
    const std::string_view text = scalar.value();
    std::vector<std::string> known;
    for (const auto role : roles) {
      if (role == SimFaultRole::kWorker) {
        for (std::uint16_t i = 0; i < workers; ++i) known.push_back(fmt::format("worker {}", i));
      } else {
        known.push_back(FaultTargetText({role}));
      }
      if (role != SimFaultRole::kWorker && text == known.back()) return SimFaultTarget{role};
    }
    for (std::uint16_t i = 0; i < workers; ++i) {
      const SimFaultTarget worker{SimFaultRole::kWorker, WorkerId(i)};
      if (std::ranges::count(roles, SimFaultRole::kWorker) > 0 && text == FaultTargetText(worker)) return worker;
    }
    return ConfigError(ConfigErrorId::kUnknownName, scalar.place(), "{}: unknown target {}; {}", owner, Quote(text),
                       KnownWords(text, known));
  }

  Result<AwaitedCall> When(const ConfigTree& map) const {
    HOLDFAST_ASSIGN(const auto values, CallOptions().Parse(map, "when"));
    AwaitedCall call;
    if (const auto* of = map.Find("of")) {
      HOLDFAST_ASSIGN(call.disk, Target(*of, {SimFaultRole::kWorker, SimFaultRole::kStore}, "when"));
    } else {
      call.disk = {SimFaultRole::kStore};
    }
    call.nth = static_cast<std::uint64_t>(values.GetInt("nth"));
    call.only_syncs = values.GetText("event") == "sync";
    return call;
  }

  static Result<const Verb*> FindVerb(const ConfigTree& item) {
    HOLDFAST_TRY(ExpectKind(item, ConfigTree::Kind::kMap, "a fault"));
    std::vector<std::string> known;
    for (const auto& verb : Verbs()) known.push_back(verb.name);
    const auto* name = item.Find("do");
    if (name == nullptr) {
      return ConfigError(ConfigErrorId::kMissing, item.place(), "the fault does nothing: write do: and one of {}",
                         fmt::join(known, ", "));
    }
    const auto verb = std::ranges::find(Verbs(), name->value(), &Verb::name);
    if (verb != Verbs().end()) return &*verb;
    return ConfigError(ConfigErrorId::kUnknownName, name->place(), "unknown fault {}; {}", Quote(name->value()),
                       KnownWords(name->value(), known));
  }

  // A kill waits for a call if and only if it befalls the caller.
  static Status CheckWhen(const SimFault& fault, const ConfigTree& item) {
    if (fault.when.has_value() == (fault.target.role == SimFaultRole::kCaller)) return {};
    return ConfigError(ConfigErrorId::kCombination, item.place(), "{}",
                       fault.when ? "a kill that waits for a call befalls whoever makes it: write target: caller"
                                  : "target: caller needs the call: write when: {event: disk-call, of: store, nth: 1}");
  }

  Result<SimFault> Fault(const ConfigTree& item) const {
    HOLDFAST_ASSIGN(const auto* verb, FindVerb(item));
    auto known = verb->options.Keys();
    if (verb->verb == SimFaultVerb::kKill) known.emplace_back("when");
    HOLDFAST_TRY(ExpectKeys(item, known, verb->name));
    auto plain = ConfigTree::Map(item.place());
    for (const auto& entry : item.entries()) {
      if (entry.key != "when") plain.Set(entry.key, entry.place, entry.value);
    }
    HOLDFAST_ASSIGN(const auto values, verb->options.Parse(plain, verb->name));
    SimFault fault{.at = values.GetDuration("at"), .verb = verb->verb};
    const auto* target = item.Find("target");
    if (target == nullptr) {
      return ConfigError(ConfigErrorId::kMissing, item.place(), "{} has no target", verb->name);
    }
    HOLDFAST_ASSIGN(fault.target, Target(*target, verb->roles, verb->name));
    const auto takes = [&](std::string_view key) { return verb->options.Find(key) != nullptr; };
    fault.restart_after = takes("restart-after") ? values.GetDuration("restart-after") : Duration(0);
    if (takes("for")) fault.lasts = values.GetDuration("for");
    if (takes("chance")) fault.chance = values.GetDouble("chance");
    if (const auto* when = item.Find("when")) {
      HOLDFAST_ASSIGN(fault.when, When(*when));
    }
    HOLDFAST_TRY(CheckWhen(fault, item));
    return fault;
  }
};

}  // namespace

std::string WriteFault(const SimFault& fault) {
  auto text = fmt::format("{{at: {}, ", FormatDuration(fault.at));
  if (fault.when) {
    text += fmt::format("when: {{event: {}, of: {}, nth: {}}}, ", fault.when->only_syncs ? "sync" : "disk-call",
                        FaultTargetText(fault.when->disk), fault.when->nth);
  }
  const auto& verb = VerbOf(fault.verb);
  text += fmt::format("do: {}, target: {}", verb.name, FaultTargetText(fault.target));
  const auto takes = [&](std::string_view key) { return verb.options.Find(key) != nullptr; };
  if (takes("restart-after")) text += fmt::format(", restart-after: {}", FormatDuration(fault.restart_after));
  if (takes("chance")) text += fmt::format(", chance: {}", fault.chance);
  if (takes("for")) text += fmt::format(", for: {}", FormatDuration(fault.lasts));
  return text + "}";
}

Result<std::vector<SimFault>> ReadFaults(const ConfigTree& list, std::uint16_t workers) {
  HOLDFAST_TRY(ExpectKind(list, ConfigTree::Kind::kList, "faults"));
  std::vector<SimFault> faults;
  for (const auto& item : list.items()) {
    HOLDFAST_ASSIGN(faults.emplace_back(), Reader{workers}.Fault(item));
  }
  return faults;
}

}  // namespace holdfast
