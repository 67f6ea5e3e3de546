// Turns what was tried and measured into findings. Knows no machine: everything comes in as arguments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/doctor/finding.h"
#include "core/base/time.h"
#include "results/record/environment.h"

namespace holdfast::doctor {

struct Percentiles {
  std::int64_t p50 = 0, p99 = 0, max = 0;  // Nanoseconds.
};
// Zero without samples.
Percentiles PercentilesOf(std::vector<std::int64_t> samples);

// A fault that was tried.
struct Attempt {
  std::string name, how;
  bool works = false;
  std::string trouble{};  // Why not.
  std::string use;        // What it is good for.
  bool needed = false;
};
Finding JudgeAttempt(const Attempt& attempt);

// What a folder that stores go to can do.
struct DiskFigures {
  std::string folder;
  Percentiles sync{};           // Of an append of 4 KiB and fdatasync.
  double bytes_per_second = 0;  // Written in a row and synced.
  std::uint64_t free_bytes = 0;
  std::string trouble{};  // Not empty: it cannot be written.
};

Finding JudgeTimer(const Percentiles& lateness);
std::vector<Finding> JudgeDisk(const DiskFigures& disk);
// `now`: what the host took away while the doctor measured.
std::vector<Finding> JudgeMachine(const record::Environment& machine, const record::HostLoad& now);

}  // namespace holdfast::doctor
