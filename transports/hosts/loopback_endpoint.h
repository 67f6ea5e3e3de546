// The embedded host behind a boundary of bytes: every invocation is encoded, decoded and run, and its effects come back
// as a copy that is checked before the worker sees it. It costs what a codec costs, and shows that functions need
// nothing but bytes: whatever works here works in another process.
#pragma once

#include "transports/hosts/embedded_endpoint.h"

namespace holdfast {

// One per worker, called on the worker's loop.
class LoopbackEndpoint final : public Endpoint {
 public:
  explicit LoopbackEndpoint(std::shared_ptr<const Application> application);

  // As EmbeddedEndpoint::Invoke; also kInvalidArgument for effects the application does not know (check_effects.h).
  Status Invoke(const Invocation& invocation, EffectsBuilder& effects) override;

 private:
  std::shared_ptr<const Application> application_;
  EmbeddedEndpoint far_side_;
  std::string request_;
  EffectsBuilder reply_;
};

}  // namespace holdfast
