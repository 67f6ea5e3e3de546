// The command line of `holdfast`: one file per subcommand, and here what they share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "results/record/run.h"
#include "workloads/suite/config/suite.h"

namespace CLI {
class App;
}

namespace holdfast {

struct Parts;

// Runs the program and returns its exit code: 0; 1 if a stated guarantee was broken or a point could not run; 2 if what
// was asked for makes no sense; 130 if it was interrupted.
int RunProgram(int argc, char** argv);

inline constexpr int kBroken = 1;
inline constexpr int kMisused = 2;
inline constexpr int kInterrupted = 130;

// A subcommand adds itself to the program; when it is chosen, it runs and leaves its exit code.
struct Program {
  CLI::App& app;
  const Parts& parts;
  std::vector<std::string> arguments;  // As typed, without the program's name.
  int exit_code = 0;
};
void AddRunCommand(Program& program);
void AddReportCommand(Program& program);
void AddCompareCommand(Program& program);
void AddFindRateCommand(Program& program);
void AddListCommand(Program& program);
void AddDoctorCommand(Program& program);
void AddSimulateCommand(Program& program);
void AddExploreCommand(Program& program);
void AddMutantsCommand(Program& program);
void AddSnapshotCommand(Program& program);
void AddReferenceCommand(Program& program);
void AddSutCommand(Program& program);
void AddParticipantCommand(Program& program);
void AddTwoTierCommand(Program& program);

// Prints the error for the user and returns `code`.
int Complain(const Error& error, int code = kMisused);

// Width of the terminal that standard output is, or a good width for a file.
std::size_t TerminalColumns();

// ---- Runs on disk --------------------------------------------------------------------------------------------------

inline constexpr const char* kRunsFolder = "results/runs";

// The folder of a run given by its path, or by its id below `runs`; an empty name means the newest. kNotFound if there
// is none.
Result<std::filesystem::path> FindRun(const std::string& name, const std::filesystem::path& runs);
// Writes the page of a run into its folder and returns the page's path.
Result<std::filesystem::path> WritePage(const record::Run& run, const std::filesystem::path& folder);

}  // namespace holdfast
