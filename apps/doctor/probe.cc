#include "apps/doctor/probe.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "engines/steady_now.h"
#include "engines/supervisor/child_process.h"

namespace holdfast::doctor {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPatience = 5s;
constexpr std::size_t kSleeps = 1000;
constexpr std::size_t kSyncs = 200;
constexpr std::size_t kMost = 64 << 20;

std::string ErrnoText() { return std::generic_category().message(errno); }

// Looks again and again until it is true, or patience ends.
template <class Condition>
bool Comes(Condition condition) {
  const auto give_up = SteadyNow() + kPatience;
  while (!condition()) {
    if (SteadyNow() > give_up) return false;
    ::usleep(1000);
  }
  return true;
}

class Trial {
 public:
  explicit Trial(std::string folder) : folder_(std::move(folder)), output_(folder_ + "/output") {}

  Attempt Kill() const {
    Attempt attempt{.name = "kill", .how = "SIGKILL to a child", .use = "Faults kill and storm.", .needed = true};
    auto child = Sleeper();
    if (!child.ok()) return Failed(std::move(attempt), child.error().message);
    attempt.works = child->Kill().signal == SIGKILL;
    return attempt;
  }

  Attempt Pause() const {
    Attempt attempt{.name = "pause", .how = "SIGSTOP and SIGCONT to a child", .use = "Fault pause.", .needed = true};
    auto child = Sleeper();
    if (!child.ok()) return Failed(std::move(attempt), child.error().message);
    child->Signal(SIGSTOP);
    attempt.works = Comes([&] { return child->Stopped(); });
    child->Signal(SIGCONT);
    return attempt;
  }

  // Whether a shell's script ends well.
  Attempt Script(Attempt attempt, const std::string& script) const {
    std::error_code ignored;
    std::filesystem::remove(output_, ignored);
    auto child = ChildProcess::Start({.command = {"/bin/sh", "-c", script}, .cpus = {}, .output = output_});
    if (!child.ok()) return Failed(std::move(attempt), child.error().message);
    if (!Comes([&] { return child->Poll().has_value(); })) return Failed(std::move(attempt), "it did not end");
    const auto exit = child->Kill();
    attempt.works = exit.code == 0 && exit.signal == 0;
    return attempt.works ? attempt : Failed(std::move(attempt), LastLine());
  }

 private:
  static Attempt Failed(Attempt attempt, std::string trouble) {
    attempt.trouble = std::move(trouble);
    return attempt;
  }
  Result<ChildProcess> Sleeper() const {
    return ChildProcess::Start({.command = {"/bin/sleep", "60"}, .cpus = {}, .output = output_});
  }
  std::string LastLine() const {
    auto text = FileTail(output_);
    while (text.ends_with('\n')) text.pop_back();
    return text.substr(text.rfind('\n') + 1);
  }

  const std::string folder_, output_;
};

// No suite inflicts these yet; whoever writes such a fault wants to know.
std::vector<Attempt> TryForLater(const Trial& trial, const std::string& folder) {
  const auto unused = [](std::string name, std::string how, std::string use) {
    return Attempt{
        .name = std::move(name), .how = std::move(how), .use = std::move(use) + " No fault needs it so far."};
  };
  const auto tmpfs = fmt::format(
      "mkdir {0}/full && unshare --mount sh -c 'mount -t tmpfs -o size=64k none {0}/full && ! dd if=/dev/zero "
      "of={0}/full/x bs=128k count=1 2>/dev/null'; code=$?; rmdir {0}/full; exit $code",
      folder);
  const std::string cgroup =
      "c=/sys/fs/cgroup/holdfast-doctor-$$; grep -q cpu /sys/fs/cgroup/cgroup.controllers && mkdir $c && rmdir $c";
  return {
      trial.Script(unused("full disk", "a tmpfs of 64 KiB in a mount namespace, filled", "A store that is full."),
                   tmpfs),
      trial.Script(unused("network namespace", "unshare --net", "Processes that cannot reach each other."),
                   "unshare --net true"),
      trial.Script(unused("slow network", "tc netem on the loop-back device of a network namespace",
                          "Delay, loss and reordering between processes."),
                   "unshare --net sh -c 'tc qdisc add dev lo root netem delay 1ms'"),
      trial.Script(unused("packet filter", "an empty nft table in a network namespace", "Partitions in one direction."),
                   "unshare --net nft add table inet holdfast"),
      trial.Script(unused("cgroup limits", "a cgroup of version 2, made and removed", "Little CPU, memory or disk."),
                   cgroup),
  };
}

std::vector<std::int64_t> TimeSyncs(int file) {
  const std::string block(4096, 'x');
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < kSyncs; ++i) {
    const auto begun = SteadyNow();
    if (::write(file, block.data(), block.size()) < 0 || ::fdatasync(file) != 0) return {};
    times.push_back((SteadyNow() - begun).count());
  }
  return times;
}

