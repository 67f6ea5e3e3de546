// How state backends are made by name: one for every worker, empty.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/registry.h"
#include "core/ports/background.h"
#include "core/ports/state_backend.h"

namespace holdfast {

// Where a backend may live.
struct StateSite {
  std::string folder;      // The backend's own, on a local disk; it is made when needed. Its parent exists.
  Background& background;  // Of the worker's loop. Must live until the backend's last call.
};

using StateBackendFactory =
    std::function<Result<std::unique_ptr<StateBackend>>(const StateSite& site, const OptionValues& options)>;
using StateBackendRegistry = Registry<StateBackendFactory>;

}  // namespace holdfast
