#include "apps/simulate/run_apart.h"

#include <unistd.h>

#include <array>
#include <cstring>

#include "apps/simulate/event_wire.h"
#include "apps/simulate/forked.h"

namespace holdfast {
namespace {

// What the child says when it comes to its end; before it stands what went to standard error.
struct Ending {
  std::array<char, 8> mark{'\0', 'e', 'n', 'd', 'i', 'n', 'g', '\0'};
  std::uint64_t hash = 0;
  SimFailure failure = SimFailure::kNone;
};

std::string ReadAll(int from, const SimListener& listener) {
  EventReader reader(listener);
  std::array<char, 1 << 16> buffer;
  for (ssize_t n = 0; (n = ::read(from, buffer.data(), buffer.size())) > 0;) {
    reader.Take({buffer.data(), static_cast<std::size_t>(n)});
  }
  return reader.said();
}

void RunInChild(const Parts& parts, const SimRun& run, int to, bool tell) {
  ::dup2(to, STDERR_FILENO);
  ::alarm(kLongestRunSeconds);
  SimListener listener;
  if (tell) listener = [to](const SimEvent& event) { WriteAll(to, EncodeEvent(event)); };
  const auto report = RunSimRun(parts, run, listener);
  const Ending ending{.hash = report.hash, .failure = report.failure};
  WriteAll(to, {reinterpret_cast<const char*>(&ending), sizeof ending});
  WriteAll(to, report.violation);
}

// The place of a failed check; a signal's number otherwise.
std::string LastWords(std::string_view said, int status) {
  const auto check = said.find(": check failed: ");
  if (check == std::string_view::npos) return fmt::format("the process ended with status {}", status);
  const auto begin = said.substr(0, check).rfind('\n');
  said.remove_prefix(begin == std::string_view::npos ? 0 : begin + 1);
  return std::string(said.substr(0, said.find('\n')));
}

SimOutcome Understand(std::string_view bytes, int status) {
  const Ending pattern;
  const auto at = bytes.find({pattern.mark.data(), pattern.mark.size()});
  if (at == std::string_view::npos || bytes.size() - at < sizeof(Ending)) {
    return {.failure = SimFailure::kAborted, .hash = 0, .violation = LastWords(bytes, status)};
  }
  Ending ending;
  std::memcpy(&ending, bytes.data() + at, sizeof ending);
  return {.failure = ending.failure, .hash = ending.hash, .violation = std::string(bytes.substr(at + sizeof ending))};
}

}  // namespace

bool SimOutcome::SameFailure(const SimOutcome& other) const {
  if (failure != other.failure || failure != SimFailure::kAborted) return failure == other.failure;
  const auto place = [](std::string_view words) { return words.substr(0, words.find(": check failed")); };
  return place(violation) == place(other.violation);
}

SimOutcome RunApart(const Parts& parts, const SimRun& run, const SimListener& listener) {
  Forked child([&](int to) { RunInChild(parts, run, to, static_cast<bool>(listener)); });
  const auto bytes = ReadAll(child.pipe(), listener);
  return Understand(bytes, child.Wait());
}

}  // namespace holdfast
