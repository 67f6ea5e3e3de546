// A suite as written, checked for shape only: the keys are right and every value is read into settings, but no name or
// option has been looked up yet.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/config_tree.h"
#include "core/base/options.h"
#include "core/base/result.h"
#include "workloads/suite/config/setting.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {

// A key at the outermost level of the file, as the reference page shows it.
struct SuiteKey {
  std::string_view name;
  std::string_view value;    // What kind of value it takes.
  std::string_view initial;  // Its default in words.
  std::string_view meaning;
};
std::span<const SuiteKey> SuiteKeys();

struct SuiteAxis {
  std::string path;
  std::vector<Setting> values;  // At least one; their labels differ.
};

struct SuiteDocument {
  std::string name;
  std::string about;
  ConfigPlace place;
  OptionValues numbers;           // `seed` and `repetitions`.
  std::vector<Setting> defaults;  // The built-in base first.
  std::vector<SuiteAxis> axes;
  std::vector<Setting> overrides;
  std::vector<std::vector<Setting>> exclude;
};

Result<SuiteDocument> ReadSuiteDocument(const ConfigTree& tree, std::span<const SuiteOverride> overrides,
                                        const ConfigTree& base);

}  // namespace holdfast
