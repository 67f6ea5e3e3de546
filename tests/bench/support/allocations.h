// Counts what a program takes from the allocator. Linking allocations.cc replaces the global operators new and delete
// of that program.
#pragma once

#include <cstdint>

namespace holdfast::bench {

// Calls of operator new by the calling thread so far.
std::uint64_t ThreadAllocations();

}  // namespace holdfast::bench
