// One thing a suite says about one section of its points: "the protocol is unaligned with interval 1s", "keys of the
// workload are 1000". Defaults, axis values, lines of `exclude` and overrides are all made of settings.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/config_tree.h"
#include "core/base/descriptor.h"
#include "core/base/result.h"

namespace holdfast {

struct SuiteSection {
  std::string_view name;
  PartKind kind;
  bool named;  // False for `load`, which has one part and takes only options.
};

// In the order in which a point lists them.
std::span<const SuiteSection> SuiteSections();

struct Setting {
  const SuiteSection* section = nullptr;
  bool dotted = false;  // Written as `section.option`: sets that option only.
  std::string name;     // Of the part; empty when only options are set.
  ConfigPlace place;    // Of the name, or of the value as a whole.
  ConfigTree options;   // A map, without `name`.
  // A schedule of faults: the list as written. Its text is the option `steps`.
  std::optional<ConfigTree> steps{};
  std::string label;  // For people: `kill@3s`, `kill@3s,restart-after=1s`, `keys=1000`.
};

// The label without options, as far as it names a part: `kill@3s`.
std::string ShortLabel(const Setting& setting);

// Whether a list is a schedule, rather than the values of an axis: what it lists are steps.
bool IsSchedule(const ConfigTree& list);

// Reads the value of `path`, which is a section or `section.option`. `owner` is what errors say has no such key.
Result<Setting> ReadSetting(std::string_view path, const ConfigPlace& path_place, const ConfigTree& value,
                            std::string_view owner);

}  // namespace holdfast
