#include "apps/simulate/explore_batch.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <type_traits>

namespace holdfast {
namespace {

static_assert(std::is_trivially_copyable_v<BatchEntry>);

void Tell(int to, const BatchEntry& entry) {
  if (::write(to, &entry, sizeof entry) != static_cast<ssize_t>(sizeof entry)) ::_exit(1);
}

void RunInChild(const Parts& parts, const ExploreOptions& options, std::uint64_t from, std::uint64_t to, int pipe) {
  ::signal(SIGINT, SIG_IGN);  // The parent ends us.
  const int null = ::open("/dev/null", O_WRONLY);
  ::dup2(null, STDERR_FILENO);
  for (auto seed = from; seed < to; ++seed) {
    ::alarm(kLongestRunSeconds);
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
}

}  // namespace

Batch::Batch(const Parts& parts, const ExploreOptions& options, std::uint64_t from, std::uint64_t to)
    : from_(from), child_([&](int pipe) { RunInChild(parts, options, from, to, pipe); }) {}

void Batch::Read() {
  std::array<char, 1 << 16> buffer;
  const auto n = ::read(child_.pipe(), buffer.data(), buffer.size());
  if (n > 0) bytes_.append(buffer.data(), static_cast<std::size_t>(n));
  std::size_t used = 0;
  for (; bytes_.size() - used >= sizeof(BatchEntry); used += sizeof(BatchEntry)) {
    BatchEntry entry;
    std::memcpy(&entry, bytes_.data() + used, sizeof entry);
    if (entry.ended) entries_.pop_back();  // It was announced.
    entries_.push_back(entry);
  }
  bytes_.erase(0, used);
  if (n > 0 || (n < 0 && errno == EINTR)) return;
  child_.Wait();
  if (!entries_.empty() && !entries_.back().ended) entries_.back().failure = SimFailure::kAborted;
}

}  // namespace holdfast
