// Messages for queues: told apart by their payload.
#pragma once

#include <string>
#include <string_view>

#include "core/model/envelope.h"

namespace holdfast {

inline constexpr WorkerId kSelf(0);

inline std::string Envelope(std::string_view payload) {
  std::string bytes;
  AppendEnvelope(bytes, {{FunctionId(0), "id"}, {}, ValueTypeId(0), KeyGroup(0), payload});
  return bytes;
}

}  // namespace holdfast
