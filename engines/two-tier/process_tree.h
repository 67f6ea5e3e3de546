// What a process and all its descendants have used: a database is a family of processes, and what those of them that
// have ended used stands in the accounts of their parent.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "core/base/time.h"
#include "engines/supervisor/written_bytes.h"

namespace holdfast::two_tier {

struct TreeUsage {
  Duration cpu{};
  std::int64_t resident_bytes = 0;  // Memory that they share counts once.
  std::int64_t written_bytes = 0;   // To files, at most.
};

// `root` and everything below it, parents first; empty if it is gone.
std::vector<pid_t> ProcessTree(pid_t root);
TreeUsage MeasureTree(pid_t root, WritesAre writes);
// Sends each of them a signal: also those that have left the process group, as the children of PostgreSQL do.
void SignalTree(pid_t root, int signal);

}  // namespace holdfast::two_tier
