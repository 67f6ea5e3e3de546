#include "apps/cli/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "apps/parts/parts.h"
#include "core/base/version.h"
#include "results/record/run_io.h"
#include "results/report/page.h"

namespace holdfast {

namespace {

constexpr std::string_view kAbout =
    "Stateful functions that hold fast under fault, and the bench that proves it.\n\n"
    "  holdfast run workloads/suites/quick.yaml      run a suite: table, record and page\n"
    "  holdfast report                               show the newest run again\n"
    "  holdfast compare SUITE --a protocol=unaligned --b protocol=stop-the-world\n"
    "  holdfast list protocol                        what can be chosen, and its options\n"
    "  holdfast simulate --seeds 1000                a thousand clusters in virtual time, killed anywhere\n"
    "  holdfast snapshot ls data                     the snapshots in a store\n";

}  // namespace

int RunProgram(int argc, char** argv) {
  const auto parts = AllParts();
  CLI::App app{std::string(kAbout), "holdfast"};
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("holdfast {} ({})", Version(), GitCommit()));
  app.failure_message(CLI::FailureMessage::simple);
  Program program{app, parts, {argv + 1, argv + argc}};
  AddRunCommand(program);
  AddReportCommand(program);
  AddCompareCommand(program);
  AddListCommand(program);
  AddSimulateCommand(program);
  AddSnapshotCommand(program);
  AddSutCommand(program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kMisused;
  }
  return program.exit_code;
}

int Complain(const Error& error, int code) {
  fmt::print(stderr, "holdfast: {}\n", error.message);
  return code;
}

Result<std::filesystem::path> FindRun(const std::string& name, const std::filesystem::path& runs) {
  namespace fs = std::filesystem;
  const auto is_run = [](const fs::path& folder) { return fs::exists(folder / record::kRunFileName); };
  if (!name.empty()) {
    for (const auto& folder : {fs::path(name), runs / name}) {
      if (is_run(folder)) return folder;
    }
    return MakeError(ErrorCode::kNotFound, "there is no run '{}', neither as a folder nor in {}", name, runs.string());
  }
  std::error_code failed;
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(runs, failed)) {
    if (is_run(entry.path())) folders.push_back(entry.path());
  }
  if (folders.empty()) {
    return MakeError(ErrorCode::kNotFound, "there are no runs in {}; make one by `holdfast run SUITE`", runs.string());
  }
  // Ids begin with the time of the run.
  return *std::max_element(folders.begin(), folders.end());
}

Result<std::filesystem::path> WritePage(const record::Run& run, const std::filesystem::path& folder) {
  HOLDFAST_ASSIGN(const auto page, report::RenderPage(run));
  const auto path = folder / "report.html";
  HOLDFAST_TRY(record::WriteFileAtomically(path, page));
  return path;
}

}  // namespace holdfast
