// The environment card: what a reader must know about the machine before comparing a figure with another. Read once
// per run from /proc and /sys. What the host did *during* a point (time stolen by the hypervisor, stalls for lack of
// CPU, disk or memory) is the difference of two samples.
//
//     const Environment card = CaptureEnvironment({.data_path = "results/runs"});
//     const HostSample before = SampleHost();
//     ... run the point ...
//     point.host = LoadBetween(before, SampleHost());
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace holdfast::record {

// Text is "unknown" and numbers are 0 where the system does not tell.
struct Environment {
  std::string cpu_model;
  int cpus = 0;
  int threads_per_core = 0;
  std::string caches, affinity;
  std::int64_t memory_bytes = 0, swap_bytes = 0;
  std::string os, kernel, hypervisor;
  std::optional<double> cgroup_cpus;
  std::optional<std::int64_t> cgroup_memory_bytes;
  std::string governor, transparent_huge_pages, aslr, clocksource, filesystem, disk;
  double load_average = 0;
  double steal_percent = 0, cpu_pressure_percent = 0, io_pressure_percent = 0, memory_pressure_percent = 0;
};

struct CaptureOptions {
  std::string data_path = ".";  // The filesystem and disk of this path are described.
  std::string root;             // Put in front of /proc, /sys and /etc; a test gives a folder of its own.
};

Environment CaptureEnvironment(const CaptureOptions& options = {});

// Counters since boot.
struct HostSample {
  double steady_s = 0;
  double cpu_ticks = 0, steal_ticks = 0;
  double cpu_stall_s = 0, io_stall_s = 0, memory_stall_s = 0;
};

// What the host took away in a stretch of time, each in per cent of it.
struct HostLoad {
  double steal_percent = 0, cpu_pressure_percent = 0, io_pressure_percent = 0, memory_pressure_percent = 0;
};

HostSample SampleHost(const std::string& root = "");
HostLoad LoadBetween(const HostSample& before, const HostSample& after);

}  // namespace holdfast::record
