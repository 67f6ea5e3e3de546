#include "transports/hosts/embedded_endpoint.h"

#include <exception>

namespace holdfast {

EmbeddedEndpoint::EmbeddedEndpoint(std::shared_ptr<const Application> application)
    : application_(std::move(application)) {
  for (const auto& function : application_->functions()) functions_.push_back(function.make());
}

Status EmbeddedEndpoint::Invoke(const Invocation& invocation, EffectsBuilder& effects) {
  effects.Clear();
  const auto type = invocation.self.type;
  if (type.value >= functions_.size()) {
    return MakeError(ErrorCode::kInvalidArgument, "no function number {} in application '{}'", type,
                     application_->name());
  }
  auto& function = *functions_[type.value];
  try {
    Context context(*application_, invocation, function.states(), effects);
    HOLDFAST_TRY(function.Handle(context, invocation.value_type, invocation.payload));
    context.Finish();
    return {};
  } catch (const std::exception& thrown) {
    return MakeError(ErrorCode::kInternal, "{}", thrown.what());
  } catch (...) {
    return MakeError(ErrorCode::kInternal, "function '{}' threw something that is not a std::exception",
                     application_->functions()[type.value].name);
  }
}

}  // namespace holdfast
