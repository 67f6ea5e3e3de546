// Where functions run. The dispatcher hands one unit's input to an endpoint and gets its effects back; whether the
// function lives in this thread, behind an encode and decode, or in another process is the endpoint's secret.
#pragma once

#include "core/base/result.h"
#include "core/model/context.h"

namespace holdfast {

class Endpoint {
 public:
  virtual ~Endpoint() = default;
  // Runs one unit and puts its effects in the place of whatever `effects` held; on an error they are not whole and must
  // not be applied. A function's exception comes back as an error.
  virtual Status Invoke(const Invocation& invocation, EffectsBuilder& effects) = 0;
};

}  // namespace holdfast
