// The rule for object names, shared by the stores: parts of [a-z0-9._-] divided by '/', none of them "." or "..".
// Stores may use names outside this rule for themselves.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace holdfast {

inline bool IsObjectNamePart(std::string_view part) {
  return !part.empty() && part != "." && part != ".." &&
         part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == part.npos;
}

inline Status CheckObjectName(std::string_view name) {
  auto rest = name;
  while (true) {
    const auto slash = rest.find('/');
    if (!IsObjectNamePart(rest.substr(0, slash))) {
      return MakeError(ErrorCode::kInvalidArgument,
                       "'{}' is no object name: use parts of [a-z0-9._-] divided by single slashes", name);
    }
    if (slash == rest.npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace holdfast
