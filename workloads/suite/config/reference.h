// The reference page of what a suite may say.
#pragma once

#include <string>

#include "core/base/config_tree.h"
#include "core/base/descriptor.h"

namespace holdfast {

// The keys of a suite, its sections with their values in `base` (see SuiteRules), the short form of faults, and every
// part of the catalog with its options. Requires: the catalog has the parts of kind `load`, too.
std::string SuiteReferenceMarkdown(const Catalog& catalog, const ConfigTree& base);

}  // namespace holdfast
