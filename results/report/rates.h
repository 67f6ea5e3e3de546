// What `holdfast find-rate` found, for the terminal and for judging: of a run that looked for rates only the tries at
// the rates found say something, the others were meant to fail.
#pragma once

#include <string>
#include <vector>

#include "results/record/run.h"

namespace holdfast::report {

// The tries at the rate that was found for one point which sustained it; none if there is no such rate.
std::vector<const record::Point*> TriesAt(const record::Run& run, const record::FoundRate& found);
// The points whose judgement is the run's: all, or the tries above and those that broke a promise or could not run.
std::vector<const record::Point*> JudgedPoints(const record::Run& run);

// One row per point: rates, latency and cost at the rate found, and what was wrong above it. Plain ASCII.
std::string RenderRates(const record::Run& run);

}  // namespace holdfast::report
