#include "results/record/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using namespace record;

// A made-up /proc and /sys.
class EnvironmentTest : public testing::Test {
 protected:
  void Put(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path) << text;
  }
  Environment Capture() { return CaptureEnvironment({.data_path = ".", .root = root_}); }
  const TemporaryFolder base_;
  const std::string root_ = base_ / "root";
};

TEST_F(EnvironmentTest, ReadsProcessorMemoryAndSystem) {
  Put("/proc/cpuinfo",
      "processor\t: 0\nmodel name\t: Quick CPU\nflags\t\t: fpu hypervisor\n\nprocessor\t: 1\nmodel name\t: Quick "
      "CPU\n");
  Put("/proc/meminfo", "MemTotal:       1024 kB\nSwapTotal:         8 kB\n");
  Put("/etc/os-release", "NAME=\"X\"\nPRETTY_NAME=\"X Linux 1\"\n");
  Put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
  Put("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
  Put("/proc/sys/kernel/randomize_va_space", "2\n");
  const auto card = Capture();
  EXPECT_EQ(card.cpu_model, "Quick CPU");
  EXPECT_EQ(card.cpus, 2);
  EXPECT_EQ(card.memory_bytes, 1024 * 1024);
  EXPECT_EQ(card.swap_bytes, 8 * 1024);
  EXPECT_EQ(card.os, "X Linux 1");
  EXPECT_EQ(card.hypervisor, "QEMU");
  EXPECT_EQ(card.transparent_huge_pages, "madvise");
  EXPECT_EQ(card.aslr, "full");
}

TEST_F(EnvironmentTest, ReadsCaches) {
  const std::string base = "/sys/devices/system/cpu/cpu0/cache/index";
  Put(base + "0/level", "1\n"), Put(base + "0/size", "32K\n"), Put(base + "0/type", "Data\n");
  Put(base + "1/level", "3\n"), Put(base + "1/size", "8192K\n"), Put(base + "1/type", "Unified\n");
  EXPECT_EQ(Capture().caches, "L1d 32K, L3 8192K");
}

TEST_F(EnvironmentTest, ReadsLimitsOfBothKindsOfControlGroup) {
  Put("/proc/meminfo", "MemTotal: 4096 kB\n");
  Put("/sys/fs/cgroup/cpu.max", "150000 100000\n");
  Put("/sys/fs/cgroup/memory.max", "1048576\n");
  EXPECT_EQ(Capture().cgroup_cpus, 1.5);
  EXPECT_EQ(Capture().cgroup_memory_bytes, 1'048'576);
  Put("/sys/fs/cgroup/cpu.max", "max 100000\n");
  Put("/sys/fs/cgroup/memory.max", "max\n");
  EXPECT_EQ(Capture().cgroup_cpus, std::nullopt);
  EXPECT_EQ(Capture().cgroup_memory_bytes, std::nullopt);
  Put("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n"), Put("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  Put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(Capture().cgroup_cpus, 0.5);
  EXPECT_EQ(Capture().cgroup_memory_bytes, std::nullopt);
}

TEST_F(EnvironmentTest, ReadsPressureStealAndLoad) {
  Put("/proc/stat", "cpu  100 0 50 800 0 0 0 50 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
  Put("/proc/pressure/cpu", "some avg10=1.00 avg60=12.50 avg300=3.00 total=2000000\n");
  Put("/proc/loadavg", "1.25 0.80 0.70 2/200 4242\n");
  const auto card = Capture();
  EXPECT_DOUBLE_EQ(card.steal_percent, 5.0);
  EXPECT_DOUBLE_EQ(card.cpu_pressure_percent, 12.5);
  EXPECT_DOUBLE_EQ(card.load_average, 1.25);
  EXPECT_DOUBLE_EQ(SampleHost(root_).cpu_stall_s, 2.0);
}

TEST_F(EnvironmentTest, SaysUnknownWhereTheSystemIsSilent) {
  const auto card = Capture();
  EXPECT_EQ(card.cpu_model, "unknown");
  EXPECT_EQ(card.hypervisor, "unknown");
  EXPECT_EQ(card.governor, "unknown");
  EXPECT_EQ(card.memory_bytes, 0);
}

TEST(HostLoadTest, IsTheDifferenceOfTwoSamplesInPerCent) {
  const HostSample before{.steady_s = 10, .cpu_ticks = 1000, .steal_ticks = 10, .cpu_stall_s = 1};
  const HostSample after{.steady_s = 20, .cpu_ticks = 3000, .steal_ticks = 110, .cpu_stall_s = 3, .io_stall_s = 0.5};
  const auto load = LoadBetween(before, after);
  EXPECT_DOUBLE_EQ(load.steal_percent, 5.0);
  EXPECT_DOUBLE_EQ(load.cpu_pressure_percent, 20.0);
  EXPECT_DOUBLE_EQ(load.io_pressure_percent, 5.0);
  EXPECT_DOUBLE_EQ(load.memory_pressure_percent, 0.0);
}

TEST(RealEnvironmentTest, TellsSomethingAboutThisMachine) {
  const auto card = CaptureEnvironment();
  EXPECT_GT(card.cpus, 0);
  EXPECT_GT(card.memory_bytes, 0);
  EXPECT_NE(card.kernel, "unknown");
  EXPECT_NE(card.filesystem, "unknown");
}

}  // namespace
}  // namespace holdfast
