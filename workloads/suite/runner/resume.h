// Going on with a run that was interrupted: what it has stays, the points that are missing are run. Only under the same
// suite, seed and program, for otherwise its points could not be compared.
#pragma once

#include <filesystem>
#include <vector>

#include "results/record/run.h"
#include "workloads/suite/runner/runner.h"

namespace holdfast {

// The record in `folder`, which `fresh` would begin anew; its points are all planned. kNotFound if there is none,
// kRefused if it is complete, kInvalidArgument if it is of another suite, seed or program.
Result<record::Run> ReadInterrupted(const std::filesystem::path& folder, const record::Run& fresh,
                                    const std::vector<PlannedPoint>& plan);
// The planned points that the record lacks, in the order of the plan.
std::vector<PlannedPoint> LeftToDo(const std::vector<PlannedPoint>& plan, const record::Run& run);
// The planned point that this one of a record is, or null.
const PlannedPoint* FindPlanned(const std::vector<PlannedPoint>& plan, const record::Point& point);

}  // namespace holdfast
