#include "apps/doctor/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"

namespace holdfast::doctor {
namespace {

// Three significant digits are enough, and more than a single trial is good for.
std::string Time(std::int64_t nanos) {
  if (nanos < 1'000'000) return fmt::format("{:.3g} us", static_cast<double>(nanos) * 1e-3);
  return fmt::format("{:.3g} ms", static_cast<double>(nanos) * 1e-6);
}

std::string Spread(const Percentiles& p) {
  return fmt::format("{} (p50), {} (p99), {} (worst)", Time(p.p50), Time(p.p99), Time(p.max));
}

Grade Rising(double value, double fair, double poor) {
  if (value > poor) return Grade::kPoor;
  return value > fair ? Grade::kFair : Grade::kGood;
}

std::string ByGrade(Grade grade, std::string_view good, std::string_view fair, std::string_view poor) {
  if (grade == Grade::kGood) return std::string(good);
  return std::string(grade == Grade::kFair ? fair : poor);
}

double GiBOf(double bytes) { return bytes / static_cast<double>(1ull << 30); }

Finding JudgeSteal(const record::Environment& machine, const record::HostLoad& now) {
  const auto worst = std::max(machine.steal_percent, now.steal_percent);
  const auto grade = Rising(worst, 1, 5);
  return {.name = "stolen CPU time",
          .grade = grade,
          .value = fmt::format("{:.1f} % now, {:.1f} % since boot", now.steal_percent, machine.steal_percent),
          .meaning = ByGrade(grade, "The hypervisor leaves this machine its time.",
                             "Neighbours take time now and then: compare by interleaved runs only.",
                             "Neighbours take so much that a run is stamped SUSPECT: publish no latency from here."),
          .how = "/proc/stat, twice"};
}

Finding JudgePressure(const record::HostLoad& now) {
  const auto grade = Rising(now.cpu_pressure_percent, 5, 20);
  return {.name = "other work",
          .grade = grade,
          .value = fmt::format("tasks waited for a CPU {:.1f} % of the time, for the disk {:.1f} %",
                               now.cpu_pressure_percent, now.io_pressure_percent),
          .meaning = ByGrade(grade, "Nothing else to speak of runs here.",
                             "Something else runs here: tails are partly its doing.",
                             "This machine is busy with something else: stop it before you measure."),
          .how = "/proc/pressure, twice"};
}

Finding JudgeCores(const record::Environment& machine) {
  const auto cores = machine.cgroup_cpus ? std::min<double>(machine.cpus, *machine.cgroup_cpus) : machine.cpus;
  const auto grade = cores >= 4 ? Grade::kGood : cores >= 2 ? Grade::kFair : Grade::kPoor;
  return {.name = "CPUs",
          .grade = grade,
          .value = fmt::format("{:.3g}, {} thread{} per core", cores, machine.threads_per_core,
                               machine.threads_per_core == 1 ? "" : "s"),
          .meaning = ByGrade(grade, "System and generator each have CPUs of their own.",
                             "The generator has one CPU and the system the rest: workers share, so figures say little "
                             "about how it scales.",
                             "System and generator share one CPU: every latency is also the generator's. Correctness "
                             "does not suffer."),
          .how = "/proc/cpuinfo and the cgroup's limit"};
}

Finding JudgeGovernor(const record::Environment& machine) {
  const bool unknown = machine.governor == "unknown" || machine.governor.empty();
  const auto grade = unknown ? Grade::kUnknown : machine.governor == "performance" ? Grade::kGood : Grade::kFair;
  return {.name = "frequency governor",
          .grade = grade,
          .value = unknown ? "not told" : machine.governor,
          .meaning = unknown ? "Usual in virtual machines; the host may change the frequency unseen."
                             : ByGrade(grade, "The clock does not follow the load.",
                                       "The clock follows the load: a light load is measured on a slow CPU. Set it to "
                                       "performance for figures to be published.",
                                       ""),
          .how = "/sys/devices/system/cpu"};
}

Finding JudgeMemory(const record::Environment& machine) {
  auto bytes = static_cast<double>(machine.memory_bytes);
  if (machine.cgroup_memory_bytes) bytes = std::min(bytes, static_cast<double>(*machine.cgroup_memory_bytes));
  const auto grade = GiBOf(bytes) >= 8 ? Grade::kGood : GiBOf(bytes) >= 0.45 ? Grade::kFair : Grade::kPoor;
  return {.name = "memory",
          .grade = grade,
          .value = fmt::format("{:.3g} GiB", GiBOf(bytes)),
          .meaning = ByGrade(grade, "Enough for long runs: the testbed keeps every output, up to 4 GiB.",
                             "Enough for short runs; the testbed keeps every output in memory, up to 4 GiB.",
                             "Too little for a testbed and a system."),
          .how = "/proc/meminfo and the cgroup's limit",
          .needed = true};
}

}  // namespace

Percentiles PercentilesOf(std::vector<std::int64_t> samples) {
  if (samples.empty()) return {};
  std::ranges::sort(samples);
  const auto at = [&](std::size_t percent) { return samples[(samples.size() * percent + 99) / 100 - 1]; };
  return {at(50), at(99), samples.back()};
}

Finding JudgeAttempt(const Attempt& attempt) {
  Finding finding{.name = attempt.name,
                  .grade = attempt.works    ? Grade::kGood
                           : attempt.needed ? Grade::kPoor
                                            : Grade::kFair,
                  .value = attempt.works ? "works" : "does not work here",
                  .meaning = attempt.use,
                  .how = attempt.how,
                  .needed = attempt.needed};
  if (!attempt.trouble.empty()) finding.value += ": " + attempt.trouble;
  return finding;
}

Finding JudgeTimer(const Percentiles& lateness) {
  const auto grade = Rising(static_cast<double>(lateness.p99), 1e6, 10e6);
  return {.name = "timer wake-up",
          .grade = grade,
          .value = "late by " + Spread(lateness),
          .meaning = ByGrade(grade, "Tails below this are the host's; above it they are the system's.",
                             "Claim no 99th percentile below this: it would be the host's.",
                             "Wake-ups come so late that no tail measured here is the system's."),
          .how = "sleeps of 1 ms, one after the other, each to an absolute instant"};
}

std::vector<Finding> JudgeDisk(const DiskFigures& disk) {
  if (!disk.trouble.empty()) {
    return {{.name = "disk",
             .grade = Grade::kPoor,
             .value = disk.trouble,
             .meaning = "Snapshots and logs have nowhere to go; give --tmp a folder that is writable.",
             .how = fmt::format("files in {}", disk.folder),
             .needed = true}};
  }
  const auto sync = disk.sync.p50 < 20'000 ? Grade::kFair : Rising(static_cast<double>(disk.sync.p99), 20e6, 100e6);
  const auto mib = disk.bytes_per_second / static_cast<double>(1 << 20);
  const auto width = mib >= 100 ? Grade::kGood : mib >= 20 ? Grade::kFair : Grade::kPoor;
  const auto room = GiBOf(static_cast<double>(disk.free_bytes));
  return {
      {.name = "fdatasync",
       .grade = sync,
       .value = Spread(disk.sync),
       .meaning = disk.sync.p50 < 20'000
                      ? "So fast that nothing is made durable (memory, or a disk that does not sync): latencies that "
                        "contain a sync are too good."
                      : ByGrade(sync, "What a log's group commit costs at least.",
                                "Output that waits for a sync has this tail, whatever the protocol.",
                                "Syncs stall: latencies of held output measure this disk and nothing else."),
       .how = fmt::format("append 4 KiB and fdatasync, again and again, in {}", disk.folder),
       .needed = true},
      {.name = "disk write bandwidth",
       .grade = width,
       .value = fmt::format("{:.3g} MiB/s", mib),
       .meaning = ByGrade(width, "Snapshots of the suites are written within their interval.",
                          "Large snapshots take longer than their interval.",
                          "Snapshots are limited by this disk: lower the state size or lengthen the interval."),
       .how = fmt::format("64 MiB in a row and one fdatasync, in {}", disk.folder)},
      {.name = "room on disk",
       .grade = room >= 4     ? Grade::kGood
                : room >= 0.5 ? Grade::kFair
                              : Grade::kPoor,
       .value = fmt::format("{:.3g} GiB free", room),
       .meaning = "Snapshots, logs and states of a run lie here until it ends.",
       .how = fmt::format("statvfs of {}", disk.folder),
       .needed = true}};
}

std::vector<Finding> JudgeMachine(const record::Environment& machine, const record::HostLoad& now) {
  return {JudgeSteal(machine, now), JudgePressure(now), JudgeCores(machine), JudgeGovernor(machine),
          JudgeMemory(machine)};
}

}  // namespace holdfast::doctor
