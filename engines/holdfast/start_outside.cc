#include "engines/holdfast/start_outside.h"

namespace holdfast {

Result<std::unique_ptr<OutsideProcess>> StartOutside(const OutsideCommand& outside, SutConfig config,
                                                     const std::string& folder, const Collector& collector,
                                                     ClosedLoopInput* topic) {
  if (outside.command.empty()) return std::unique_ptr<OutsideProcess>();
  HOLDFAST_CHECK(topic != nullptr, "{} answers, and nobody takes it", outside.command.front());
  config.data = folder + "/outside";
  config.gateway = config.data;  // There are only the topics in it.
  const auto path = folder + "/outside.yaml";
  HOLDFAST_TRY(WriteSutConfig(config, path));
  auto command = outside.command;
  command.push_back(path);
  return OutsideProcess::Start({command, outside.cpus, config.data, folder + "/outside-output"}, collector, *topic);
}

}  // namespace holdfast
