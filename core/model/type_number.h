// A small dense number per C++ type, so that a typed call finds its place in the Application's tables by one index. The
// numbers mean nothing outside this process and are never stored.
#pragma once

#include <atomic>
#include <cstddef>

namespace holdfast {

namespace internal {
inline std::atomic<std::size_t> next_type_number{0};
}  // namespace internal

template <class T>
std::size_t TypeNumber() {
  static const std::size_t number = internal::next_type_number.fetch_add(1);
  return number;
}

}  // namespace holdfast
