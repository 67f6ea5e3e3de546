#include "apps/simulate/explore_batch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <type_traits>

namespace holdfast {
namespace {

static_assert(std::is_trivially_copyable_v<BatchEntry>);

// Far beyond any run: a loop that does not end is a failure too.
constexpr unsigned kMaxSecondsOfRun = 120;

void Tell(int to, const BatchEntry& entry) {
  if (::write(to, &entry, sizeof entry) != static_cast<ssize_t>(sizeof entry)) ::_exit(1);
}

[[noreturn]] void BeChild(const Parts& parts, const ExploreOptions& options, std::uint64_t from, std::uint64_t to,
                          int pipe) {
  ::signal(SIGINT, SIG_IGN);  // The parent ends us.
  const int null = ::open("/dev/null", O_WRONLY);
  ::dup2(null, STDERR_FILENO);
  for (auto seed = from; seed < to; ++seed) {
    ::alarm(kMaxSecondsOfRun);
    BatchEntry entry{.seed = seed};
    Tell(pipe, entry);
    const auto report = RunSimRun(parts, DrawWideRun(parts, options, seed));
    entry.ended = true;
    entry.failure = report.failure;
    entry.kills = report.kills;
    entry.restores = report.restores;
    entry.snapshots = report.snapshots;
    entry.virtual_time = report.virtual_time;
    entry.probes = report.probes;
    Tell(pipe, entry);
  }
  ::_exit(0);
}

}  // namespace

Batch::Batch(const Parts& parts, const ExploreOptions& options, std::uint64_t from, std::uint64_t to) : from_(from) {
  std::array<int, 2> ends{};
  HOLDFAST_CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe: {}", std::strerror(errno));
  child_ = ::fork();
  HOLDFAST_CHECK(child_ >= 0, "no process: {}", std::strerror(errno));
  if (child_ == 0) {
    ::close(ends[0]);
    BeChild(parts, options, from, to, ends[1]);
  }
  ::close(ends[1]);
  pipe_ = ends[0];
}

Batch::~Batch() {
  ::close(pipe_);
  if (child_ < 0) return;
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
}

bool Batch::Read() {
  std::array<char, 1 << 16> buffer;
  const auto n = ::read(pipe_, buffer.data(), buffer.size());
  if (n > 0) bytes_.append(buffer.data(), static_cast<std::size_t>(n));
  std::size_t used = 0;
  for (; bytes_.size() - used >= sizeof(BatchEntry); used += sizeof(BatchEntry)) {
    BatchEntry entry;
    std::memcpy(&entry, bytes_.data() + used, sizeof entry);
    if (entry.ended) entries_.pop_back();  // It was announced.
    entries_.push_back(entry);
  }
  bytes_.erase(0, used);
  if (n > 0 || (n < 0 && errno == EINTR)) return false;
  ::waitpid(child_, nullptr, 0);
  child_ = -1;
  if (!entries_.empty() && !entries_.back().ended) entries_.back().failure = SimFailure::kAborted;
  return true;
}

}  // namespace holdfast
