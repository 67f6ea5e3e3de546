// How state backends are made by name: one for every worker, empty.
#pragma once

#include <functional>
#include <memory>

#include "core/base/registry.h"
#include "core/ports/state_backend.h"

namespace holdfast {

using StateBackendFactory = std::function<Result<std::unique_ptr<StateBackend>>(const OptionValues& options)>;
using StateBackendRegistry = Registry<StateBackendFactory>;

}  // namespace holdfast
