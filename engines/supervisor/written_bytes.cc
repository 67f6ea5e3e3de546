#include "engines/supervisor/written_bytes.h"

#include <unistd.h>

#include <algorithm>

#include "engines/supervisor/proc_file.h"

namespace holdfast {

std::int64_t WrittenBytes(std::string_view io, WritesAre writes) {
  auto given = NumberIn(io, "wchar:");
  if (writes == WritesAre::kOfAnySize) given += NumberIn(io, "syscw:") * ::sysconf(_SC_PAGESIZE);
  return std::min(NumberIn(io, "write_bytes:"), given);
}

std::int64_t WrittenBytesOf(pid_t pid, WritesAre writes) { return WrittenBytes(ReadProcFile(pid, "io"), writes); }

}  // namespace holdfast
