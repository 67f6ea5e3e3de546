// What a protocol's folder offers to apps/, which registers it by name.
#pragma once

#include <memory>

#include "core/protocols/protocol.h"

namespace holdfast {

struct ProtocolFactory {
  ProtocolTraits traits;
  std::unique_ptr<WorkerProtocol> (*make_worker)();
  std::unique_ptr<CoordinatorProtocol> (*make_coordinator)();
};

}  // namespace holdfast
