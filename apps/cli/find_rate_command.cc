#include <CLI/CLI.hpp>

#include "apps/cli/execute.h"
#include "apps/cli/number_check.h"
#include "core/base/units.h"
#include "results/record/run_io.h"
#include "workloads/suite/runner/find_rate.h"

namespace holdfast {

namespace {

struct FindRateArguments {
  std::string suite;
  std::string p99 = "1s", from = "1000/s", to = "1000000/s";
  double precision = 1.1;
  RunOptions options;
};

template <class T>
Result<T> ReadOption(std::string_view option, const std::string& text, Result<T> (*parse)(std::string_view)) {
  auto value = parse(text);
  if (!value.ok()) return Error(value.error()).At(fmt::format("{} {}", option, text));
  return value;
}

Result<RateRequest> RequestOf(const Program& program, const FindRateArguments& arguments) {
  HOLDFAST_ASSIGN(const auto overrides, OverridesOf(arguments.options));
  HOLDFAST_ASSIGN(const auto p99, ReadOption("--p99", arguments.p99, ParseDuration));
  HOLDFAST_ASSIGN(const auto from, ReadOption("--from", arguments.from, ParseRate));
  HOLDFAST_ASSIGN(const auto to, ReadOption("--to", arguments.to, ParseRate));
  if (!arguments.options.repetitions.empty()) {
    return MakeError(
        ErrorCode::kInvalidArgument,
        "--repetitions means nothing here: each try is one run; give a smaller --precision for more of them");
  }
  if (to.unlimited() || from > to) {
    return MakeError(ErrorCode::kInvalidArgument, "--from {} --to {}: give two rates, the lower one first",
                     arguments.from, arguments.to);
  }
  RateRequest request;
  request.range = {.from = from.per_second, .to = to.per_second, .precision = arguments.precision};
  request.p99 = p99;
  request.at_rate = [&program, overrides, path = arguments.suite](double rate) {
    auto with_rate = overrides;
    with_rate.push_back({"load.rate", FormatRate({rate}), fmt::format("at {}", FormatRate({rate}))});
    return LoadBenchSuite(program.parts, path, with_rate);
  };
  return request;
}

int FindRate(Program& program, const FindRateArguments& arguments) {
  auto request = RequestOf(program, arguments);
  if (!request.ok()) return Complain(request.error());
  auto suite = request->at_rate(request->range.from);
  if (!suite.ok()) return Complain(suite.error());
  if (const auto searchable = CheckSearchable(*suite); !searchable.ok()) return Complain(searchable.error());
  if (arguments.options.plan) {
    PrintPlan({{"", *suite}});
    return 0;
  }
  const auto text = record::ReadFile(arguments.suite);
  if (!text.ok()) return Complain(text.error());
  const auto outcome =
      SearchRates(program, arguments.options, {{"", std::move(suite).value()}}, *text, *std::move(request));
  if (!outcome.ok()) {
    return Complain(outcome.error(), outcome.error().code == ErrorCode::kInvalidArgument ? kMisused : kBroken);
  }
  program.exit_code = ExitCodeOf(outcome->run);
  return PresentRun(*outcome);
}

}  // namespace

void AddFindRateCommand(Program& program) {
  const auto arguments = std::make_shared<FindRateArguments>();
  auto* command = program.app.add_subcommand("find-rate", "Find the highest rate at which each point keeps up.");
  command->footer(
      "Keeping up means: all output comes and is right, p99 of the response time stays under the bound, and the "
      "backlog\n"
      "does not grow. Every try is a run of its own, as long as the suite's load says; the searches of all points go "
      "on\n"
      "side by side. Faults make no sense here: add --fault none to a suite that has some. Of a configuration that\n"
      "holds output until a snapshot is complete, p99 is at least its interval. Ctrl-C ends the search and keeps what "
      "was\n"
      "found.\n\n"
      "  holdfast find-rate workloads/suites/two-tier.yaml --fault none --p99 1s\n"
      "  holdfast find-rate workloads/suites/quick.yaml --fault none --set protocol=message-logging --p99 100ms");
  command->add_option("suite", arguments->suite, "The suite, a YAML file.")->required();
  const auto add = [&](const char* option, std::string& value, const char* help, const char* type) {
    command->add_option(option, value, help)->type_name(type)->capture_default_str();
  };
  add("--p99", arguments->p99, "The most that the 99th percentile of the response time may be.", "TIME");
  add("--from", arguments->from, "The rate tried first; lower ones follow if it is refused.", "RATE");
  add("--to", arguments->to, "No rate above it is tried.", "RATE");
  command
      ->add_option("--precision", arguments->precision,
                   "The most that what was refused may be above what was sustained.")
      ->check(CLI::Range(1.01, 4.0))
      ->type_name("FACTOR")
      ->capture_default_str();
  AddRunOptions(*command, arguments->options);
  command->callback([&program, arguments] { program.exit_code = FindRate(program, *arguments); });
}

}  // namespace holdfast
