#include <CLI/CLI.hpp>

#include "apps/cli/execute.h"
#include "results/record/run_io.h"

namespace holdfast {

namespace {

struct RunArguments {
  std::string suite;
  RunOptions options;
};

int Run(Program& program, const RunArguments& arguments) {
  const auto overrides = OverridesOf(arguments.options);
  if (!overrides.ok()) return Complain(overrides.error());
  auto suite = LoadBenchSuite(program.parts, arguments.suite, *overrides);
  if (!suite.ok()) return Complain(suite.error());
  if (arguments.options.plan) {
    PrintPlan({{"", *suite}});
    return 0;
  }
  const auto text = record::ReadFile(arguments.suite);
  if (!text.ok()) return Complain(text.error());
  const auto outcome = ExecuteSuites(program, arguments.options, {{"", std::move(suite).value()}}, *text);
  if (!outcome.ok()) return Complain(outcome.error(), kBroken);
  program.exit_code = ExitCodeOf(outcome->run);  // Also if nobody listens to what follows.
  return PresentRun(*outcome);
}

}  // namespace

void AddRunCommand(Program& program) {
  const auto arguments = std::make_shared<RunArguments>();
  auto* command = program.app.add_subcommand("run", "Run a suite and report on it.");
  command->footer(
      "Runs every point of the suite in a fresh process, prints a table and writes the record and a page.\n"
      "Ctrl-C ends the run and keeps the points that finished; the same command with --resume and the run's id\n"
      "runs those that are missing. The exit code is 1 if a stated guarantee was broken or a point could not run.\n\n"
      "  holdfast run workloads/suites/quick.yaml\n"
      "  holdfast run workloads/suites/quick.yaml --plan\n"
      "  holdfast run workloads/suites/quick.yaml --set protocol=unaligned --set load.rate=50000/s --fault kill@2s\n"
      "  holdfast run workloads/suites/quick.yaml --set 'protocol.interval=[100ms, 1s]' --repetitions 5");
  command->add_option("suite", arguments->suite, "The suite, a YAML file.")->required();
  AddRunOptions(*command, arguments->options);
  command->add_option("--resume", arguments->options.resumed, "Go on with this run, which was interrupted.")
      ->type_name("RUN");
  command->callback([&program, arguments] { program.exit_code = Run(program, *arguments); });
}

}  // namespace holdfast
