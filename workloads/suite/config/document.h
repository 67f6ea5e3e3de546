// A suite as written, checked for shape only: the keys are right and every value is read into settings, but no name or
// option has been looked up yet.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/config_tree.h"
#include "core/base/options.h"
#include "core/base/result.h"
#include "workloads/suite/config/setting.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {

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
