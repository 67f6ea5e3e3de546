#include "chaos/schedule/expansion.h"

#include <algorithm>

namespace holdfast {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kMost = 10'000;

void SetText(ConfigTree& map, std::string_view key, std::string value) {
  map.Set(std::string(key), map.place(), ConfigTree::Scalar(std::move(value), map.place()));
}

ConfigTree Without(const ConfigTree& map, std::initializer_list<std::string_view> keys) {
  auto rest = ConfigTree::Map(map.place());
  for (const auto& entry : map.entries()) {
    if (std::ranges::count(keys, entry.key) == 0) rest.Set(entry.key, entry.place, entry.value);
  }
  return rest;
}

// ---- every ---------------------------------------------------------------------------------------------------------

struct Repetition {
  Duration at{}, every{};
  std::int64_t times = 0;
};

Result<Repetition> ReadRepetition(const ConfigTree& item, const ScheduleWords& words) {
  const OptionSet options({DurationOption("at", 0s, "The first.").Between(0s, words.longest),
                           DurationOption("every", 1s, "From one to the next.").Between(1us, words.longest),
                           IntOption("times", 1, "How many.").Between(1, kMost),
                           DurationOption("until", 0s, "None is later.").Between(0s, words.longest)});
  auto own = ConfigTree::Map(item.place());
  for (const auto& entry : item.entries()) {
    if (options.Find(entry.key) != nullptr) own.Set(entry.key, entry.place, entry.value);
  }
  HOLDFAST_ASSIGN(const auto values, options.Parse(own, "every"));
  const auto& times = values.GivenAt("times");
  const auto& until = values.GivenAt("until");
  if (item.Find("when") != nullptr) {
    return ConfigError(ConfigErrorId::kCombination, item.Find("when")->place(),
                       "a step is repeated by the clock (every) or waits for an event (when), not both");
  }
  if (times.has_value() == until.has_value()) {
    return ConfigError(ConfigErrorId::kCombination, item.Find("every")->place(),
                       "every needs an end, and one only: write times or until beside it");
  }
  Repetition repetition{values.GetDuration("at"), values.GetDuration("every"), values.GetInt("times")};
  if (!until) return repetition;
  const auto end = values.GetDuration("until");
  if (end < repetition.at) {
    return ConfigError(ConfigErrorId::kCombination, *until, "the step would end at {}, before it begins at {}",
                       FormatDuration(end), FormatDuration(repetition.at));
  }
  repetition.times = std::min((end - repetition.at) / repetition.every + 1, kMost + 1);  // Too many is refused later.
  return repetition;
}

Result<ScheduleExpansion> ExpandEvery(const ConfigTree& item, const ScheduleWords& words) {
  HOLDFAST_ASSIGN(const auto repetition, ReadRepetition(item, words));
  const auto* id = item.Find("id");
  ScheduleExpansion expansion;
  for (std::int64_t i = 0; i < repetition.times; ++i) {
    auto one = Without(item, {"every", "times", "until"});
    SetText(one, "at", FormatDuration(repetition.at + i * repetition.every));
    if (id != nullptr && i > 0) SetText(one, "id", fmt::format("{}-{}", id->value(), i + 1));
    expansion.items.push_back(std::move(one));
  }
  return expansion;
}

// ---- random --------------------------------------------------------------------------------------------------------

struct Draw {
  std::vector<ConfigTree> faults;  // Maps without an instant.
  std::int64_t count = 0;
  Duration from{}, until{};
};

Result<Duration> ReadInstant(const ConfigTree& scalar, const ScheduleWords& words) {
  const Option option = DurationOption("between", 0s, "An end of the time.").Between(0s, words.longest);
  HOLDFAST_ASSIGN(const auto value, option.Parse(scalar.value(), scalar.place(), "random"));
  return std::get<Duration>(value);
}

Status ReadBetween(const ConfigTree& list, const ScheduleWords& words, Draw& draw) {
  HOLDFAST_TRY(ExpectKind(list, ConfigTree::Kind::kList, "between of random"));
  if (list.items().size() != 2) {
    return ConfigError(ConfigErrorId::kShape, list.place(), "between of random takes two instants: write [1s, 4s]");
  }
  HOLDFAST_ASSIGN(draw.from, ReadInstant(list.items()[0], words));
  HOLDFAST_ASSIGN(draw.until, ReadInstant(list.items()[1], words));
  if (draw.from <= draw.until) return {};
  return ConfigError(ConfigErrorId::kCombination, list.place(), "random would end at {}, before it begins at {}",
                     FormatDuration(draw.until), FormatDuration(draw.from));
}

Status ReadFaultList(const ConfigTree& list, Draw& draw) {
  HOLDFAST_TRY(ExpectKind(list, ConfigTree::Kind::kList, "faults of random"));
  for (const auto& item : list.items()) {
    auto fault = ConfigTree::Map(item.place());
    if (item.kind() == ConfigTree::Kind::kScalar) {
      SetText(fault, "do", item.value());
    } else {
      HOLDFAST_TRY(ExpectKind(item, ConfigTree::Kind::kMap, "a fault of random"));
      fault = item;
    }
    for (const auto& entry : fault.entries()) {
      constexpr std::string_view kTimes[] = {"at", "after", "every", "times", "until", "when", "id"};
      if (std::ranges::count(kTimes, entry.key) == 0) continue;
      return ConfigError(ConfigErrorId::kCombination, entry.place, "random says when its faults strike; leave {} out",
                         entry.key);
    }
    draw.faults.push_back(std::move(fault));
  }
  if (!draw.faults.empty()) return {};
  return ConfigError(ConfigErrorId::kNothingToRun, list.place(), "random has no faults to draw from");
}

Result<Draw> ReadDraw(const ConfigTree& map, const ScheduleWords& words) {
  HOLDFAST_TRY(ExpectKind(map, ConfigTree::Kind::kMap, "random"));
  const std::vector<std::string> keys = {"faults", "count", "between"};
  HOLDFAST_TRY(ExpectKeys(map, keys, "random"));
  for (const auto& key : keys) {
    if (map.Find(key) != nullptr) continue;
    return ConfigError(ConfigErrorId::kMissing, map.place(),
                       "random needs '{}': write random: {{faults: [...], count: 5, between: [1s, 4s]}}", key);
  }
  Draw draw;
  HOLDFAST_TRY(ReadFaultList(*map.Find("faults"), draw));
  const Option count = IntOption("count", 1, "How many.").Between(1, kMost);
  HOLDFAST_TRY(ExpectKind(*map.Find("count"), ConfigTree::Kind::kScalar, "count of random"));
  HOLDFAST_ASSIGN(const auto value, count.Parse(map.Find("count")->value(), map.Find("count")->place(), "random"));
  draw.count = std::get<std::int64_t>(value);
  HOLDFAST_TRY(ReadBetween(*map.Find("between"), words, draw));
  return draw;
}

// A target, if the verb needs one and none is given. An unknown verb is left for the reader to refuse.
void DrawTarget(ConfigTree& fault, const ScheduleWords& words, Random& random) {
  const auto* name = fault.Find("do");
  if (name == nullptr || fault.Find("target") != nullptr) return;
  const auto verb = std::ranges::find(words.verbs, name->value(), &ScheduleVerb::name);
  if (verb == words.verbs.end() || !verb->usual_target.empty()) return;
  auto targets = verb->targets;
  std::erase(targets, verb->waiting_target);
  SetText(fault, "target", targets[random.Below(targets.size())]);
}

Result<ScheduleExpansion> ExpandRandom(const ConfigTree& item, const ScheduleWords& words, Random random) {
  HOLDFAST_TRY(ExpectKeys(item, std::vector<std::string>{"random"}, "a random block"));
  HOLDFAST_ASSIGN(const auto draw, ReadDraw(*item.Find("random"), words));
  std::vector<Duration> instants;
  for (std::int64_t i = 0; i < draw.count; ++i) {
    const auto drawn = Duration(random.Between(draw.from.count(), draw.until.count()));
    // Nobody wants to read nanoseconds; never before the beginning, though.
    instants.push_back(std::max(draw.from, Duration(std::chrono::floor<std::chrono::microseconds>(drawn))));
  }
  std::ranges::sort(instants);
  ScheduleExpansion expansion{.items = {}, .drawn = true};
  for (const auto at : instants) {
    auto fault = draw.faults[random.Below(draw.faults.size())];
    DrawTarget(fault, words, random);
    SetText(fault, "at", FormatDuration(at));
    expansion.items.push_back(std::move(fault));
  }
  return expansion;
}

}  // namespace

Result<ScheduleExpansion> ExpandItem(const ConfigTree& item, const ScheduleWords& words, std::uint64_t seed,
                                     std::size_t place) {
  if (item.kind() == ConfigTree::Kind::kMap) {
    if (item.Find("random") != nullptr) return ExpandRandom(item, words, Random(Mix64(seed ^ Mix64(place))));
    if (item.Find("every") != nullptr) return ExpandEvery(item, words);
    for (const auto* key : {"times", "until"}) {
      if (const auto* given = item.Find(key)) {
        return ConfigError(ConfigErrorId::kCombination, given->place(), "{} needs every: write every: 500ms beside it",
                           key);
      }
    }
  }
  return ScheduleExpansion{{item}, false};
}

}  // namespace holdfast
