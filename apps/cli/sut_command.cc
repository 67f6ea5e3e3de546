#include <CLI/CLI.hpp>

#include "apps/cli/cli.h"
#include "apps/host/sut.h"
#include "core/snapshot/manifest.h"

namespace holdfast {

namespace {

struct SutArguments {
  std::string config, accept_rollback;
};

int BeSystemUnderTest(const Program& program, const SutArguments& arguments) {
  std::optional<SnapshotId> accepted;
  if (!arguments.accept_rollback.empty()) {
    const auto id = ParseSnapshotId(arguments.accept_rollback);
    if (!id.ok()) return Complain(Error(id.error()).At("--accept-rollback"));
    accepted = *id;
  }
  const auto status = RunSystemUnderTest(program.parts, arguments.config, accepted);
  return status.ok() ? 0 : Complain(status.error(), kBroken);
}

}  // namespace

void AddSutCommand(Program& program) {
  const auto arguments = std::make_shared<SutArguments>();
  auto* command = program.app.add_subcommand("sut", "Be the system under test of another holdfast process.");
  command->group("");  // Not for people.
  command->add_option("--config", arguments->config, "The file that process wrote.")->required();
  command
      ->add_option("--accept-rollback", arguments->accept_rollback,
                   "Go back to this snapshot, for example 3.17, and give up the newer ones.")
      ->type_name("ID");
  command->callback([&program, arguments] { program.exit_code = BeSystemUnderTest(program, *arguments); });
}

}  // namespace holdfast
