// Joins the Holdfast engine with the Unix gateway: engines know no transport, transports know no engine.
#pragma once

#include "engines/holdfast/system_link.h"

namespace holdfast {

// A link over Unix sockets (transports/connectors/unix).
std::unique_ptr<SystemLink> MakeUnixLink(SystemListener& listener);

}  // namespace holdfast
