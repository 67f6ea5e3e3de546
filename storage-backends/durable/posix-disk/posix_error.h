// Turns errno into an error that says what the caller can do.
#pragma once

#include <string_view>

#include "core/base/result.h"

namespace holdfast {

// `verb` completes "cannot ...": "create", "sync".
Error PosixError(int error, std::string_view verb, std::string_view path);

}  // namespace holdfast
