// What the worker asks of effects that come from the other side of a boundary before it believes them.
#pragma once

#include "core/model/context.h"

namespace holdfast {

// Success if `effects` are whole and every number in them means something in `application` for a unit at `self`: slots
// of its function, functions that handle what is sent to them, egresses, operations; and the sender is `self`. Else
// kInvalidArgument with the place among the effects. Requires: `self.type` is a function of the application.
Status CheckEffects(const Application& application, const AddressView& self, std::string_view effects);

}  // namespace holdfast
