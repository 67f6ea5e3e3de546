#include <CLI/CLI.hpp>
#include <algorithm>

#include "apps/cli/cli.h"
#include "apps/cli/number_check.h"
#include "apps/simulate/run_diagram.h"
#include "apps/simulate/run_file.h"
#include "apps/simulate/run_history.h"
#include "apps/simulate/shrink.h"
#include "apps/simulate/simulate.h"
#include "core/base/mutation.h"

namespace holdfast {

namespace {

struct SimulateArguments {
  SimulateOptions options;
  std::string file;
  std::optional<std::uint64_t> seed;
  bool trace = false;
  std::string write;
  std::string diagram;
  bool shrink = false;
  std::string history;
};

int Trace(const Campaign& campaign) {
  const auto report =
      RunSeed(campaign, campaign.from, [](const SimEvent& event) { fmt::print("{}\n", TraceLine(event)); });
  if (report.violation.empty()) return 0;
  fmt::print("{}\n", report.violation);
  return kBroken;
}

int RunCampaigns(const std::vector<Campaign>& campaigns) {
  std::vector<CampaignResult> results;
  for (const auto& campaign : campaigns) results.push_back(RunCampaign(campaign));
  fmt::print("{}\n{}{}", CampaignTable(campaigns, results), ProbeTable(campaigns, results), FailureText(results));
  const bool broken = std::any_of(results.begin(), results.end(), [](const auto& result) { return result.failed > 0; });
  return broken ? kBroken : 0;
}

Result<SimRun> TheRun(const Parts& parts, const SimulateArguments& arguments) {
  if (!arguments.file.empty()) return LoadSimRun(parts, arguments.file);
  if (arguments.seed && arguments.options.protocol != "all") return PlanRun(parts, arguments.options);
  return MakeError(ErrorCode::kInvalidArgument,
                   "{} is about one run: name its file, or add --seed N and --protocol NAME",
                   arguments.trace              ? "--trace"
                   : arguments.shrink           ? "--shrink"
                   : !arguments.diagram.empty() ? "--diagram"
                   : !arguments.history.empty() ? "--history"
                                                : "--write");
}

// Where the reduced run goes: beside the file it came from, if not told otherwise.
std::string ShrunkFile(const SimulateArguments& arguments, const SimRun& run) {
  if (!arguments.write.empty()) return arguments.write;
  if (arguments.file.empty()) return fmt::format("{}-{}-shrunk.yaml", run.protocol, run.config.seed);
  return std::filesystem::path(arguments.file).replace_extension(".shrunk.yaml").string();
}

int ShrinkOne(const Parts& parts, const SimulateArguments& arguments, const SimRun& run) {
  const auto shrunk = Shrink(parts, run, [](std::string_view line) { fmt::print("{}\n", line); });
  if (!shrunk.ok()) return Complain(shrunk.error());
  const auto path = ShrunkFile(arguments, run);
  if (const auto status = SaveShrunk(*shrunk, path); !status.ok()) return Complain(status.error());
  fmt::print("{} runs tried; {} fault{} left:\n", shrunk->tried, shrunk->run.faults.size(),
             shrunk->run.faults.size() == 1 ? "" : "s");
  for (const auto& fault : shrunk->run.faults) fmt::print("  {}\n", DescribeFault(fault));
  const auto page = arguments.diagram.empty() ? DiagramPath(path) : arguments.diagram;
  const auto drawn = SaveDiagram(parts, shrunk->run, fmt::format("holdfast simulate {}", path), page);
  if (!drawn.ok()) return Complain(drawn.error());
  fmt::print("\n{}\nSee it again: holdfast simulate {}\nDrawn in {}\n", shrunk->outcome.violation, path, page);
  return kBroken;
}

int DrawOne(const Parts& parts, const SimulateArguments& arguments, const SimRun& run) {
  const auto replay =
      arguments.file.empty() ? ReplayOf(arguments.options) : fmt::format("holdfast simulate {}", arguments.file);
  const auto outcome = SaveDiagram(parts, run, replay, arguments.diagram);
  if (!outcome.ok()) return Complain(outcome.error());
  if (outcome->failure != SimFailure::kNone) fmt::print("{}\n", outcome->violation);
  fmt::print("drawn in {}\n", arguments.diagram);
  return outcome->failure == SimFailure::kNone ? 0 : kBroken;
}

int WriteHistory(const Parts& parts, const SimRun& run, const std::string& path) {
  const auto history = HistoryOf(parts, run);
  std::ofstream file(path);
  if (!file) return Complain(MakeError(ErrorCode::kNotFound, "cannot write {}; its folder must exist", path));
  if (const auto status = history.Write(file); !status.ok()) return Complain(status.error());
  fmt::print("{} transactions in {}\n", history.transactions(), path);
  return 0;
}

int SimulateOne(const Parts& parts, const SimulateArguments& arguments) {
  const auto run = TheRun(parts, arguments);
  if (!run.ok()) return Complain(run.error());
  if (arguments.shrink) return ShrinkOne(parts, arguments, *run);
  if (!arguments.history.empty()) return WriteHistory(parts, *run, arguments.history);
  const auto& written = arguments.write;
  if (!written.empty()) {
    const auto status = SaveSimRun(*run, fmt::format("Run it: holdfast simulate {}", written), written);
    if (!status.ok()) return Complain(status.error());
    fmt::print("wrote {}; run it: holdfast simulate {}\n", written, written);
    if (arguments.diagram.empty()) return 0;
  }
  if (!arguments.diagram.empty()) return DrawOne(parts, arguments, *run);
  auto campaign = CampaignOf(parts, *run, fmt::format("holdfast simulate {}", arguments.file));
  campaign.twice = arguments.options.twice;
  return arguments.trace ? Trace(campaign) : RunCampaigns({campaign});
}

// Switches the mutant and the checks for the whole process.
Status SwitchMutant(const SimulateOptions& options) {
  if (!kMutationBuild) return {};
  if (!options.mutant.empty()) {
    HOLDFAST_ASSIGN(const auto mutant, ReadMutant(options.mutant));
    SetActiveMutant(mutant);
  }
  SetChecks(options.checks);
  return {};
}

int Simulate(const Parts& parts, SimulateArguments arguments) {
  auto& options = arguments.options;
  if (const auto switched = SwitchMutant(options); !switched.ok()) return Complain(switched.error());
  if (arguments.seed) {
    options.from = *arguments.seed;
    options.seeds = 1;
  }
  const bool one = arguments.trace || arguments.shrink || !arguments.file.empty() || !arguments.write.empty() ||
                   !arguments.diagram.empty() || !arguments.history.empty();
  if (one) return SimulateOne(parts, arguments);
  const auto campaigns = PlanCampaigns(parts, options);
  return campaigns.ok() ? RunCampaigns(*campaigns) : Complain(campaigns.error());
}

}  // namespace

void AddSimulateCommand(Program& program) {
  const auto arguments = std::make_shared<SimulateArguments>();
  auto& options = arguments->options;
  auto* command =
      program.app.add_subcommand("simulate", "Whole clusters in virtual time, killed anywhere, from seeds.");
  command->footer(
      "Each seed is one run of a small cluster on one thread: its size, load, kills and troubles are drawn from the\n"
      "seed. A run that breaks its protocol's promise is shown with the command that repeats it exactly. `none`\n"
      "promises nothing; its damage shows that the kills hit something.\n\n"
      "  holdfast simulate --seeds 1000 --jobs 2                    # a thousand runs of every protocol\n"
      "  holdfast simulate --protocol unaligned --seed 17           # one run\n"
      "  holdfast simulate --protocol unaligned --seed 17 --trace   # everything that happened in it\n"
      "  holdfast simulate --protocol unaligned --seed 17 --write run.yaml   # as a file, to look into and edit\n"
      "  holdfast simulate run.yaml                                 # exactly that run\n"
      "  holdfast simulate run.yaml --diagram run.html              # as a space-time diagram\n\n"
      "With --shrink, a run that breaks its promise is made as small as possible, and written as a file.");
  command->add_option("run", arguments->file, "A run as a file; it brings everything that is drawn otherwise.");
  command->add_option("--workload", options.workload, "Workload.")->capture_default_str();
  command->add_option("--protocol", options.protocol, "Protocol, or all.")->capture_default_str();
  command->add_option("--seeds", options.seeds, "How many runs of each protocol.")
      ->capture_default_str()
      ->check(WholeNumber(1));
  command->add_option("--from", options.from, "The first seed.")->capture_default_str();
  command->add_option("--seed", arguments->seed, "Only this seed.");
  command->add_option("--workers", options.workers, "Workers, 1 to 8; else drawn from 1 to 4.")
      ->check(WholeNumber(1, 8));
  command->add_flag("--twice", options.twice, "Run each seed twice and compare everything that happened.");
  command->add_option("--jobs", options.jobs, "Threads; every run stays on one.")
      ->capture_default_str()
      ->check(WholeNumber(1, 256));
  command->add_option("--skip-sync", options.skip_sync, "Leave out one kind of sync, to see that it is missed.");
  command->add_flag("--troubled", options.troubled, "Times in which much goes wrong at once.");
  if (kMutationBuild) {
    command->add_option("--mutant", options.mutant, "The planted bug to switch on.");
    command->add_flag("!--no-checks", options.checks, "Go on when an invariant of the program fails.");
  }
  command->add_option("--write", arguments->write, "Write the run of --seed into this file and do not run it.");
  command->add_flag("--shrink", arguments->shrink,
                    "Look for the smallest run that fails alike, and write it beside the file or into --write.");
  auto* trace = command->add_flag("--trace", arguments->trace, "Print everything that happens in one run.");
  command
      ->add_option("--diagram", arguments->diagram,
                   "Draw one run as a space-time diagram into this file, a page of HTML.")
      ->excludes(trace);
  command->add_option("--history", arguments->history,
                      "Write what one run did and showed into this file, for Elle, a checker of histories.");
  command->callback([&program, arguments] { program.exit_code = Simulate(program.parts, *arguments); });
}

}  // namespace holdfast
