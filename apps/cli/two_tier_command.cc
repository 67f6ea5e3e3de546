#include <CLI/CLI.hpp>
#include <fstream>
#include <sstream>

#include "apps/cli/cli.h"
#include "apps/parts/parts.h"
#include "chaos/faults/trouble_page.h"
#include "engines/holdfast/sut_config.h"
#include "engines/two-tier/databases.h"
#include "engines/two-tier/service.h"
#include "transports/hosts/embedded_endpoint.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {

namespace {

struct ServiceArguments {
  std::string config;
  int service = 0;
};

Result<SutConfig> ReadConfig(const std::string& file) {
  std::ifstream in(file);
  if (!in) return MakeError(ErrorCode::kNotFound, "{}: cannot be read", file);
  std::stringstream text;
  text << in.rdbuf();
  return ParseSutConfig(text.str(), file);
}

Status BeService(const Parts& parts, const ServiceArguments& arguments) {
  HOLDFAST_ASSIGN(const auto config, ReadConfig(arguments.config));
  const auto catalog = parts.MakeCatalog();
  HOLDFAST_ASSIGN(const auto suite, ParseSuite(PointAsSuite(config), {}, {catalog, {}, {}}));
  const auto& point = suite.points.front();
  const auto& workload_part = point.Part("workload");
  HOLDFAST_ASSIGN(const auto* registered, parts.workloads.Find(workload_part.name, workload_part.place));
  HOLDFAST_ASSIGN(const auto workload, registered->factory(workload_part.options, config.seed));
  const auto& engine = point.Part("engine").options;
  const auto seed = Mix64(config.seed + config.incarnation.value);
  std::optional<TroublePage> troubles;
  std::optional<FaultInjector> replies;
  if (!config.troubles.empty()) {
    HOLDFAST_ASSIGN(troubles, TroublePage::Open(config.troubles));
    replies.emplace(
        Mix64(seed ^ Hash64("replies")), [](Duration) {}, troubles->OfReplies());
  }
  const two_tier::ServiceOptions options{.folder = config.gateway,
                                         .index = arguments.service,
                                         .services = static_cast<int>(engine.GetInt("workers")),
                                         .outbox = engine.GetText("variant") == "idempotent",
                                         .connections = static_cast<int>(engine.GetInt("connections")),
                                         .poll = engine.GetDuration("poll"),
                                         .seed = seed,
                                         .replies = replies ? &*replies : nullptr};
  const auto database = two_tier::OpenDatabase(*two_tier::DatabaseKindOf(engine.GetText("database")), config.data,
                                               engine.GetDuration("dedup-retention"));
  const auto make_endpoint = [](std::shared_ptr<const Application> application) -> std::unique_ptr<Endpoint> {
    return std::make_unique<EmbeddedEndpoint>(std::move(application));
  };
  return two_tier::RunService(options, workload.application, make_endpoint, *database);
}

}  // namespace

void AddTwoTierCommand(Program& program) {
  const auto arguments = std::make_shared<ServiceArguments>();
  auto* command = program.app.add_subcommand("two-tier-service", "Be a service of another process's engine two-tier.");
  command->group("");  // Not for people.
  command->add_option("--config", arguments->config, "The file that process wrote.")->required();
  command->add_option("--service", arguments->service, "The number of the service.")->required();
  command->callback([&program, arguments] {
    const auto status = BeService(program.parts, *arguments);
    program.exit_code = status.ok() ? 0 : Complain(status.error(), kBroken);
  });
}

}  // namespace holdfast
