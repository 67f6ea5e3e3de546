// Tests in which real processes and threads take part wait for what they expect, however long that takes: a slow
// machine, or a sanitizer, makes them last, not fail. Only what has not come after this long is called stuck.
#pragma once

#include <chrono>

namespace holdfast {

inline constexpr std::chrono::minutes kPatience{2};

}  // namespace holdfast
