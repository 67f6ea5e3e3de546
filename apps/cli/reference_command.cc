// Prints the pages of docs/reference that are generated from the code. scripts/reference writes them; a test compares.
#include <CLI/CLI.hpp>
#include <functional>
#include <map>

#include "apps/cli/bench.h"
#include "apps/cli/cli.h"
#include "core/base/config_tree_error.h"
#include "results/record/run_io.h"

namespace holdfast {

namespace {

constexpr std::string_view kCommandLineHead = R"(# Command line

What every command of `holdfast` takes, as `--help` prints it. Generated from the code by `scripts/reference`.

Exit codes: 0; 1 if a stated guarantee was broken or a point could not run; 2 if what was asked for makes no sense, with
[an error](errors.md) that says why; 130 after Ctrl-C.
)";

bool ForPeople(const CLI::App* command) { return !command->get_group().empty(); }

void AppendHelp(std::string& page, CLI::App& command, const std::string& name, int level) {
  page += fmt::format("\n{} {}\n\n```\n{}```\n", std::string(level, '#'), name, command.help(name));
  for (auto* below : command.get_subcommands(ForPeople)) AppendHelp(page, *below, name + " " + below->get_name(), 3);
}

std::string CommandLineMarkdown(CLI::App& app) {
  std::string page(kCommandLineHead);
  AppendHelp(page, app, "holdfast", 2);
  return page;
}

}  // namespace

void AddReferenceCommand(Program& program) {
  static const std::map<std::string, std::function<std::string(const Program&)>> pages = {
      {"command-line", [](const Program& p) { return CommandLineMarkdown(p.app); }},
      {"errors", [](const Program&) { return ErrorReferenceMarkdown(); }},
      {"options", [](const Program& p) { return BenchReferenceMarkdown(p.parts); }},
      {"results", [](const Program&) { return record::ResultsReferenceMarkdown(); }},
  };
  const auto page = std::make_shared<std::string>();
  auto* command = program.app.add_subcommand("reference", "Print a generated page of docs/reference.");
  command->group("");  // For scripts/reference.
  command->add_option("page", *page, "Which page.")->required()->check(CLI::IsMember(pages));
  command->callback([&program, page] { fmt::print("{}", pages.at(*page)(program)); });
}

}  // namespace holdfast
