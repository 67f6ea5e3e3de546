#include "transports/hosts/loopback_endpoint.h"

#include "transports/hosts/check_effects.h"
#include "transports/hosts/invocation_codec.h"

namespace holdfast {

LoopbackEndpoint::LoopbackEndpoint(std::shared_ptr<const Application> application)
    : application_(application), far_side_(std::move(application)) {}

Status LoopbackEndpoint::Invoke(const Invocation& invocation, EffectsBuilder& effects) {
  request_.clear();
  AppendInvocation(request_, invocation);
  Invocation received;
  HOLDFAST_CHECK(ReadInvocation(request_, received), "an invocation of {} bytes does not decode", request_.size());
  HOLDFAST_TRY(far_side_.Invoke(received, reply_));
  HOLDFAST_TRY(CheckEffects(*application_, invocation.self, reply_.bytes()));
  effects.Clear();
  effects.AppendEncoded(reply_.bytes());
  return {};
}

}  // namespace holdfast
