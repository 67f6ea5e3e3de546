#include "chaos/schedule/schedule.h"

#include <algorithm>

#include "chaos/schedule/expansion.h"
#include "core/base/suggest.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMostSteps = 10'000;

template <class T>
std::vector<std::string> NamesOf(const std::vector<T>& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name);
  return names;
}

// The entries of a map whose keys are options of the set.
ConfigTree Only(const ConfigTree& map, const OptionSet& options) {
  auto some = ConfigTree::Map(map.place());
  for (const auto& entry : map.entries()) {
    if (options.Find(entry.key) != nullptr) some.Set(entry.key, entry.place, entry.value);
  }
  return some;
}

class Reader {
 public:
  Reader(const ScheduleWords& words, const std::vector<ScheduleStep>& above) : words_(words), above_(above) {}

  Result<ScheduleStep> Step(const ConfigTree& item) const {
    HOLDFAST_ASSIGN(const auto* verb, FindVerb(item));
    HOLDFAST_TRY(ExpectKeys(item, KeysOf(*verb), verb->name));
    const OptionSet frame({DurationOption("at", 0s, "When it begins.").Between(0s, words_.longest),
                           StringOption("id", "", "What later steps call it."),
                           StringOption("after", "", "From when on `at` counts.")});
    HOLDFAST_ASSIGN(const auto common, frame.Parse(Only(item, frame), verb->name));
    ScheduleStep step{.id = common.GetText("id"),
                      .after = common.GetText("after"),
                      .at = common.GetDuration("at"),
                      .verb = verb->name,
                      .place = item.place()};
    HOLDFAST_TRY(CheckId(step, item));
    HOLDFAST_TRY(CheckAfter(step, item));
    HOLDFAST_ASSIGN(step.options, verb->options.Parse(Only(item, verb->options), verb->name));
    HOLDFAST_ASSIGN(step.target, Target(*verb, item));
    if (const auto* when = item.Find("when")) {
      HOLDFAST_ASSIGN(step.when, When(*when));
    }
    return step;
  }

 private:
  static std::vector<std::string> KeysOf(const ScheduleVerb& verb) {
    std::vector<std::string> keys = {"at", "do", "target"};
    for (auto& key : verb.options.Keys()) keys.push_back(std::move(key));
    if (verb.waits) keys.emplace_back("when");
    keys.insert(keys.end(), {"id", "after", "every", "times", "until"});
    return keys;
  }

  Result<const ScheduleVerb*> FindVerb(const ConfigTree& item) const {
    HOLDFAST_TRY(ExpectKind(item, ConfigTree::Kind::kMap, "a fault"));
    const auto known = NamesOf(words_.verbs);
    const auto* name = item.Find("do");
    if (name == nullptr) {
      return ConfigError(ConfigErrorId::kMissing, item.place(), "the fault does nothing: write do: and one of {}",
                         fmt::join(known, ", "));
    }
    const auto verb = std::ranges::find(words_.verbs, name->value(), &ScheduleVerb::name);
    if (verb != words_.verbs.end()) return &*verb;
    return ConfigError(ConfigErrorId::kUnknownName, name->place(), "unknown fault {}; {}", Quote(name->value()),
                       KnownWords(name->value(), known));
  }

  static Result<std::string> Target(const ScheduleVerb& verb, const ConfigTree& item) {
    const auto* target = item.Find("target");
    if (target == nullptr && !verb.usual_target.empty()) return verb.usual_target;
    if (target == nullptr) return ConfigError(ConfigErrorId::kMissing, item.place(), "{} has no target", verb.name);
    if (std::ranges::count(verb.targets, target->value()) > 0) return target->value();
    return ConfigError(ConfigErrorId::kUnknownName, target->place(), "{}: unknown target {}; {}", verb.name,
                       Quote(target->value()), KnownWords(target->value(), verb.targets));
  }

  Status CheckId(const ScheduleStep& step, const ConfigTree& item) const {
    const bool taken =
        std::ranges::count(above_, step.id, &ScheduleStep::id) > 0 || std::ranges::count(words_.anchors, step.id) > 0;
    if (step.id.empty() || !taken) return {};
    return ConfigError(ConfigErrorId::kDuplicate, item.Find("id")->place(), "the id {} is taken already",
                       Quote(step.id));
  }

