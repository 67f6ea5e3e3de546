#include "tests/bench/support/allocations.h"

#include <cstdlib>
#include <new>

namespace {

thread_local std::uint64_t thread_allocations = 0;

void* Counted(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  ++thread_allocations;
  return memory;
}

}  // namespace

namespace holdfast::bench {

std::uint64_t ThreadAllocations() { return thread_allocations; }

}  // namespace holdfast::bench

// The other forms of new and delete are built on these by the library.
void* operator new(std::size_t size) { return Counted(std::malloc(size == 0 ? 1 : size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto step = static_cast<std::size_t>(alignment);
  return Counted(std::aligned_alloc(step, (size + step - 1) / step * step));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
