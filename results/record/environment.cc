#include "results/record/environment.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

namespace holdfast::record {
namespace {

constexpr std::string_view kUnknown = "unknown";

std::string Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n\"");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n\"") - first + 1));
}

// The file's text without surrounding white space, or "" when it cannot be read.
std::string Slurp(const std::string& path) {
  std::ifstream in(path);
  return Trim(std::string(std::istreambuf_iterator<char>(in), {}));
}

std::string OrUnknown(std::string text) { return text.empty() ? std::string(kUnknown) : text; }

std::vector<std::string> Split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto at = text.find_first_of(separators);
    if (at != 0) parts.emplace_back(text.substr(0, at));
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  }
  return parts;
}

double Number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The value of the first line `key<separator>value`.
std::string Lookup(const std::string& text, std::string_view key, char separator) {
  for (const auto& line : Split(text, "\n")) {
    const auto at = line.find(separator);
    if (at != std::string::npos && Trim(std::string_view(line).substr(0, at)) == key) return Trim(line.substr(at + 1));
  }
  return {};
}

std::int64_t MemoryLine(const std::string& meminfo, std::string_view key) {
  return static_cast<std::int64_t>(Number(Lookup(meminfo, key, ':'))) * 1024;
}

// The word in brackets of `always [madvise] never`, or all of it.
std::string Chosen(const std::string& text) {
  const auto open = text.find('['), close = text.find(']');
  return open == std::string::npos || close < open ? text : text.substr(open + 1, close - open - 1);
}

// `number` after `key=` in a pressure file's line that begins with `some`.
double Pressure(const std::string& text, std::string_view key) {
  for (const auto& word : Split(text.substr(0, text.find('\n')), " "))
    if (word.starts_with(key)) return Number(std::string_view(word).substr(key.size()));
  return 0;
}

std::string Caches(const std::string& cpu) {
  std::string caches;
  for (int i = 0; i < 8; ++i) {
    const auto base = fmt::format("{}/cache/index{}", cpu, i);
    const auto level = Slurp(base + "/level"), size = Slurp(base + "/size"), type = Slurp(base + "/type");
    if (level.empty() || size.empty()) break;
    const auto letter = type == "Data" ? "d" : type == "Instruction" ? "i" : "";
    caches += fmt::format("{}L{}{} {}", caches.empty() ? "" : ", ", level, letter, size);
  }
  return OrUnknown(caches);
}

std::string Hypervisor(const std::string& root, const std::string& cpuinfo) {
  const bool virtualised = Lookup(cpuinfo, "flags", ':').find("hypervisor") != std::string::npos;
  for (const auto* file : {"/sys/hypervisor/type", "/sys/class/dmi/id/sys_vendor"})
    if (auto name = Slurp(root + file); virtualised && !name.empty()) return name;
  return virtualised ? "yes, unnamed" : cpuinfo.empty() ? std::string(kUnknown) : "none";
}

std::string Aslr(const std::string& root) {
  const auto mode = Slurp(root + "/proc/sys/kernel/randomize_va_space");
  return mode == "0" ? "off" : mode == "1" ? "partial" : mode == "2" ? "full" : std::string(kUnknown);
}

void ReadCgroup(const std::string& root, Environment& card) {
  const auto v2 = Split(Slurp(root + "/sys/fs/cgroup/cpu.max"), " ");
  if (v2.size() == 2 && v2[0] != "max") card.cgroup_cpus = Number(v2[0]) / Number(v2[1]);
  const auto quota = Number(Slurp(root + "/sys/fs/cgroup/cpu/cpu.cfs_quota_us"));
  const auto period = Number(Slurp(root + "/sys/fs/cgroup/cpu/cpu.cfs_period_us"));
  if (quota > 0 && period > 0) card.cgroup_cpus = quota / period;
  for (const auto* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    const auto limit = Number(Slurp(root + file));
    // Version 1 says "unlimited" with a number larger than any machine.
    if (limit > 0 && limit < static_cast<double>(card.memory_bytes)) card.cgroup_memory_bytes = limit;
  }
}

// Finds the mount that holds `path` by its device number in /proc/self/mountinfo:
// id parent major:minor root mount-point options ... - type source super-options
void ReadDisk(const std::string& root, const std::string& path, Environment& card) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return;
  const auto device = fmt::format("{}:{}", major(info.st_dev), minor(info.st_dev));
  for (const auto& line : Split(Slurp(root + "/proc/self/mountinfo"), "\n")) {
    const auto words = Split(line, " ");
    const auto dash = std::ranges::find(words, "-");
    if (words.size() < 6 || words[2] != device || words.end() - dash < 3) continue;
    card.filesystem = fmt::format("{} ({})", dash[1], words[5]);
    const auto model = Slurp(fmt::format("{}/sys/dev/block/{}/device/model", root, device));
    card.disk = model.empty() ? dash[2] : fmt::format("{} ({})", dash[2], model);
    return;
  }
}

