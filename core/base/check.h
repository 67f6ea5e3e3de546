// Invariants. A broken one means the process can no longer be trusted with state, so it stops at once, in every build,
// with the values that broke it. For what a caller can get wrong or the world can refuse, return a Result instead.
#pragma once

#include <fmt/format.h>

#include <string_view>
#ifdef HOLDFAST_MUTATIONS
#include <atomic>
#endif

namespace holdfast {

#ifdef HOLDFAST_MUTATIONS
// Whether a failing check aborts. If not, the process goes on as if nothing were wrong, and anything may follow: what a
// planted bug does then counts as found only if an oracle says so before the process crashes.
inline std::atomic<bool> checks_are_on{true};
inline bool ChecksAreOn() { return checks_are_on.load(std::memory_order_relaxed); }
inline void SetChecks(bool on) { checks_are_on = on; }
#else
constexpr bool ChecksAreOn() { return true; }
inline void SetChecks(bool) {}
#endif

// Prints `file:line: check failed: condition: message` to standard error and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition, std::string_view message);

}  // namespace holdfast

#define HOLDFAST_CHECK(condition, ...)                                                     \
  do {                                                                                     \
    if (!(condition) && ::holdfast::ChecksAreOn()) [[unlikely]]                            \
      ::holdfast::CheckFailed(__FILE__, __LINE__, #condition, ::fmt::format(__VA_ARGS__)); \
  } while (false)
