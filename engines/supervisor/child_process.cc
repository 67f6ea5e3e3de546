#include "engines/supervisor/child_process.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "engines/supervisor/proc_file.h"
#include "engines/supervisor/written_bytes.h"

namespace holdfast {

namespace {

std::string ErrnoText(int error) { return std::generic_category().message(error); }

Duration DurationOf(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }
  int get() const { return fd_; }
  void Close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

// Everything the child needs between vfork and exec, made beforehand: it shares the parent's memory and may only make
// system calls.
struct Launch {
  std::vector<char*> arguments;
  std::optional<cpu_set_t> cpus;
  int output = -1;
  pid_t parent = -1;
  int failure = -1;  // The end of a pipe that takes the child's errno if it fails, and is closed by its exec.
};

[[noreturn]] void BecomeProgram(const Launch& launch) {
  const auto fail = [&launch] {
    const int error = errno;
    (void)!::write(launch.failure, &error, sizeof(error));
    ::_exit(127);
  };
  ::setpgid(0, 0);
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail();
  if (::getppid() != launch.parent) ::_exit(127);  // The parent died before the line above.
  if (launch.cpus && ::sched_setaffinity(0, sizeof(cpu_set_t), &*launch.cpus) != 0) fail();
  if (::dup2(launch.output, STDOUT_FILENO) < 0 || ::dup2(launch.output, STDERR_FILENO) < 0) fail();
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execv(launch.arguments.front(), launch.arguments.data());
  fail();
  ::_exit(127);
}

// vfork, because fork would copy the page tables of a testbed that holds gigabytes of results, in the middle of a
// measurement. That the child's writes to memory reach the parent is not relied upon: ThreadSanitizer forks instead.
[[gnu::noinline]] pid_t VforkAndExec(const Launch& launch) {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // No handler may run in the child while it borrows our memory.
  const pid_t pid = ::vfork();
  if (pid == 0) BecomeProgram(launch);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

// The errno a child left in the pipe, or 0 once its exec has closed it.
int ReadFailure(int pipe) {
  int error = 0;
  ssize_t got = 0;
  do {
    got = ::read(pipe, &error, sizeof(error));
  } while (got < 0 && errno == EINTR);
  return got == sizeof(error) ? error : 0;
}

Result<cpu_set_t> CpuSet(const std::vector<int>& cpus) {
  const auto count = ::sysconf(_SC_NPROCESSORS_CONF);
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) {
    if (cpu < 0 || cpu >= count) {
      return MakeError(ErrorCode::kInvalidArgument, "there is no CPU {}: this machine has 0 to {}", cpu, count - 1);
    }
    CPU_SET(cpu, &set);
  }
  return set;
}

}  // namespace

std::string ChildProcess::Exit::Text() const {
  if (signal == 0) return fmt::format("exited with code {}", code);
  return fmt::format("was ended by signal {} ({})", signal, ::strsignal(signal));
}

Result<ChildProcess> ChildProcess::Start(const Options& options) {
  HOLDFAST_CHECK(!options.command.empty(), "no command");
  Launch launch;
  for (const auto& argument : options.command) launch.arguments.push_back(const_cast<char*>(argument.c_str()));
  launch.arguments.push_back(nullptr);
  if (!options.cpus.empty()) {
    HOLDFAST_ASSIGN(launch.cpus, CpuSet(options.cpus));
  }
  const Descriptor output(::open(options.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (output.get() < 0) {
    return MakeError(ErrorCode::kNotFound, "cannot write the output of a process to {}: {}", options.output,
                     ErrnoText(errno));
  }
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) {
    return MakeError(ErrorCode::kExhausted, "cannot start a process: {}", ErrnoText(errno));
  }
  const Descriptor failure(pipe[0]);
  Descriptor childs_end(pipe[1]);
  launch.output = output.get();
  launch.failure = childs_end.get();
  launch.parent = ::getpid();
  const pid_t pid = VforkAndExec(launch);
  if (pid < 0) return MakeError(ErrorCode::kExhausted, "cannot start a process: {}", ErrnoText(errno));
  childs_end.Close();
  if (const int error = ReadFailure(failure.get()); error != 0) {
    (void)::waitpid(pid, nullptr, 0);
    return MakeError(ErrorCode::kNotFound, "cannot run {}: {}", options.command.front(), ErrnoText(error));
  }
  ChildProcess child;
  child.pid_ = pid;
  return child;
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept { *this = std::move(other); }

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(exit_, other.exit_);
  std::swap(usage_, other.usage_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) Kill();
}

void ChildProcess::Reap(int options) {
  if (exit_) return;
  int status = 0;
  rusage used{};
  pid_t ended = 0;
  do {
    ended = ::wait4(pid_, &status, options, &used);
  } while (ended < 0 && errno == EINTR);
  if (ended != pid_) return;
  exit_ = WIFSIGNALED(status) ? Exit{.code = 0, .signal = WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
  // Not ru_maxrss: a child started by vfork inherits its parent's peak there.
  usage_.cpu = DurationOf(used.ru_utime) + DurationOf(used.ru_stime);
  usage_.context_switches = used.ru_nvcsw + used.ru_nivcsw;
  usage_.resident_bytes = 0;
}

const std::optional<ChildProcess::Exit>& ChildProcess::Poll() {
  Reap(WNOHANG);
  return exit_;
}

void ChildProcess::Signal(int signal) {
  if (!exit_) ::kill(-pid_, signal);
}

bool ChildProcess::Stopped() const {
  siginfo_t info{};
  return !exit_ && ::waitid(P_PID, static_cast<id_t>(pid_), &info, WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

const ChildProcess::Exit& ChildProcess::Kill() {
  Signal(SIGKILL);
  Reap(0);
  HOLDFAST_CHECK(exit_.has_value(), "process {} is no child", pid_);
  return *exit_;
}

const ChildProcess::Usage& ChildProcess::Sample() {
  clockid_t clock{};
  timespec cpu{};
  if (exit_ || ::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &cpu) != 0) return usage_;
  usage_.cpu = std::chrono::seconds(cpu.tv_sec) + std::chrono::nanoseconds(cpu.tv_nsec);
  const auto status = ReadProcFile(pid_, "status");
  const auto peak = NumberIn(status, "VmHWM:") * 1024;
  if (peak == 0) return usage_;  // It is ending.
  usage_.peak_resident_bytes = peak;
  usage_.resident_bytes = NumberIn(status, "VmRSS:") * 1024;
  usage_.written_bytes = WrittenBytesOf(pid_, WritesAre::kOfAnySize);
  return usage_;
}

std::string_view LastLine(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  text.remove_prefix(text.rfind('\n') + 1);
  constexpr std::string_view kProgram = "holdfast: ";
  return text.starts_with(kProgram) ? text.substr(kProgram.size()) : text;
}

std::string FileTail(const std::string& path, std::size_t bytes) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  auto tail = std::move(text).str();
  if (tail.size() > bytes) {
    tail.erase(0, tail.size() - bytes);
    if (const auto line = tail.find('\n'); line != std::string::npos) tail.erase(0, line + 1);
  }
  return tail;
}

std::vector<int> AllowedCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (::sched_getaffinity(0, sizeof(set), &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

Status PinToCpus(const std::vector<int>& cpus) {
  if (cpus.empty()) return {};
  HOLDFAST_ASSIGN(const auto set, CpuSet(cpus));
  if (::sched_setaffinity(0, sizeof(set), &set) != 0) {
    return MakeError(ErrorCode::kInternal, "cannot pin to CPUs {}: {}", fmt::join(cpus, ", "), ErrnoText(errno));
  }
  return {};
}

}  // namespace holdfast
