#include "workloads/suite/runner/run_record.h"

#include <cctype>
#include <ctime>

#include "core/base/version.h"

namespace holdfast {
namespace {

std::string UtcNow(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[64];
  std::strftime(text, sizeof(text), format, &utc);
  return text;
}

// The word of a path or name that may stand in a folder's name.
std::string Plain(std::string_view name) {
  std::string plain;
  for (const char c : name) plain += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '-';
  return plain;
}

record::CodeVersion ThisProgram() {
  constexpr std::string_view kModified = "-modified";
  record::CodeVersion code{.version = std::string(Version()),
                           .commit = std::string(GitCommit()),
                           .build_type = "Release",
                           .compiler = "gcc " __VERSION__,
                           .modified = false};
#ifndef NDEBUG
  code.build_type = "Debug";
#endif
  if (code.commit.ends_with(kModified)) {
    code.commit.resize(code.commit.size() - kModified.size());
    code.modified = true;
  }
  return code;
}

}  // namespace

record::Run BeginRecord(const RunRequest& request) {
  const auto& suite = request.variants.front().suite;
  record::Run run;
  run.suite = suite.name;
  run.seed = suite.seed;
  run.started = UtcNow("%Y-%m-%dT%H:%M:%SZ");
  run.rerun_command = request.rerun_command;
  run.config_text = request.config_text;
  run.code = ThisProgram();
  run.complete = false;
  return run;
}

// Two runs may begin in the same second.
Result<std::filesystem::path> MakeRunFolder(const std::filesystem::path& runs_folder, record::Run& run) {
  const auto stem = UtcNow("%Y%m%d-%H%M%S-") + Plain(run.suite);
  std::error_code failed;
  for (int attempt = 1; attempt < 100 && !failed; ++attempt) {
    run.run_id = attempt == 1 ? stem : fmt::format("{}-{}", stem, attempt);
    auto folder = runs_folder / run.run_id;
    std::filesystem::create_directories(runs_folder, failed);
    if (!failed && std::filesystem::create_directory(folder, failed)) return folder;
  }
  return MakeError(ErrorCode::kInvalidArgument, "cannot make a folder for the run in {}: {}", runs_folder.string(),
                   failed.message());
}

}  // namespace holdfast
