// The run as a table for the terminal: plain ASCII, at most 120 columns.
#pragma once

#include <string>

#include "results/record/run.h"

namespace holdfast::report {

// One row per point and phase, then the reason behind every verdict other than "held" and every stamp other than VALID.
std::string RenderTable(const record::Run& run);

}  // namespace holdfast::report
