// A key of a key-value store.
#pragma once

#include "core/model/function.h"
#include "workloads/key-value/messages.h"

namespace holdfast::key_value {

class Key : public Function<Key> {
 public:
  static constexpr std::string_view kName = "key-value/key";
  using Handles = Messages<Request>;
  Value<Held> held{*this, "held"};

  // kInvalidArgument if there is no such verb.
  Status On(Context& ctx, const Request& request);
};

}  // namespace holdfast::key_value
