// Keeping run records: results.json, one per run, in the run's own folder. The file is written whole to a temporary
// name and renamed, so a reader sees the old record or the new one, never half of either. Reading is strict: an
// unknown, missing or ill-typed field is an error that names its place.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "results/record/run.h"

namespace holdfast::record {

inline constexpr std::string_view kRunFileName = "results.json";

// The record as JSON text. kInvalidArgument names a number that is not finite.
Result<std::string> RunToJson(const Run& run);
// `source` stands in front of error messages. kInvalidArgument when the text is not a record of this schema version.
Result<Run> RunFromJson(std::string_view json, std::string_view source = kRunFileName);

// Writes `folder`/results.json, making the folder if need be.
Status WriteRun(const std::filesystem::path& folder, const Run& run);
// Reads a results.json, given itself or by its folder.
Result<Run> ReadRun(const std::filesystem::path& path);

// Replaces the file at once with `text`, durable before it gets its name.
Status WriteFileAtomically(const std::filesystem::path& path, std::string_view text);
Result<std::string> ReadFile(const std::filesystem::path& path);

// docs/reference/results.md: every field of results.json with its type, unit and meaning.
std::string ResultsReferenceMarkdown();

}  // namespace holdfast::record
