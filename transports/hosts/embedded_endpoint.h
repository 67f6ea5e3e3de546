// Functions called where the worker is: same thread, same memory, no copy of state or payload. The fastest host, and
// the least protective: a function that hangs holds up its worker, one that crashes takes the process along.
#pragma once

#include <memory>
#include <vector>

#include "core/model/function.h"
#include "core/ports/endpoint.h"

namespace holdfast {

// One per worker, called on the worker's loop. Allocates nothing per invocation once its caller's buffers have grown.
class EmbeddedEndpoint final : public Endpoint {
 public:
  // Makes one object of every function type.
  explicit EmbeddedEndpoint(std::shared_ptr<const Application> application);

  // kInvalidArgument for a function or message the application does not know; what the function returned; or kInternal
  // with the text of the exception it threw.
  Status Invoke(const Invocation& invocation, EffectsBuilder& effects) override;

 private:
  std::shared_ptr<const Application> application_;
  std::vector<std::unique_ptr<FunctionBase>> functions_;  // By FunctionId.
};

}  // namespace holdfast
