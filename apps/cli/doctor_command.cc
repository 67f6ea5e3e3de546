#include <CLI/CLI.hpp>
#include <filesystem>

#include "apps/cli/cli.h"
#include "apps/doctor/probe.h"

namespace holdfast {

namespace {

struct DoctorArguments {
  std::string folder;
  bool json = false;
};

int SeeDoctor(const DoctorArguments& arguments) {
  std::error_code failed;
  const auto folder =
      arguments.folder.empty() ? std::filesystem::temp_directory_path(failed).string() : arguments.folder;
  if (failed) {
    return Complain(
        MakeError(ErrorCode::kNotFound, "TMPDIR is no folder: {}; set it to one, or use --tmp", failed.message()));
  }
  const auto findings = doctor::Examine(folder);
  fmt::print("{}", arguments.json ? doctor::FindingsJson(findings) : doctor::FindingsText(findings, TerminalColumns()));
  return doctor::FitForQuickSuite(findings) ? 0 : kBroken;
}

}  // namespace

void AddDoctorCommand(Program& program) {
  const auto arguments = std::make_shared<DoctorArguments>();
  auto* command = program.app.add_subcommand("doctor", "What this host can do: its faults and its noise floor.");
  command->footer(
      "Tries every fault on something made for it, and measures what the host adds to every figure; takes a few\n"
      "seconds and leaves nothing behind. The exit code is 1 if something is missing that the quick suite needs.\n\n"
      "  holdfast doctor\n"
      "  holdfast doctor --json");
  command->add_option("--tmp", arguments->folder, "The folder where stores of a run would go.")->type_name("FOLDER");
  command->add_flag("--json", arguments->json, "For programs.");
  command->callback([&program, arguments] { program.exit_code = SeeDoctor(*arguments); });
}

}  // namespace holdfast
