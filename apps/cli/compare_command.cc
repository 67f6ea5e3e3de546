#include <CLI/CLI.hpp>

#include "apps/cli/execute.h"
#include "results/record/run_io.h"
#include "results/report/compare.h"

namespace holdfast {

namespace {

struct CompareArguments {
  std::vector<std::string> what;            // One or two suites or runs.
  std::vector<std::string> only_a, only_b;  // Settings of one side.
  RunOptions options;
};

constexpr const char* kFewestBlocks = "6";  // With fewer, no sign-flip test can reach 5 %.

bool IsSuite(const std::string& name) { return name.ends_with(".yaml") || name.ends_with(".yml"); }

int PrintComparison(const Result<std::vector<report::PairedSamples>>& samples) {
  if (!samples.ok()) return Complain(samples.error());
  const auto comparisons = report::Compare(*samples);
  if (!comparisons.ok()) return Complain(comparisons.error());
  fmt::print("{}\n", report::RenderComparison(*comparisons));
  for (const auto& comparison : *comparisons) fmt::print("{}\n", comparison.sentence);
  return 0;
}

Result<record::Run> Read(const std::string& name, const RunOptions& options) {
  HOLDFAST_ASSIGN(const auto folder, FindRun(name, options.runs_folder));
  return record::ReadRun(folder);
}

// Reads what has been run: one interleaved comparison, or two runs made apart.
int CompareRuns(const CompareArguments& arguments) {
  const auto a = Read(arguments.what.front(), arguments.options);
  if (!a.ok()) return Complain(a.error());
  if (arguments.what.size() == 1) return PrintComparison(report::PairVariants(*a));
  const auto b = Read(arguments.what.back(), arguments.options);
  if (!b.ok()) return Complain(b.error());
  return PrintComparison(report::PairRuns(*a, *b));
}

Result<Suite> LoadSide(const Program& program, const CompareArguments& arguments, const std::string& path,
                       const std::vector<std::string>& settings) {
  HOLDFAST_ASSIGN(auto overrides, OverridesOf(arguments.options));
  for (const auto& setting : settings) {
    HOLDFAST_ASSIGN(overrides.emplace_back(), ParseSetArgument(setting));
  }
  return LoadBenchSuite(program.parts, path, overrides);
}

// Runs both sides interleaved, and A a second time as the control.
int RunAndCompare(Program& program, CompareArguments arguments) {
  if (arguments.options.repetitions.empty()) arguments.options.repetitions = kFewestBlocks;
  const auto& path_a = arguments.what.front();
  const auto& path_b = arguments.what.back();
  auto a = LoadSide(program, arguments, path_a, arguments.only_a);
  if (!a.ok()) return Complain(a.error());
  auto b = LoadSide(program, arguments, path_b, arguments.only_b);
  if (!b.ok()) return Complain(b.error());
  const std::vector<SuiteVariant> variants = {{"A", *a}, {"B", *b}, {"control", *a}};
  if (arguments.options.plan) {
    PrintPlan(variants);
    return 0;
  }
  std::string text;
  for (const auto& path : path_a == path_b ? std::vector{path_a} : std::vector{path_a, path_b}) {
    const auto read = record::ReadFile(path);
    if (!read.ok()) return Complain(read.error());
    text += *read + "\n";
  }
  const auto outcome = ExecuteSuites(program, arguments.options, variants, text);
  if (!outcome.ok()) return Complain(outcome.error(), kBroken);
  program.exit_code = ExitCodeOf(outcome->run);
  const int shown = PresentRun(*outcome);
  const int compared = PrintComparison(report::PairVariants(outcome->run));
  return shown != 0 ? shown : compared;
}

int Compare(Program& program, const CompareArguments& arguments) {
  const auto suites = std::count_if(arguments.what.begin(), arguments.what.end(), IsSuite);
  if (suites == static_cast<std::ptrdiff_t>(arguments.what.size())) return RunAndCompare(program, arguments);
  if (suites == 0) return CompareRuns(arguments);
  return Complain(MakeError(ErrorCode::kInvalidArgument, "compare two suites or two runs, not one of each"));
}

}  // namespace

void AddCompareCommand(Program& program) {
  const auto arguments = std::make_shared<CompareArguments>();
  auto* command = program.app.add_subcommand("compare", "Is B faster than A? Runs both interleaved, or reads runs.");
  command->footer(
      "Suites are run interleaved: every block holds A, B and A again (the control) of every point, in random\n"
      "order. The answer is an effect with its confidence interval, the noise floor of this machine, and a\n"
      "verdict in words. Runs that were made apart can be read, too, but prove little on a shared machine.\n\n"
      "  holdfast compare workloads/suites/quick.yaml --a protocol=unaligned --b protocol=stop-the-world\n"
      "  holdfast compare before.yaml after.yaml --repetitions 10\n"
      "  holdfast compare 20260101-020304-quick                  # a comparison that was run, again\n"
      "  holdfast compare 20260102-030405-quick 20260103-040506-quick");
  command->add_option("what", arguments->what, "One or two suites (.yaml), or one or two runs.")
      ->required()
      ->expected(1, 2);
  command->add_option("--a", arguments->only_a, "Change side A only: protocol=unaligned, ...")->type_name("PATH=VALUE");
  command->add_option("--b", arguments->only_b, "Change side B only.")->type_name("PATH=VALUE");
  AddRunOptions(*command, arguments->options);
  command->callback([&program, arguments] { program.exit_code = Compare(program, *arguments); });
}

}  // namespace holdfast
