#include "apps/cli/cli.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>

#include "apps/parts/parts.h"
#include "core/base/mutation.h"
#include "core/base/version.h"
#include "results/record/run_io.h"
#include "results/report/page.h"
#include "results/report/table.h"

namespace holdfast {

namespace {

constexpr std::string_view kAbout =
    "Stateful functions that hold fast under fault, and the bench that proves it.\n\n"
    "  holdfast run workloads/suites/quick.yaml   # run a suite: table, record and page\n"
    "  holdfast report                            # show the newest run again\n"
    "  holdfast compare workloads/suites/quick.yaml --a protocol=unaligned --b protocol=stop-the-world\n"
    "  holdfast list protocol                     # what can be chosen, and its options\n"
    "  holdfast doctor                            # what this host can do, and what its figures are worth\n"
    "  holdfast simulate --seeds 1000             # a thousand clusters in virtual time, killed anywhere\n"
    "  holdfast snapshot ls stores/unaligned-none # the snapshots in a store\n";

// Started with one of them closed, the next file opened would take its number, and what we print would end up in there.
void OpenStandardFiles() {
  for (int file = ::open("/dev/null", O_RDWR); file >= 0; file = ::dup(file)) {
    if (file <= STDERR_FILENO) continue;
    ::close(file);
    return;
  }
}

// What was printed must have arrived, unless its reader has gone away (`| head`).
int Finish(int exit_code) {
  if (std::fflush(stdout) == 0 || errno == EPIPE) return exit_code;
  std::fprintf(stderr, "holdfast: cannot write to the standard output: %s\n", std::strerror(errno));
  return exit_code == 0 ? kMisused : exit_code;
}

}  // namespace

int RunProgram(int argc, char** argv) {
  OpenStandardFiles();
  const auto parts = AllParts();
  CLI::App app{std::string(kAbout), "holdfast"};
  app.require_subcommand(1);
  app.set_version_flag("--version", fmt::format("holdfast {} ({})", Version(), GitCommit()));
  app.failure_message(CLI::FailureMessage::simple);
  Program program{app, parts, {argv + 1, argv + argc}};
  AddRunCommand(program);
  AddReportCommand(program);
  AddCompareCommand(program);
  AddFindRateCommand(program);
  AddListCommand(program);
  AddDoctorCommand(program);
  AddSimulateCommand(program);
  AddExploreCommand(program);
  if (kMutationBuild) AddMutantsCommand(program);
  AddSnapshotCommand(program);
  AddReferenceCommand(program);
  AddSutCommand(program);
  AddParticipantCommand(program);
  AddTwoTierCommand(program);
  try {
    app.parse(argc, argv);
    return Finish(program.exit_code);
  } catch (const CLI::ParseError& error) {
    return Finish(app.exit(error) == 0 ? 0 : kMisused);
  } catch (const std::exception& thrown) {
    const auto* system = dynamic_cast<const std::system_error*>(&thrown);
    if (system != nullptr && system->code().value() == EPIPE) return program.exit_code;
    return Complain(MakeError(ErrorCode::kInternal, "{}", thrown.what()), std::max(program.exit_code, kBroken));
  }
}

int Complain(const Error& error, int code) {
  std::fputs(fmt::format("holdfast: {}\n", error.message).c_str(), stderr);  // Unlike fmt::print, throws nothing.
  return code;
}

std::size_t TerminalColumns() {
  winsize size{};
  const bool terminal = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return terminal ? size.ws_col : report::kWideColumns;
}

Result<std::filesystem::path> FindRun(const std::string& name, const std::filesystem::path& runs) {
  namespace fs = std::filesystem;
  const auto is_run = [](const fs::path& folder) {
    std::error_code ignored;
    return fs::exists(folder / record::kRunFileName, ignored);
  };
  if (!name.empty()) {
    for (const auto& folder : {fs::path(name), runs / name}) {
      if (is_run(folder)) return folder;
    }
    return MakeError(ErrorCode::kNotFound, "there is no run '{}', neither as a folder nor in {}", name, runs.string());
  }
  std::error_code failed;
  std::vector<fs::path> folders;
  for (fs::directory_iterator entry(runs, failed), end; !failed && entry != end; entry.increment(failed)) {
    if (is_run(entry->path())) folders.push_back(entry->path());
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