double TimeWrites(int file) {
  const std::string block(1 << 20, 'x');
  const auto begun = SteadyNow();
  for (std::size_t written = 0; written < kMost; written += block.size()) {
    if (::write(file, block.data(), block.size()) < 0) return 0;
  }
  if (::fdatasync(file) != 0) return 0;
  return static_cast<double>(kMost) / std::chrono::duration<double>(SteadyNow() - begun).count();
}

}  // namespace

std::vector<Attempt> TryFaults(const std::string& folder) {
  const Trial trial(folder);
  std::vector<Attempt> attempts = {trial.Kill(), trial.Pause()};
  for (auto& attempt : TryForLater(trial, folder)) attempts.push_back(std::move(attempt));
  return attempts;
}

std::vector<std::int64_t> MeasureTimer(std::size_t sleeps) {
  std::vector<std::int64_t> lateness;
  for (std::size_t i = 0; i < sleeps; ++i) {
    const auto until = SteadyNow() + 1ms;
    const timespec at{until.nanos / 1'000'000'000, until.nanos % 1'000'000'000};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, nullptr) == EINTR) {
    }
    lateness.push_back((SteadyNow() - until).count());
  }
  return lateness;
}

DiskFigures MeasureDisk(const std::string& folder) {
  DiskFigures figures{.folder = folder};
  const auto path = folder + "/disk";
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    figures.trouble = ErrnoText();
    return figures;
  }
  const auto syncs = TimeSyncs(file);
  if (!syncs.empty()) figures.bytes_per_second = TimeWrites(file);
  if (syncs.empty() || figures.bytes_per_second == 0) figures.trouble = ErrnoText();
  figures.sync = PercentilesOf(syncs);
  ::close(file);
  ::unlink(path.c_str());
  struct statvfs room {};
  if (::statvfs(folder.c_str(), &room) == 0) figures.free_bytes = std::uint64_t{room.f_bavail} * room.f_frsize;
  return figures;
}

Findings Examine(const std::string& folder) {
  Findings findings;
  const auto before = record::SampleHost();
  auto own = folder + "/holdfast-doctor-XXXXXX";
  DiskFigures disk{.folder = folder};
  if (::mkdtemp(own.data()) == nullptr) {
    disk.trouble = ErrnoText();
  } else {
    for (const auto& attempt : TryFaults(own)) findings.faults.push_back(JudgeAttempt(attempt));
    disk = MeasureDisk(own);
    disk.folder = folder;
    std::error_code ignored;
    std::filesystem::remove_all(own, ignored);
  }
  findings.noise = {JudgeTimer(PercentilesOf(MeasureTimer(kSleeps)))};
  for (auto& finding : JudgeDisk(disk)) findings.noise.push_back(std::move(finding));
  const auto machine = record::CaptureEnvironment({.data_path = folder, .root = {}});
  for (auto& finding : JudgeMachine(machine, record::LoadBetween(before, record::SampleHost()))) {
    findings.noise.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace holdfast::doctor
