#include "workloads/suite/config/document.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "core/base/suggest.h"

namespace holdfast {
namespace {

using Kind = ConfigTree::Kind;

constexpr SuiteKey kKeys[] = {
    {"suite", "name", "must be given",
     "Name of the suite, part of the run's id: at most 64 lower-case letters, digits and dashes."},
    {"about", "text", "empty", "What the suite asks, in a sentence."},
    {"seed", "integer >= 0", "42", "From which everything random in the suite follows."},
    {"repetitions", "integer, 1 .. 1000", "1", "How often each point is run."},
    {"defaults", "map of sections", "empty", "What holds for every point that says nothing else."},
    {"matrix", "map of lists", "empty",
     "The axes: a section or `section.option`, and its values. The points are their product, the first axis varying "
     "slowest; at most 10000."},
    {"exclude", "list of maps", "empty", "Points that match every entry of a line are left out."},
};

OptionSet Numbers() {
  return OptionSet({
      IntOption("seed", 42, "From which everything random in the suite follows.")
          .Between(0, std::numeric_limits<std::int64_t>::max()),
      IntOption("repetitions", 1, "How often each point is run.").Between(1, 1000),
  });
}

bool IsName(std::string_view text) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed) && text.front() != '-';
}

Result<std::vector<Setting>> ReadSettings(const ConfigTree& map, std::string_view owner) {
  HOLDFAST_TRY(ExpectKind(map, Kind::kMap, owner));
  std::vector<Setting> settings;
  for (const auto& entry : map.entries()) {
    HOLDFAST_ASSIGN(settings.emplace_back(), ReadSetting(entry.key, entry.place, entry.value, owner));
  }
  return settings;
}

// Leaves the options out of the labels that are told apart without them.
void ShortenLabels(std::vector<Setting>& values) {
  std::map<std::string, int> uses;
  for (const auto& value : values) ++uses[ShortLabel(value)];
  for (auto& value : values) {
    if (auto label = ShortLabel(value); uses[label] == 1) value.label = std::move(label);
  }
}

// Schedules have no short names: the second one of an axis is `schedule-2`.
void NumberSchedule(const std::vector<Setting>& above, Setting& schedule) {
  const auto before = std::ranges::count_if(above, [](const Setting& value) { return value.steps.has_value(); });
  if (before > 0) schedule.label += fmt::format("-{}", before + 1);
}

Result<SuiteAxis> ReadAxis(const std::string& path, const ConfigPlace& place, const ConfigTree& list) {
  HOLDFAST_TRY(ExpectKind(list, Kind::kList, fmt::format("axis {}", path)));
  if (list.items().empty()) return ConfigError(ConfigErrorId::kNothingToRun, list.place(), "axis {} is empty", path);
  SuiteAxis axis{path, {}};
  for (const auto& item : list.items()) {
    HOLDFAST_ASSIGN(Setting value, ReadSetting(path, place, item, "matrix"));
    if (value.steps) NumberSchedule(axis.values, value);
    for (const auto& other : axis.values) {
      if (other.label != value.label) continue;
      return ConfigError(ConfigErrorId::kDuplicate, item.place(), "axis {} lists {} twice", path, Quote(value.label));
    }
    axis.values.push_back(std::move(value));
  }
  ShortenLabels(axis.values);
  return axis;
}

Status ReadHead(const ConfigTree& tree, SuiteDocument& document) {
  const auto* name = tree.Find("suite");
  if (name == nullptr) {
    return ConfigError(ConfigErrorId::kMissing, tree.place(), "the suite has no name; write suite: some-name");
  }
  HOLDFAST_TRY(ExpectKind(*name, Kind::kScalar, "suite"));
  if (!IsName(name->value())) {
    return ConfigError(ConfigErrorId::kValue, name->place(),
                       "the suite's name {} must be at most 64 lower-case letters, digits and dashes",
                       Quote(name->value()));
  }
  document.name = name->value();
  document.place = name->place();
  if (const auto* about = tree.Find("about")) {
    HOLDFAST_TRY(ExpectKind(*about, Kind::kScalar, "about"));
    document.about = about->value();
  }
  return {};
}

Status ReadMatrix(const ConfigTree& tree, SuiteDocument& document) {
  HOLDFAST_TRY(ExpectKind(tree, Kind::kMap, "matrix"));
  for (const auto& entry : tree.entries()) {
    HOLDFAST_ASSIGN(document.axes.emplace_back(), ReadAxis(entry.key, entry.place, entry.value));
  }
  return {};
}

