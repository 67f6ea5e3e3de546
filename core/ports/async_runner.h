// Runs asynchronous operations of the application away from the worker.
#pragma once

#include <functional>
#include <string>

#include "core/base/result.h"
#include "core/model/effects.h"

namespace holdfast {

class AsyncRunner {
 public:
  virtual ~AsyncRunner() = default;
  // Runs the operation, then posts `done` with its answer to the loop that called. May never answer if the process
  // dies.
  virtual void Start(AsyncOperationId operation, std::string request,
                     std::function<void(Result<std::string>)> done) = 0;
};

}  // namespace holdfast
