// The record of a run that begins: what is known before the first point, and its folder.
#pragma once

#include <filesystem>

#include "results/record/run.h"
#include "workloads/suite/runner/runner.h"

namespace holdfast {

record::Run BeginRecord(const RunRequest& request);
// Makes a folder of its own for the run, and names the run after it.
Result<std::filesystem::path> MakeRunFolder(const std::filesystem::path& runs_folder, record::Run& run);

}  // namespace holdfast
