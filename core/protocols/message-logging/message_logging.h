// Pessimistic effect logging (fault-tolerance model C.7; strong productions, durable execution): each unit's effects
// are one log record, and nothing leaves the worker before the record is durable. So nothing anyone else saw is ever
// undone, and a failed worker recovers alone: newest snapshot of its own, then the log. Snapshots only shorten the log.
#pragma once

#include "core/protocols/factory.h"

namespace holdfast {

ProtocolFactory MessageLoggingProtocol();

}  // namespace holdfast
