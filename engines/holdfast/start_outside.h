// Starts who answers from outside, for an engine that starts processes by a SutConfig.
#pragma once

#include "engines/holdfast/sut_config.h"
#include "engines/outside/outside_process.h"

namespace holdfast {

struct OutsideCommand {
  std::vector<std::string>
      command;  // Program and arguments; the path of the SutConfig is added. Empty: nobody answers.
  std::vector<int> cpus;
};

// Its topics, configuration and what it prints go into `folder`. Null if nobody answers. Requires: collector and topic
// outlive it; there is a topic if somebody answers.
Result<std::unique_ptr<OutsideProcess>> StartOutside(const OutsideCommand& outside, SutConfig config,
                                                     const std::string& folder, const Collector& collector,
                                                     ClosedLoopInput* topic);

}  // namespace holdfast
