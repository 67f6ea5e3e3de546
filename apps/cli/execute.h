// What `run` and `compare` have in common: options of a run, Ctrl-C, and carrying suites out.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/bench.h"
#include "apps/cli/cli.h"
#include "workloads/suite/runner/find_rate.h"
#include "workloads/suite/runner/runner.h"

namespace holdfast {

struct RunOptions {
  std::vector<std::string> sets;  // section.option=value
  std::string fault;
  std::string repetitions, seed;  // As typed; empty means as the suite says.
  std::string runs_folder = kRunsFolder;
  std::string temporary_folder;  // Empty means the system's.
  std::string resumed;           // The run to go on with; empty means a new one.
  std::string kept_stores;       // Where the stores of the points are kept; empty means that they are not.
  bool histories = false;
  std::string placement = "split";
  bool quiet = false;
  bool accept_rollback = false;
  bool plan = false;  // Show what would be run.
};

// Adds them to a subcommand.
void AddRunOptions(CLI::App& command, RunOptions& options);
// What they change in a suite.
Result<std::vector<SuiteOverride>> OverridesOf(const RunOptions& options);

// Prints what a run of the variants would do, in its order.
void PrintPlan(const std::vector<SuiteVariant>& variants);
// Runs the variants on this machine. From here on SIGINT and SIGTERM end the run with what it has; a second one ends
// the program at once.
Result<RunOutcome> ExecuteSuites(const Program& program, const RunOptions& options, std::vector<SuiteVariant> variants,
                                 const std::string& config_text);
// The same for a search of the highest rates; fills in `request.run`.
Result<RunOutcome> SearchRates(const Program& program, const RunOptions& options, std::vector<SuiteVariant> variants,
                               const std::string& config_text, RateRequest request);
// 0, or why not; see RunProgram.
int ExitCodeOf(const record::Run& run);
// Writes the page, prints the table and tells where both are. Returns the exit code.
int PresentRun(const RunOutcome& outcome);

}  // namespace holdfast
