#include <CLI/CLI.hpp>

#include "apps/cli/cli.h"
#include "apps/host/sut.h"

namespace holdfast {

void AddSutCommand(Program& program) {
  const auto config = std::make_shared<std::string>();
  auto* command = program.app.add_subcommand("sut", "Be the system under test of another holdfast process.");
  command->group("");  // Not for people.
  command->add_option("--config", *config, "The file that process wrote.")->required();
  command->callback([&program, config] {
    const auto status = RunSystemUnderTest(program.parts, *config);
    program.exit_code = status.ok() ? 0 : Complain(status.error(), kBroken);
  });
}

}  // namespace holdfast
