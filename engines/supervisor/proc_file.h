// Files in which the kernel tells of a process, in lines of "name: number".
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

// The text of /proc/<pid>/<name>; empty if the process is no more.
std::string ReadProcFile(pid_t pid, std::string_view name);
// The number behind `name`, which includes the colon; 0 if there is none.
std::int64_t NumberIn(std::string_view lines, std::string_view name);

}  // namespace holdfast
