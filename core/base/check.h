// Invariants. A broken one means the process can no longer be trusted with state, so it stops at once, in every build,
// with the values that broke it. For what a caller can get wrong or the world can refuse, return a Result instead.
#pragma once

#include <fmt/format.h>

#include <string_view>

namespace holdfast {

// Prints `file:line: check failed: condition: message` to standard error and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition, std::string_view message);

}  // namespace holdfast

#define HOLDFAST_CHECK(condition, ...)                                                     \
  do {                                                                                     \
    if (!(condition)) [[unlikely]]                                                         \
      ::holdfast::CheckFailed(__FILE__, __LINE__, #condition, ::fmt::format(__VA_ARGS__)); \
  } while (false)