Status ReadExclude(const ConfigTree& tree, SuiteDocument& document) {
  HOLDFAST_TRY(ExpectKind(tree, Kind::kList, "exclude"));
  for (const auto& item : tree.items()) {
    HOLDFAST_ASSIGN(auto pattern, ReadSettings(item, "a line of exclude"));
    if (pattern.empty()) {
      return ConfigError(ConfigErrorId::kNothingToRun, item.place(), "an empty line of exclude matches every point");
    }
    document.exclude.push_back(std::move(pattern));
  }
  return {};
}

// A file that holds the value, or a map of which it is the only entry.
Result<ConfigTree> ParseFile(const SuiteOverride& change) {
  HOLDFAST_ASSIGN(auto tree, ConfigTree::Parse(change.value, change.place));
  if (tree.kind() != Kind::kMap || tree.Find(change.path) == nullptr) return tree;
  HOLDFAST_TRY(ExpectKeys(tree, std::vector<std::string>{change.path}, "the file"));
  return ConfigTree(*tree.Find(change.path));
}

Status ApplyOverride(const SuiteOverride& change, SuiteDocument& document, ConfigTree& numbers) {
  const ConfigPlace place{change.place, 0, 0};
  HOLDFAST_ASSIGN(auto value, change.file ? ParseFile(change) : ConfigTree::ParseValue(change.value, place));
  if (Numbers().Find(change.path) != nullptr) {
    numbers.Set(change.path, place, std::move(value));
    return {};
  }
  const auto axis = std::find_if(document.axes.begin(), document.axes.end(),
                                 [&](const SuiteAxis& candidate) { return candidate.path == change.path; });
  if (value.kind() == Kind::kList && !IsSchedule(value)) {
    HOLDFAST_ASSIGN(auto replacement, ReadAxis(change.path, place, value));
    if (axis != document.axes.end()) {
      *axis = std::move(replacement);
    } else {
      document.axes.push_back(std::move(replacement));
    }
    return {};
  }
  HOLDFAST_ASSIGN(document.overrides.emplace_back(), ReadSetting(change.path, place, value, "a suite"));
  if (axis != document.axes.end()) document.axes.erase(axis);
  return {};
}

}  // namespace

std::span<const SuiteKey> SuiteKeys() { return kKeys; }

Result<SuiteOverride> ParseSetArgument(std::string_view argument) {
  const auto equals = argument.find('=');
  auto place = fmt::format("--set {}", argument);
  if (equals == std::string_view::npos || equals == 0) {
    return ConfigError(ConfigErrorId::kOverride, {std::move(place), 0, 0},
                       "write --set section=value or --set section.option=value");
  }
  return SuiteOverride{std::string(argument.substr(0, equals)), std::string(argument.substr(equals + 1)),
                       std::move(place)};
}

Result<SuiteDocument> ReadSuiteDocument(const ConfigTree& tree, std::span<const SuiteOverride> overrides,
                                        const ConfigTree& base) {
  std::vector<std::string> known;
  for (const auto& key : kKeys) known.emplace_back(key.name);
  HOLDFAST_TRY(ExpectKind(tree, Kind::kMap, "a suite"));
  HOLDFAST_TRY(ExpectKeys(tree, known, "a suite"));
  SuiteDocument document;
  HOLDFAST_TRY(ReadHead(tree, document));
  HOLDFAST_ASSIGN(document.defaults, ReadSettings(base, "the built-in base"));
  if (const auto* defaults = tree.Find("defaults")) {
    HOLDFAST_ASSIGN(auto settings, ReadSettings(*defaults, "defaults"));
    std::move(settings.begin(), settings.end(), std::back_inserter(document.defaults));
  }
  if (const auto* matrix = tree.Find("matrix")) HOLDFAST_TRY(ReadMatrix(*matrix, document));
  if (const auto* exclude = tree.Find("exclude")) HOLDFAST_TRY(ReadExclude(*exclude, document));

  auto numbers = ConfigTree::Map(tree.place());
  for (const auto& entry : tree.entries()) {
    if (Numbers().Find(entry.key) != nullptr) numbers.Set(entry.key, entry.place, entry.value);
  }
  for (const auto& change : overrides) HOLDFAST_TRY(ApplyOverride(change, document, numbers));
  HOLDFAST_ASSIGN(document.numbers, Numbers().Parse(numbers, "the suite"));
  return document;
}

}  // namespace holdfast
