#include "engines/two-tier/process_tree.h"

#include <fmt/format.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "engines/supervisor/proc_file.h"

namespace holdfast::two_tier {

namespace {

Duration OwnCpu(pid_t pid) {
  clockid_t clock{};
  timespec cpu{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &cpu) != 0) return {};
  return std::chrono::seconds(cpu.tv_sec) + std::chrono::nanoseconds(cpu.tv_nsec);
}

// What children that have ended used, as the parent's account has it.
Duration EndedChildrensCpu(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  constexpr int kFieldsBefore = 13;  // State, and all up to the process's own times.
  for (int i = 0; i < kFieldsBefore; ++i) fields >> skipped;
  std::int64_t user = 0, system = 0;
  fields >> user >> system;
  return std::chrono::nanoseconds((user + system) * (1'000'000'000 / ::sysconf(_SC_CLK_TCK)));
}

}  // namespace

std::vector<pid_t> ProcessTree(pid_t root) {
  std::vector<pid_t> tree = {root};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", tree[i]));
    for (pid_t child = 0; children >> child;) tree.push_back(child);
  }
  return tree;
}

TreeUsage MeasureTree(pid_t root, WritesAre writes) {
  TreeUsage usage;
  std::int64_t shared = 0;
  for (const auto pid : ProcessTree(root)) {
    usage.cpu += OwnCpu(pid) + EndedChildrensCpu(pid);
    const auto status = ReadProcFile(pid, "status");
    usage.resident_bytes += NumberIn(status, "RssAnon:") * 1024;
    shared = std::max(shared, NumberIn(status, "RssShmem:") * 1024);
    usage.written_bytes += WrittenBytesOf(pid, writes);
  }
  usage.resident_bytes += shared;
  return usage;
}

void SignalTree(pid_t root, int signal) {
  for (const auto pid : ProcessTree(root)) ::kill(pid, signal);
}

}  // namespace holdfast::two_tier
