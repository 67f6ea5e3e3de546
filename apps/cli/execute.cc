#include "apps/cli/execute.h"

#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cctype>
#include <filesystem>

#include "engines/supervisor/child_process.h"
#include "results/record/run_io.h"
#include "results/report/table.h"
#include "workloads/suite/runner/point_run.h"
#include "workloads/suite/runner/progress.h"

namespace holdfast {

namespace {

std::atomic<bool> g_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void EndGently() {
  struct sigaction action {};
  action.sa_handler = [](int) { g_interrupted.store(true); };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // A reader of our output that goes away must not leave temporary files behind.
}

// As a shell would have to be told it.
std::string Quoted(const std::string& argument) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-_./=:,@%+").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!argument.empty() && std::all_of(argument.begin(), argument.end(), plain)) return argument;
  std::string quoted = "'";
  for (const char c : argument) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string CommandOf(const std::vector<std::string>& arguments) {
  std::string command = "holdfast";
  for (const auto& argument : arguments) command += " " + Quoted(argument);
  return command;
}

Placement PlacementNamed(std::string_view name) {
  if (name == "same-cpu") return Placement::kSameCpu;
  return name == "float" ? Placement::kFloat : Placement::kSplit;
}

// Where the systems under test may keep what they need, known to be writable.
Result<std::string> TemporaryFolder(const RunOptions& options) {
  std::error_code failed;
  auto folder = options.temporary_folder.empty() ? std::filesystem::temp_directory_path(failed).string()
                                                 : options.temporary_folder;
  if (failed) {
    return MakeError(ErrorCode::kNotFound, "TMPDIR is no folder: {}; set it to one, or use --tmp", failed.message());
  }
  if (!std::filesystem::is_directory(folder, failed) || ::access(folder.c_str(), W_OK | X_OK) != 0) {
    return MakeError(ErrorCode::kNotFound, "cannot make folders in {}; give --tmp a folder that exists and is writable",
                     folder);
  }
  return folder;
}

}  // namespace

void AddRunOptions(CLI::App& command, RunOptions& options) {
  command
      .add_option("--set", options.sets, "Change the suite: protocol.interval=500ms, protocol=[none, unaligned], ...")
      ->type_name("PATH=VALUE")
      ->take_all();
  command
      .add_option("--fault", options.fault,
                  "The fault of every point: none, kill@3s, ..., a list of steps, or a file with one.")
      ->type_name("FAULT");
  command.add_option("--repetitions", options.repetitions, "How often every point is run.")->type_name("N");
  command.add_option("--seed", options.seed, "Seed of input and order.")->type_name("N");
  command.add_option("--runs", options.runs_folder, "Where runs are kept.")->type_name("FOLDER")->capture_default_str();
  command
      .add_option("--tmp", options.temporary_folder, "Where snapshots, logs and sockets of the systems under test go.")
      ->type_name("FOLDER");
  command.add_option("--placement", options.placement, "Who runs on which CPU.")
      ->check(CLI::IsMember({"split", "same-cpu", "float"}))
      ->capture_default_str();
  command.add_flag("--accept-rollback", options.accept_rollback,
                   "Let a system whose newest snapshot is damaged go on from the older one it names; the record then\n"
                   "states a lesser guarantee. Without it the point cannot run.");
  command.add_flag("--histories", options.histories,
                   "Keep what every point did and showed, for Elle, a checker of histories.");
  command
      .add_option("--keep-stores", options.kept_stores, "Keep the store of every point there, for holdfast snapshot.")
      ->type_name("FOLDER");
  command.add_flag("--plan", options.plan, "Check everything and show what would be run; run nothing.");
  command.add_flag("--quiet", options.quiet, "Show no progress.");
}

Result<std::vector<SuiteOverride>> OverridesOf(const RunOptions& options) {
  std::vector<SuiteOverride> overrides;
  for (const auto& set : options.sets) {
    HOLDFAST_ASSIGN(overrides.emplace_back(), ParseSetArgument(set));
  }
  const auto add = [&overrides](const std::string& path, const std::string& value) {
    if (!value.empty()) overrides.push_back({path, value, fmt::format("--{} {}", path, value)});
  };
  if (std::error_code failed; std::filesystem::is_regular_file(options.fault, failed)) {
    HOLDFAST_ASSIGN(auto text, record::ReadFile(options.fault));
    overrides.push_back({"fault", std::move(text), options.fault, true});
  } else {
    add("fault", options.fault);
  }
  add("repetitions", options.repetitions);
  add("seed", options.seed);
  return overrides;
}

void PrintPlan(const std::vector<SuiteVariant>& variants) {
  const auto plan = PlanRun(variants);
  Duration length{};
  for (const auto& planned : plan) length += PlannedLength(*planned.point);
  fmt::print("{} point{}, about {}, in this order:\n", plan.size(), plan.size() == 1 ? "" : "s", RoughDuration(length));
  for (const auto& planned : plan) {
    const auto& label = planned.variant->label;
    fmt::print("  {}{}{}\n", label, label.empty() ? "" : " ", planned.point->name);
  }
}

namespace {

// What a run on this machine needs; from here on signals end it gently.
struct Prepared {
  BenchParts parts;
  RunRequest request;
};

Result<Prepared> Prepare(const Program& program, const RunOptions& options, std::vector<SuiteVariant> variants,
                         const std::string& config_text) {
  const auto places = PlaceBench(PlacementNamed(options.placement), AllowedCpus());
  HOLDFAST_TRY(PinToCpus(places.generator_cpus));
  HOLDFAST_ASSIGN(const auto folder, TemporaryFolder(options));
  auto text = config_text;
  for (const auto& argument : program.arguments) text += "# argument: " + argument + "\n";
  text += "# placement: " + places.Text() + "\n";
  EndGently();
  const auto resumed = options.resumed.empty() ? "" : std::filesystem::path(options.runs_folder) / options.resumed;
  return Prepared{.parts = MakeBenchParts(program.parts, {places, folder, options.accept_rollback}),
                  .request = {.variants = std::move(variants),
                              .runs_folder = options.runs_folder,
                              .resumed = resumed,
                              .config_text = text,
                              .rerun_command = CommandOf(program.arguments),
                              .stores_folder = options.kept_stores,
                              .histories = options.histories,
                              .progress = options.quiet ? nullptr : stderr,
                              .interrupted = [] { return g_interrupted.load(); }}};
}

}  // namespace

Result<RunOutcome> ExecuteSuites(const Program& program, const RunOptions& options, std::vector<SuiteVariant> variants,
                                 const std::string& config_text) {
  HOLDFAST_ASSIGN(const auto prepared, Prepare(program, options, std::move(variants), config_text));
  return RunSuite(prepared.parts, prepared.request);
}

Result<RunOutcome> SearchRates(const Program& program, const RunOptions& options, std::vector<SuiteVariant> variants,
                               const std::string& config_text, RateRequest request) {
  HOLDFAST_ASSIGN(auto prepared, Prepare(program, options, std::move(variants), config_text));
  request.run = std::move(prepared.request);
  return FindRates(prepared.parts, request);
}

int ExitCodeOf(const record::Run& run) {
  if (record::GuaranteeBroken(run)) return kBroken;
  return run.complete ? 0 : kInterrupted;
}

int PresentRun(const RunOutcome& outcome) {
  const auto& run = outcome.run;
  const auto page = WritePage(run, outcome.folder);
  fmt::print("{}", report::RenderTable(run, TerminalColumns()));
  if (!page.ok()) return Complain(page.error(), kBroken);
  fmt::print("\nrecord  {}\npage    {}\n", (outcome.folder / "results.json").string(), page->string());
  if (!run.complete && run.rates.empty()) fmt::print("To go on: {} --resume {}\n", run.rerun_command, run.run_id);
  return ExitCodeOf(run);
}

}  // namespace holdfast
