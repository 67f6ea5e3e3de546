#include "apps/mutants/forked_runs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "apps/simulate/forked.h"

namespace holdfast {
namespace {

// Address and thread sanitizers reserve terabytes of addresses, so there this is no measure.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr rlim_t kMostMemory = RLIM_INFINITY;
#else
constexpr rlim_t kMostMemory = rlim_t{8} << 30;
#endif
// What a child writes: the number of each run before it, and at the end one of these.
constexpr std::uint64_t kDone = 0;
constexpr std::uint64_t kFailed = ~std::uint64_t{0};  // What went wrong follows.

void Tell(int to, std::uint64_t word) { WriteAll(to, {reinterpret_cast<const char*>(&word), sizeof word}); }

void BeChild(const ForkedRuns& runs, std::uint64_t first, int out) {
  const int nothing = ::open("/dev/null", O_WRONLY);
  ::dup2(nothing, STDERR_FILENO);
  const rlimit memory{kMostMemory, kMostMemory};
  ::setrlimit(RLIMIT_AS, &memory);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(SIGPROF, SIG_DFL);
  for (auto run = first; run <= runs.runs; ++run) {
    Tell(out, run);
    const itimerval limit{{0, 0}, {runs.seconds, 0}};
    ::setitimer(ITIMER_PROF, &limit, nullptr);
    const auto what = runs.run(run);
    if (what.empty()) continue;
    Tell(out, kFailed);
    return WriteAll(out, what);
  }
  Tell(out, kDone);
}

std::string ReadAll(int file) {
  std::string all;
  std::array<char, 4096> bytes;
  for (;;) {
    const auto size = ::read(file, bytes.data(), bytes.size());
    if (size > 0) all.append(bytes.data(), static_cast<std::size_t>(size));
    if (size == 0 || (size < 0 && errno != EINTR)) return all;
  }
}

std::string HowItEnded(int status) {
  if (!WIFSIGNALED(status)) return fmt::format("it ended with code {}", WEXITSTATUS(status));
  if (WTERMSIG(status) == SIGABRT) return "a check failed";
  if (WTERMSIG(status) == SIGPROF) return "it did not come to an end";
  return fmt::format("it died of signal {}", WTERMSIG(status));
}

// What one child told.
struct Told {
  std::uint64_t last = 0;  // Run begun.
  bool done = false;
  std::optional<std::string> failure;
};

Told Understand(const std::string& bytes) {
  Told told;
  for (std::size_t at = 0; at + sizeof told.last <= bytes.size(); at += sizeof told.last) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    if (word == kFailed) {
      told.failure = bytes.substr(at + sizeof word);
      return told;
    }
    if (word == kDone) {
      told.done = true;
    } else {
      told.last = word;
    }
  }
  return told;
}

}  // namespace

ForkedResult RunForked(const ForkedRuns& runs) {
  ForkedResult result;
  for (std::uint64_t first = 1; first <= runs.runs;) {
    Forked child([&](int out) { BeChild(runs, first, out); });
    const auto told = Understand(ReadAll(child.pipe()));
    const auto status = child.Wait();
    if (told.done) return result;
    const bool crash = !told.failure;
    if (!crash || runs.crash_fails) {
      result.failure = {told.last, told.failure.value_or(HowItEnded(status)), crash};
      return result;
    }
    ++result.crashes;
    first = std::max(first, told.last) + 1;
  }
  return result;
}

}  // namespace holdfast
