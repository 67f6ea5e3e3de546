#include "workloads/suite/config/setting.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/suggest.h"

namespace holdfast {
namespace {

// The part that a list of faults means, and its option.
constexpr std::string_view kSchedule = "schedule";
constexpr std::string_view kSteps = "steps";

constexpr SuiteSection kSections[] = {
    {"workload", PartKind::kWorkload, true},  {"engine", PartKind::kEngine, true},
    {"host", PartKind::kHost, true},          {"protocol", PartKind::kProtocol, true},
    {"state", PartKind::kStateBackend, true}, {"store", PartKind::kObjectStore, true},
    {"log", PartKind::kAppendLog, true},      {"channel", PartKind::kChannel, true},
    {"load", PartKind::kLoad, false},         {"fault", PartKind::kFault, true},
};

Result<const SuiteSection*> FindSection(std::string_view name, const ConfigPlace& place, std::string_view owner) {
  std::vector<std::string> known;
  for (const auto& section : kSections) {
    if (section.name == name) return &section;
    known.emplace_back(section.name);
  }
  return ConfigError(ConfigErrorId::kUnknownKey, place, "{} has no section {}; {}", owner, Quote(name),
                     KnownWords(name, known));
}

Status SetOnce(Setting& setting, std::string key, std::string_view value) {
  if (setting.options.Find(key) != nullptr) {
    return ConfigError(ConfigErrorId::kDuplicate, setting.place, "{} is given twice: after the @ and as a key",
                       Quote(key));
  }
  setting.options.Set(std::move(key), setting.place, ConfigTree::Scalar(std::string(value), setting.place));
  return {};
}

// Takes `kill@3s` apart into kill and `at`, `partition@5s..8s` also into `until`.
Status ExpandShortForm(Setting& setting) {
  const auto sign = setting.name.find('@');
  if (setting.section->kind != PartKind::kFault || sign == std::string::npos) return {};
  const auto when = setting.name.substr(sign + 1);
  setting.name.resize(sign);
  const auto dots = when.find("..");
  HOLDFAST_TRY(SetOnce(setting, "at", std::string_view(when).substr(0, dots)));
  if (dots == std::string::npos) return {};
  return SetOnce(setting, "until", std::string_view(when).substr(dots + 2));
}

// The options of the short form, or null.
const ConfigTree* At(const Setting& setting) {
  return setting.section->kind == PartKind::kFault && !setting.name.empty() ? setting.options.Find("at") : nullptr;
}
const ConfigTree* Until(const Setting& setting) {
  return At(setting) != nullptr ? setting.options.Find("until") : nullptr;
}

std::string Label(const Setting& setting) {
  auto label = setting.name.empty() ? std::string() : ShortLabel(setting);
  for (const auto& entry : setting.options.entries()) {
    if (&entry.value == At(setting) || &entry.value == Until(setting)) continue;
    if (setting.steps && entry.key == kSteps) continue;
    label += fmt::format("{}{}={}", label.empty() ? "" : ",", entry.key, entry.value.value());
  }
  return label;
}

Result<Setting> ReadOption(const SuiteSection& section, std::string_view option, const ConfigPlace& path_place,
                           const ConfigTree& value) {
  HOLDFAST_TRY(ExpectKind(value, ConfigTree::Kind::kScalar, fmt::format("{}.{}", section.name, option)));
  Setting setting{
      .section = &section, .dotted = true, .name = {}, .place = value.place(), .options = {}, .steps = {}, .label = {}};
  setting.options.Set(std::string(option), path_place, value);
  setting.label = Label(setting);
  return setting;
}

void TakeSteps(Setting& setting, const ConfigPlace& place, const ConfigTree& list) {
  setting.steps = list;
  setting.options.Set(std::string(kSteps), place, ConfigTree::Scalar(FlowText(list), list.place()));
}

Result<Setting> ReadPart(const SuiteSection& section, const ConfigTree& value) {
  Setting setting{.section = &section,
                  .dotted = false,
                  .name = {},
                  .place = value.place(),
                  .options = {},
                  .steps = {},
                  .label = {}};
  if (value.kind() == ConfigTree::Kind::kList && section.kind == PartKind::kFault) {
    setting.name = kSchedule;
    TakeSteps(setting, value.place(), value);
    setting.label = Label(setting);
    return setting;
  }
  if (value.kind() == ConfigTree::Kind::kList) {
    return ConfigError(ConfigErrorId::kShape, value.place(), "{} is one {}; a list of them is an axis under matrix",
                       section.name, section.named ? "name or map" : "map");
  }
  const auto* name = value.kind() == ConfigTree::Kind::kScalar ? &value : value.Find("name");
  if (!section.named) {
    HOLDFAST_TRY(ExpectKind(value, ConfigTree::Kind::kMap, section.name));
    name = nullptr;
  }
  if (name != nullptr) {
    HOLDFAST_TRY(ExpectKind(*name, ConfigTree::Kind::kScalar, fmt::format("the name of {}", section.name)));
    if (name->value().empty()) return ConfigError(ConfigErrorId::kMissing, name->place(), "{} is empty", section.name);
    setting.name = name->value();
    setting.place = name->place();
  }
  for (const auto& entry : value.entries()) {
    if (&entry.value == name) continue;
    const bool steps = section.kind == PartKind::kFault && entry.key == kSteps;
    if (steps && entry.value.kind() == ConfigTree::Kind::kList) {
      TakeSteps(setting, entry.place, entry.value);
    } else {
      setting.options.Set(entry.key, entry.place, entry.value);
    }
  }
  HOLDFAST_TRY(ExpandShortForm(setting));
  setting.label = Label(setting);
  return setting;
}

}  // namespace

std::span<const SuiteSection> SuiteSections() { return kSections; }

std::string ShortLabel(const Setting& setting) {
  if (setting.name.empty()) return setting.label;
  auto label = setting.name;
  if (const auto* at = At(setting)) label += "@" + at->value();
  if (const auto* until = Until(setting)) label += ".." + until->value();
  return label;
}

bool IsSchedule(const ConfigTree& list) {
  return std::ranges::any_of(list.items(), [](const ConfigTree& item) {
    return item.kind() == ConfigTree::Kind::kMap && (item.Find("do") != nullptr || item.Find("random") != nullptr);
  });
}

Result<Setting> ReadSetting(std::string_view path, const ConfigPlace& path_place, const ConfigTree& value,
                            std::string_view owner) {
  const auto dot = path.find('.');
  HOLDFAST_ASSIGN(const auto* section, FindSection(path.substr(0, dot), path_place, owner));
  return dot == std::string_view::npos ? ReadPart(*section, value)
                                       : ReadOption(*section, path.substr(dot + 1), path_place, value);
}

}  // namespace holdfast
