#include <CLI/CLI.hpp>

#include "apps/cli/cli.h"
#include "results/record/run_io.h"
#include "results/report/table.h"

namespace holdfast {

namespace {

int Report(const std::string& name, const std::string& runs) {
  const auto folder = FindRun(name, runs);
  if (!folder.ok()) return Complain(folder.error());
  const auto run = record::ReadRun(*folder);
  if (!run.ok()) return Complain(run.error());
  const auto page = WritePage(*run, *folder);
  if (!page.ok()) return Complain(page.error());
  fmt::print("{}\npage    {}\n", report::RenderTable(*run, TerminalColumns()), page->string());
  return 0;
}

}  // namespace

void AddReportCommand(Program& program) {
  const auto name = std::make_shared<std::string>();
  const auto runs = std::make_shared<std::string>(kRunsFolder);
  auto* command = program.app.add_subcommand("report", "Show a run again, and rebuild its page.");
  command->footer(
      "Needs nothing but the run's folder.\n\n"
      "  holdfast report                                      # the newest run\n"
      "  holdfast report 20260102-030405-quick\n"
      "  holdfast report results/runs/20260102-030405-quick   # a folder, here or elsewhere");
  command->add_option("run", *name, "The id or folder of a run; the newest if left out.");
  command->add_option("--runs", *runs, "Where runs are kept.")->type_name("FOLDER")->capture_default_str();
  command->callback([&program, name, runs] { program.exit_code = Report(*name, *runs); });
}

}  // namespace holdfast
