#include "engines/supervisor/written_bytes.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace holdfast {

namespace {

// The number behind `name` in lines of "name: number".
std::int64_t NumberIn(std::string_view lines, std::string_view name) {
  std::int64_t number = 0;
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    if (line.starts_with(name)) std::from_chars(line.data() + name.size(), line.data() + line.size(), number);
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
  }
  return number;
}

}  // namespace

std::int64_t WrittenBytes(std::string_view io, WritesAre writes) {
  auto given = NumberIn(io, "wchar: ");
  if (writes == WritesAre::kOfAnySize) given += NumberIn(io, "syscw: ") * ::sysconf(_SC_PAGESIZE);
  return std::min(NumberIn(io, "write_bytes: "), given);
}

std::int64_t WrittenBytesOf(int pid, WritesAre writes) {
  std::ifstream file(fmt::format("/proc/{}/io", pid));
  std::stringstream text;
  text << file.rdbuf();
  return WrittenBytes(text.str(), writes);
}

}  // namespace holdfast
