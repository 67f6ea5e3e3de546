// In a mutation build only: other builds hold no mutant, not even a name.
#ifdef HOLDFAST_MUTATIONS
#include <CLI/CLI.hpp>
#include <algorithm>

#include "apps/cli/cli.h"
#include "apps/cli/number_check.h"
#include "apps/mutants/hunt.h"
#include "apps/mutants/page.h"
#include "results/record/run_io.h"

namespace holdfast {
namespace {

struct MutantsArguments {
  HuntOptions options;
  std::vector<std::string> names;
  std::string page;
  bool list = false;
};

Status ChooseMutants(MutantsArguments& arguments) {
  auto& chosen = arguments.options.mutants;
  for (const auto& name : arguments.names) {
    HOLDFAST_ASSIGN(chosen.emplace_back(), ReadMutant(name));
  }
  if (!arguments.names.empty()) return {};
  for (MutantNumber mutant = kNoMutant; mutant <= std::size(kMutants); ++mutant) chosen.push_back(mutant);
  return {};
}

int HuntMutants(const Parts& parts, MutantsArguments arguments) {
  if (arguments.list) {
    for (const auto& mutant : kMutants) fmt::print("{:<34} {}\n", mutant.name, mutant.broken);
    return 0;
  }
  if (const auto chosen = ChooseMutants(arguments); !chosen.ok()) return Complain(chosen.error());
  const auto tell = [](const Hunted& hunted) {
    fmt::print("{}", HuntLine(hunted));
    std::fflush(stdout);
  };
  const auto hunted = Hunt(parts, arguments.options, tell);
  if (!hunted.ok()) return Complain(hunted.error(), kBroken);
  fmt::print("{}", HuntSummary(*hunted));
  if (!arguments.page.empty()) {
    const auto written = record::WriteFileAtomically(arguments.page, HuntPage(*hunted, arguments.options));
    if (!written.ok()) return Complain(written.error(), kBroken);
  }
  return std::all_of(hunted->begin(), hunted->end(), [](const Hunted& h) { return h.good(); }) ? 0 : kBroken;
}

}  // namespace

void AddMutantsCommand(Program& program) {
  const auto arguments = std::make_shared<MutantsArguments>();
  auto& options = arguments->options;
  auto* command = program.app.add_subcommand("mutants", "Show that the oracles find every planted bug in simulation.");
  command->footer(
      "Switches on one planted bug after the other and runs simulated clusters until an oracle finds it, and then\n"
      "again with the program's own checks on. Also runs with none switched on, which must find nothing.\n\n"
      "  holdfast mutants --jobs 2 --page docs/mutants.md   # all of them, and the page\n"
      "  holdfast mutants --mutant send-before-durable      # one, and how to see it again");
  command->add_option("--mutant", arguments->names, "Only these.");
  command->add_option("--protocol", options.protocols, "Only these protocols.");
  command->add_option("--workload", options.workload, "Hunt with this workload alone, not with several in turn.");
  command->add_option("--runs", options.runs, "How many runs each mutant has at most on each protocol.")
      ->capture_default_str()
      ->check(WholeNumber(1));
  command->add_option("--jobs", options.jobs, "Mutants hunted at the same time.")
      ->capture_default_str()
      ->check(WholeNumber(1, 256));
  command->add_option("--page", arguments->page, "Write the table as a page of the documentation.");
  command->add_flag("--list", arguments->list, "Name the mutants and do nothing.");
  command->callback([&program, arguments] { program.exit_code = HuntMutants(program.parts, *arguments); });
}

}  // namespace holdfast

#endif
