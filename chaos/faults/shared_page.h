// A page of memory that the testbed and the process under test share through a file, which need not be durable: the
// process may be another program, started again and again, and finds the page as it was left.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast {

// `kNew`: in a new file, all zero.
enum class PageFile : unsigned char { kNew, kThere };

// Maps `size` bytes of the file until UnmapSharedPage. kInvalidArgument if it cannot be `what` ("a kill switch").
Result<void*> MapSharedPage(const std::string& path, std::size_t size, PageFile file, std::string_view what);
void UnmapSharedPage(void* page, std::size_t size);

}  // namespace holdfast