void ReadPressureOfHost(const std::string& root, Environment& card) {
  card.load_average = Number(Slurp(root + "/proc/loadavg"));
  card.cpu_pressure_percent = Pressure(Slurp(root + "/proc/pressure/cpu"), "avg60=");
  card.io_pressure_percent = Pressure(Slurp(root + "/proc/pressure/io"), "avg60=");
  card.memory_pressure_percent = Pressure(Slurp(root + "/proc/pressure/memory"), "avg60=");
  const auto sample = SampleHost(root);
  if (sample.cpu_ticks > 0) card.steal_percent = 100 * sample.steal_ticks / sample.cpu_ticks;
}

}  // namespace

Environment CaptureEnvironment(const CaptureOptions& options) {
  const auto& root = options.root;
  const auto cpuinfo = Slurp(root + "/proc/cpuinfo"), meminfo = Slurp(root + "/proc/meminfo");
  const auto cpu = root + "/sys/devices/system/cpu/cpu0";
  Environment card;
  card.cpu_model = OrUnknown(Lookup(cpuinfo, "model name", ':'));
  for (const auto& line : Split(cpuinfo, "\n")) card.cpus += line.starts_with("processor") ? 1 : 0;
  card.threads_per_core = static_cast<int>(Split(Slurp(cpu + "/topology/thread_siblings_list"), ",-").size());
  card.caches = Caches(cpu);
  card.affinity = OrUnknown(Lookup(Slurp(root + "/proc/self/status"), "Cpus_allowed_list", ':'));
  card.memory_bytes = MemoryLine(meminfo, "MemTotal");
  card.swap_bytes = MemoryLine(meminfo, "SwapTotal");
  card.os = OrUnknown(Lookup(Slurp(root + "/etc/os-release"), "PRETTY_NAME", '='));
  card.kernel = OrUnknown(Slurp(root + "/proc/sys/kernel/osrelease"));
  card.hypervisor = Hypervisor(root, cpuinfo);
  card.governor = OrUnknown(Slurp(cpu + "/cpufreq/scaling_governor"));
  card.transparent_huge_pages = OrUnknown(Chosen(Slurp(root + "/sys/kernel/mm/transparent_hugepage/enabled")));
  card.aslr = Aslr(root);
  card.clocksource = OrUnknown(Slurp(root + "/sys/devices/system/clocksource/clocksource0/current_clocksource"));
  card.filesystem = card.disk = kUnknown;
  ReadCgroup(root, card);
  ReadDisk(root, options.data_path, card);
  ReadPressureOfHost(root, card);
  return card;
}

HostSample SampleHost(const std::string& root) {
  HostSample sample;
  sample.steady_s = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  // cpu user nice system idle iowait irq softirq steal guest guest_nice; guest time is already in user time.
  const auto stat = Slurp(root + "/proc/stat");
  const auto ticks = Split(stat.substr(0, stat.find('\n')), " ");
  for (std::size_t i = 1; i < std::min<std::size_t>(ticks.size(), 9); ++i) sample.cpu_ticks += Number(ticks[i]);
  if (ticks.size() > 8) sample.steal_ticks = Number(ticks[8]);
  sample.cpu_stall_s = Pressure(Slurp(root + "/proc/pressure/cpu"), "total=") / 1e6;
  sample.io_stall_s = Pressure(Slurp(root + "/proc/pressure/io"), "total=") / 1e6;
  sample.memory_stall_s = Pressure(Slurp(root + "/proc/pressure/memory"), "total=") / 1e6;
  return sample;
}

HostLoad LoadBetween(const HostSample& before, const HostSample& after) {
  const auto share = [](double part, double whole) {
    return whole > 0 ? std::clamp(100 * part / whole, 0.0, 100.0) : 0;
  };
  const double seconds = after.steady_s - before.steady_s;
  return {.steal_percent = share(after.steal_ticks - before.steal_ticks, after.cpu_ticks - before.cpu_ticks),
          .cpu_pressure_percent = share(after.cpu_stall_s - before.cpu_stall_s, seconds),
          .io_pressure_percent = share(after.io_stall_s - before.io_stall_s, seconds),
          .memory_pressure_percent = share(after.memory_stall_s - before.memory_stall_s, seconds)};
}

}  // namespace holdfast::record
