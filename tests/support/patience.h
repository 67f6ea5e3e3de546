// Tests in which real processes and threads take part wait for what they expect, however long that takes: a slow
// machine, or a sanitizer, makes them last, not fail. Only what has not come after this long is called stuck.
#pragma once

#include <chrono>
#include <thread>

namespace holdfast {

inline constexpr std::chrono::minutes kPatience{2};

// Takes turns until the condition holds; false if it never does.
template <class Condition, class Turn>
bool Until(const Condition& condition, const Turn& turn) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    turn();
  }
  return true;
}
template <class Condition>
bool Until(const Condition& condition) {
  return Until(condition, [] { std::this_thread::sleep_for(std::chrono::milliseconds(10)); });
}

}  // namespace holdfast
