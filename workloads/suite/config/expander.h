// From settings to points: looks every name and option up, lays the settings of each section over each other,
// multiplies the axes and leaves out what is excluded.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/descriptor.h"
#include "core/base/result.h"
#include "workloads/suite/config/document.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {

// Lives for one ParseSuite; borrows the document and the rules.
class SuiteExpander {
 public:
  SuiteExpander(const SuiteDocument& document, const SuiteRules& rules) : document_(document), rules_(rules) {}

  Result<std::vector<SuitePoint>> Expand();

 private:
  // The index of the chosen value on every axis.
  using Choice = std::vector<std::size_t>;

  // Every setting that can reach a point, weakest first.
  std::vector<const Setting*> AllSettings() const;
  std::vector<const Setting*> SettingsOf(const Choice& choice) const;
  Result<const Descriptor*> FindPart(const SuiteSection& section, const std::string& name,
                                     const ConfigPlace& place) const;
  // Fills candidates_: the parts that the suite gives each section somewhere.
  Status CollectCandidates();
  // Refuses unknown names, keys that would never have an effect, and values no part takes.
  Status CheckSetting(const Setting& setting) const;
  Status CheckNameless(const Setting& setting, const ConfigTree::Entry& entry) const;

  // The point, or nothing when an axis collapses here or it is excluded.
  Result<std::optional<SuitePoint>> Compose(const Choice& choice) const;
  // The section's part, or nothing when no setting speaks of it.
  Result<std::optional<SuitePart>> ComposePart(const SuiteSection& section,
                                               std::span<const Setting* const> settings) const;
  // Names the point after its axes; false when it repeats the first value of an axis that has no effect on it.
  bool LabelPoint(const Choice& choice, SuitePoint& point) const;
  Result<bool> IsExcluded(const SuitePoint& point) const;

  const SuiteDocument& document_;
  const SuiteRules& rules_;
  std::map<std::string_view, std::vector<const Descriptor*>> candidates_;  // By section.
};

}  // namespace holdfast
