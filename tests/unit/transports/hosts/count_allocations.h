// Counts a program's allocations by standing in for operator new. Include it in one source of the program.
#pragma once

#include <cstdlib>
#include <new>

namespace holdfast {
inline std::size_t allocations = 0;
}  // namespace holdfast

__attribute__((noinline)) void* operator new(std::size_t size) {
  ++holdfast::allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
__attribute__((noinline)) void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++holdfast::allocations;
  return std::malloc(size);
}
__attribute__((noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
