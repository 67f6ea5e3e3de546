#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>

#include "apps/cli/cli.h"
#include "apps/cli/number_check.h"
#include "apps/simulate/explore.h"

namespace holdfast {
namespace {

std::atomic<bool> stop_exploring{false};

extern "C" void StopExploring(int) { stop_exploring = true; }

int RunExplore(const Parts& parts, const ExploreOptions& options) {
  std::signal(SIGINT, StopExploring);
  std::signal(SIGTERM, StopExploring);
  const auto explored = Explore(parts, options, stop_exploring, [](std::string_view line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  });
  if (!explored.ok()) return Complain(explored.error());
  fmt::print("{}", ExploredText(*explored));
  if (explored->failed() > 0) return kBroken;
  return stop_exploring ? kInterrupted : 0;
}

}  // namespace

void AddExploreCommand(Program& program) {
  struct Arguments {
    ExploreOptions options;
    double minutes = 1;
  };
  const auto arguments = std::make_shared<Arguments>();
  auto& options = arguments->options;
  auto* command = program.app.add_subcommand("explore", "Simulate ever new configurations until the time is over.");
  command->footer(
      "Every seed draws a configuration of its own: protocol, workload, size, buffers down to one, intervals, and\n"
      "faults with whole classes off. A run that breaks its promise is shrunk and kept as a file in the folder,\n"
      "where `holdfast simulate FILE` finds it. Another exploration of the same folder goes on from the last seed,\n"
      "also after an interruption. The exit code is 1 if anything was ever found in this folder.\n\n"
      "  holdfast explore --minutes 0.02 --protocol unaligned --folder explored-unaligned");
  command->add_option("--minutes", arguments->minutes, "How long.")->capture_default_str()->check(NumberAboveZero());
  command->add_option("--workload", options.workload, "Workload, or all.")->capture_default_str();
  command->add_option("--protocol", options.protocol, "Protocol, or all.")->capture_default_str();
  command->add_option("--folder", options.folder, "Where findings and progress are kept.")->capture_default_str();
  command->add_option("--seeds", options.max_seeds, "Stop after this many seeds.")->check(WholeNumber(1));
  command->add_option("--jobs", options.jobs, "Processes at a time.")
      ->capture_default_str()
      ->check(WholeNumber(1, 256));
  command->add_option("--skip-sync", options.skip_sync, "Leave out one kind of sync, to see that it is missed.");
  command->callback([&program, arguments] {
    arguments->options.time = std::chrono::seconds(std::max<long>(1, std::lround(arguments->minutes * 60)));
    program.exit_code = RunExplore(program.parts, arguments->options);
  });
}

}  // namespace holdfast
