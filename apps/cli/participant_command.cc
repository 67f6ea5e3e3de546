#include <CLI/CLI.hpp>

#include "apps/cli/cli.h"
#include "apps/host/outside_participant.h"

namespace holdfast {

void AddParticipantCommand(Program& program) {
  const auto config = std::make_shared<std::string>();
  auto* command = program.app.add_subcommand("participant", "Take part from outside in a run of another process.");
  command->group("");  // Not for people.
  command->add_option("--config", *config, "The file that process wrote.")->required();
  command->callback([&program, config] {
    const auto status = RunParticipant(program.parts, *config);
    program.exit_code = status.ok() ? 0 : Complain(status.error(), kBroken);
  });
}

}  // namespace holdfast
