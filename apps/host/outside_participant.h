// Who takes part from outside, in a process of its own: what `holdfast participant` does when the testbed starts it.
#pragma once

#include <string>

#include "apps/parts/parts.h"

namespace holdfast {

// Serves the topics in the data folder of the configuration (engines/holdfast/sut_config.h) until it is killed; returns
// only with an error.
Status RunParticipant(const Parts& parts, const std::string& config_file);

}  // namespace holdfast
