// What a hunt found, for a terminal and for docs/mutants.md.
#pragma once

#include <string>
#include <vector>

#include "apps/mutants/hunt.h"

namespace holdfast {

// One mutant on one protocol: how soon it was found, and how to see it again.
std::string HuntLine(const Hunted& hunted);
std::string HuntSummary(const std::vector<Hunted>& hunted);
std::string HuntPage(const std::vector<Hunted>& hunted, const HuntOptions& options);

}  // namespace holdfast
