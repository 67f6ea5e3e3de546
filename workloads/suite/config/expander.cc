#include "workloads/suite/config/expander.h"

#include <algorithm>
#include <utility>

#include "core/base/suggest.h"
#include "workloads/suite/config/load_options.h"

namespace holdfast {
namespace {

constexpr std::size_t kMaxPoints = 10'000;

// True when the part is there and is what the setting asks for: its name, if it gives one, and every option it gives.
Result<bool> Matches(const SuitePart* part, const Setting& setting) {
  if (part == nullptr || (!setting.name.empty() && setting.name != part->name)) return false;
  for (const auto& entry : setting.options.entries()) {
    const auto* option = part->options.set().Find(entry.key);
    if (option == nullptr) return false;
    HOLDFAST_ASSIGN(const auto wanted, option->Parse(entry.value.value(), entry.value.place(), part->name));
    if (wanted != part->options.Get(entry.key)) return false;
  }
  return true;
}

// Steps to the next choice, the last axis fastest; false after the last one.
bool Advance(std::vector<std::size_t>& choice, const std::vector<SuiteAxis>& axes) {
  for (auto i = axes.size(); i-- > 0;) {
    if (++choice[i] < axes[i].values.size()) return true;
    choice[i] = 0;
  }
  return false;
}

}  // namespace

std::vector<const Setting*> SuiteExpander::AllSettings() const {
  std::vector<const Setting*> settings;
  for (const auto& setting : document_.defaults) settings.push_back(&setting);
  for (const auto& axis : document_.axes) {
    for (const auto& setting : axis.values) settings.push_back(&setting);
  }
  for (const auto& setting : document_.overrides) settings.push_back(&setting);
  return settings;
}

std::vector<const Setting*> SuiteExpander::SettingsOf(const Choice& choice) const {
  std::vector<const Setting*> settings;
  for (const auto& setting : document_.defaults) settings.push_back(&setting);
  // An axis over one option refines the axis over its section, wherever the two stand.
  for (const bool dotted : {false, true}) {
    for (std::size_t i = 0; i < choice.size(); ++i) {
      const auto& value = document_.axes[i].values[choice[i]];
      if (value.dotted == dotted) settings.push_back(&value);
    }
  }
  for (const auto& setting : document_.overrides) settings.push_back(&setting);
  return settings;
}

Result<const Descriptor*> SuiteExpander::FindPart(const SuiteSection& section, const std::string& name,
                                                  const ConfigPlace& place) const {
  if (!section.named) return &LoadDescriptor();
  return rules_.catalog.Find(section.kind, name, place);
}

Status SuiteExpander::CollectCandidates() {
  for (const auto& section : SuiteSections()) {
    if (!section.named) candidates_[section.name].push_back(&LoadDescriptor());
  }
  for (const auto* setting : AllSettings()) {
    if (setting->name.empty()) continue;
    HOLDFAST_ASSIGN(const auto* part, FindPart(*setting->section, setting->name, setting->place));
    auto& parts = candidates_[setting->section->name];
    if (std::find(parts.begin(), parts.end(), part) == parts.end()) parts.push_back(part);
  }
  return {};
}

Status SuiteExpander::CheckSetting(const Setting& setting) const {
  if (!setting.name.empty()) {
    HOLDFAST_ASSIGN(const auto* part, FindPart(*setting.section, setting.name, setting.place));
    return part->options.Parse(setting.options, part->Title()).status();
  }
  for (const auto& entry : setting.options.entries()) HOLDFAST_TRY(CheckNameless(setting, entry));
  return {};
}

Status SuiteExpander::CheckNameless(const Setting& setting, const ConfigTree::Entry& entry) const {
  const auto found = candidates_.find(setting.section->name);
  if (found == candidates_.end()) {
    return ConfigError(ConfigErrorId::kMissing, entry.place, "{} has options but no name; {}", setting.section->name,
                       KnownWords("", rules_.catalog.Names(setting.section->kind)));
  }
  HOLDFAST_TRY(
      ExpectKind(entry.value, ConfigTree::Kind::kScalar, fmt::format("{} of {}", entry.key, setting.section->name)));
  Status refusal;
  bool known = false;
  std::vector<std::string> keys;
  for (const auto* part : found->second) {
    for (auto& key : part->options.Keys()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
    }
    const auto* option = part->options.Find(entry.key);
    if (option == nullptr) continue;
    const auto value = option->Parse(entry.value.value(), entry.value.place(), part->Title());
    if (value.ok()) return {};
    if (!std::exchange(known, true)) refusal = value.status();
  }
  if (known) return refusal;
  const auto owner = found->second.size() == 1 ? found->second.front()->Title() + " has no"
                                               : fmt::format("no {} of this suite has a", setting.section->name);
  return ConfigError(ConfigErrorId::kUnknownKey, entry.place, "{} key {}; {}", owner, Quote(entry.key),
                     KnownWords(entry.key, keys));
}

Result<std::optional<SuitePart>> SuiteExpander::ComposePart(const SuiteSection& section,
                                                            std::span<const Setting* const> settings) const {
  const Setting* last_named = nullptr;
  bool mentioned = !section.named;
  for (const auto* setting : settings) {
    if (setting->section != &section) continue;
    mentioned = true;
    if (!setting->name.empty()) last_named = setting;
  }
  if (!mentioned || (section.named && last_named == nullptr)) return std::optional<SuitePart>();
  SuitePart part{std::string(section.name), {}, {}, last_named != nullptr ? last_named->place : document_.place, {}};
  HOLDFAST_ASSIGN(const auto* descriptor,
                  FindPart(section, last_named != nullptr ? last_named->name : std::string(), part.place));
  part.name = descriptor->name;
  auto merged = ConfigTree::Map(part.place);
  for (const auto* setting : settings) {
    if (setting->section != &section) continue;
    for (const auto& entry : setting->options.entries()) {
      if (descriptor->options.Find(entry.key) != nullptr) merged.Set(entry.key, entry.place, entry.value);
    }
  }
  HOLDFAST_ASSIGN(part.options, descriptor->options.Parse(merged, descriptor->Title()));
  if (last_named != nullptr) part.steps = last_named->steps;
  return std::optional<SuitePart>(std::move(part));
}

bool SuiteExpander::LabelPoint(const Choice& choice, SuitePoint& point) const {
  for (std::size_t i = 0; i < choice.size(); ++i) {
    const auto& axis = document_.axes[i];
    const auto& value = axis.values[choice[i]];
    const auto* part = point.Find(value.section->name);
    const bool has_effect =
        !value.dotted || (part != nullptr && part->options.set().Find(value.options.entries().front().key) != nullptr);
    if (!has_effect && choice[i] != 0) return false;
    if (has_effect) point.axes.emplace_back(axis.path, value.label);
  }
  for (const auto& [axis, label] : point.axes) point.name += (point.name.empty() ? "" : "/") + label;
  if (point.name.empty()) point.name = point.Part("workload").name;
  return true;
}

Result<bool> SuiteExpander::IsExcluded(const SuitePoint& point) const {
  for (const auto& pattern : document_.exclude) {
    bool all = true;
    for (const auto& setting : pattern) {
      HOLDFAST_ASSIGN(const bool matches, Matches(point.Find(setting.section->name), setting));
      all = all && matches;
    }
    if (all) return true;
  }
  return false;
}

Result<std::optional<SuitePoint>> SuiteExpander::Compose(const Choice& choice) const {
  const auto settings = SettingsOf(choice);
  SuitePoint point;
  for (const auto& section : SuiteSections()) {
    HOLDFAST_ASSIGN(auto part, ComposePart(section, settings));
    if (part) {
      point.parts.push_back(*std::move(part));
    } else if (section.kind == PartKind::kWorkload) {
      return ConfigError(ConfigErrorId::kMissing, document_.place, "the suite names no workload; {}",
                         KnownWords("", rules_.catalog.Names(section.kind)));
    }
  }
  if (!LabelPoint(choice, point)) return std::optional<SuitePoint>();
  HOLDFAST_ASSIGN(const bool excluded, IsExcluded(point));
  if (excluded) return std::optional<SuitePoint>();
  if (rules_.check) {
    if (auto status = rules_.check(point); !status.ok()) {
      return Error{status.error().code, fmt::format("{} (point {})", status.error().message, point.name)};
    }
  }
  return std::optional<SuitePoint>(std::move(point));
}

Result<std::vector<SuitePoint>> SuiteExpander::Expand() {
  HOLDFAST_TRY(CollectCandidates());
  for (const auto* setting : AllSettings()) HOLDFAST_TRY(CheckSetting(*setting));
  for (const auto& pattern : document_.exclude) {
    for (const auto& setting : pattern) HOLDFAST_TRY(CheckSetting(setting));
  }
  std::size_t count = 1;
  for (const auto& axis : document_.axes) {
    count *= axis.values.size();
    if (count <= kMaxPoints) continue;
    return ConfigError(ConfigErrorId::kNothingToRun, document_.place, "the matrix has more than {} points", kMaxPoints);
  }
  std::vector<SuitePoint> points;
  Choice choice(document_.axes.size(), 0);
  do {
    HOLDFAST_ASSIGN(auto point, Compose(choice));
    if (point) points.push_back(*std::move(point));
  } while (Advance(choice, document_.axes));
  if (points.empty())
    return ConfigError(ConfigErrorId::kNothingToRun, document_.place, "exclude leaves no point to run");
  return points;
}

}  // namespace holdfast
