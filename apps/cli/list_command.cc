#include <CLI/CLI.hpp>

#include "apps/cli/bench.h"
#include "apps/cli/cli.h"
#include "workloads/suite/config/load_options.h"

namespace holdfast {

namespace {

struct ListArguments {
  std::string kind, name;
};

int List(const Parts& parts, const ListArguments& arguments) {
  auto catalog = BenchCatalog(parts);
  catalog.Add(LoadDescriptor());
  std::vector<Descriptor> shown;
  for (const auto& descriptor : catalog.descriptors()) {
    if (arguments.kind.empty() || PartKindName(descriptor.kind) == arguments.kind) shown.push_back(descriptor);
  }
  if (!arguments.name.empty()) {
    const auto found = catalog.Find(shown.front().kind, arguments.name);
    if (!found.ok()) return Complain(found.error());
    shown = {**found};
  }
  fmt::print("{}", arguments.name.empty() ? PartListText(shown) : PartHelpText(shown.front()));
  if (shown.front().kind == PartKind::kFault && arguments.name == "schedule") fmt::print("{}", ScheduleText());
  return 0;
}

}  // namespace

void AddListCommand(Program& program) {
  const auto arguments = std::make_shared<ListArguments>();
  auto* command = program.app.add_subcommand("list", "What a suite can choose from, with all options.");
  command->footer(
      "  holdfast list                      # everything, one line each\n"
      "  holdfast list protocol             # one kind\n"
      "  holdfast list protocol unaligned   # one part with its options\n"
      "  holdfast list fault schedule       # what the steps of a schedule can do and wait for");
  std::vector<std::string> kinds;
  for (const auto kind : PartKinds()) kinds.emplace_back(PartKindName(kind));
  command->add_option("kind", arguments->kind, "Kind of part.")->check(CLI::IsMember(kinds));
  command->add_option("name", arguments->name, "Name of one part of that kind.");
  command->callback([&program, arguments] { program.exit_code = List(program.parts, *arguments); });
}

}  // namespace holdfast