  Status CheckAfter(const ScheduleStep& step, const ConfigTree& item) const {
    if (step.after.empty()) return {};
    auto known = words_.anchors;
    for (const auto& other : above_) {
      if (!other.id.empty()) known.push_back(other.id);
    }
    if (std::ranges::count(known, step.after) > 0) return {};
    return ConfigError(ConfigErrorId::kUnknownName, item.Find("after")->place(),
                       "after of {}: no step further up has the id {}; {}", step.verb, Quote(step.after),
                       KnownWords(step.after, known));
  }

  Result<ScheduleWhen> When(const ConfigTree& map) const {
    HOLDFAST_TRY(ExpectKind(map, ConfigTree::Kind::kMap, "when"));
    const auto known = NamesOf(words_.events);
    const OptionSet frame({EnumOption("event", known.front(), known, "What is waited for."),
                           IntOption("nth", 1, "Which of them, from `at` on.").Between(1, 1'000'000)});
    HOLDFAST_ASSIGN(const auto common, frame.Parse(Only(map, frame), "when"));
    const auto& event = *std::ranges::find(words_.events, common.GetText("event"), &ScheduleEvent::name);
    auto keys = frame.Keys();
    for (auto& key : event.options.Keys()) keys.push_back(std::move(key));
    HOLDFAST_TRY(ExpectKeys(map, keys, fmt::format("when of {}", event.name)));
    ScheduleWhen when{event.name, static_cast<std::uint64_t>(common.GetInt("nth")), {}, map.place()};
    HOLDFAST_ASSIGN(when.options, event.options.Parse(Only(map, event.options), "when"));
    return when;
  }

  const ScheduleWords& words_;
  const std::vector<ScheduleStep>& above_;
};

}  // namespace

Result<std::vector<ScheduleStep>> ReadSchedule(const ConfigTree& list, const ScheduleWords& words, std::uint64_t seed) {
  HOLDFAST_TRY(ExpectKind(list, ConfigTree::Kind::kList, "faults"));
  std::vector<ScheduleStep> steps;
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    HOLDFAST_ASSIGN(const auto expansion, ExpandItem(list.items()[i], words, seed, i));
    for (const auto& item : expansion.items) {
      HOLDFAST_ASSIGN(auto step, Reader(words, steps).Step(item));
      step.drawn = expansion.drawn;
      steps.push_back(std::move(step));
      if (steps.size() <= kMostSteps) continue;
      return ConfigError(ConfigErrorId::kBounds, list.place(), "the schedule has more than {} steps", kMostSteps);
    }
  }
  return steps;
}

std::string WriteStep(const ScheduleStep& step) {
  std::vector<std::string> entries = {fmt::format("at: {}", FormatDuration(step.at))};
  const auto add = [&entries](std::string_view key, std::string_view value) {
    if (!value.empty()) entries.push_back(fmt::format("{}: {}", key, value));
  };
  add("id", step.id);
  add("after", step.after);
  if (step.when) {
    std::string when = "{event: " + step.when->event;
    for (const auto& [key, value] : step.when->options.Resolved()) when += fmt::format(", {}: {}", key, value);
    add("when", when + fmt::format(", nth: {}}}", step.when->nth));
  }
  add("do", step.verb);
  add("target", step.target);
  for (const auto& [key, value] : step.options.Resolved()) add(key, value);
  return fmt::format("{{{}}}", fmt::join(entries, ", "));
}

Result<std::vector<Duration>> PlanSteps(const std::vector<ScheduleStep>& steps) {
  std::vector<Duration> plan;
  for (const auto& step : steps) {
    const auto before = std::ranges::find(steps, step.after, &ScheduleStep::id);
    Duration from{};
    if (!step.after.empty() && before != steps.end()) {
      if (before->when) {
        return ConfigError(ConfigErrorId::kCombination, step.place,
                           "{} is to come after {}, which waits for an event: nobody knows when", step.verb,
                           step.after);
      }
      from = plan[static_cast<std::size_t>(before - steps.begin())];
    }
    plan.push_back(from + step.at);
  }
  return plan;
}

}  // namespace holdfast
