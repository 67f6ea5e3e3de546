// A process under test: started, watched, and killed for real. It never outlives its parent: the kernel kills it with
// SIGKILL when the thread that started it ends, however that happens, and it stands in a process group of its own, so
// that Ctrl-C reaches only the testbed, which then cleans up.
//
//   HOLDFAST_ASSIGN(auto child, ChildProcess::Start({.command = {"/proc/self/exe", "sut", ...}, .output = log}));
//   ...
//   child.Signal(SIGKILL);
//   while (!child.Poll()) ...
//
// Owned by the thread that started it, which must live as long as the child may.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast {

class ChildProcess {
 public:
  struct Options {
    std::vector<std::string> command;  // The program's path, then its arguments.
    std::vector<int> cpus;             // Where it may run; empty means anywhere.
    std::string output;                // The file that gets all it prints, at its end.
  };
  // How it ended.
  struct Exit {
    int code = 0;    // When it ended by itself.
    int signal = 0;  // When a signal ended it; 0 otherwise.
    // "exited with code 3", "was ended by signal 11 (Segmentation fault)"
    std::string Text() const;
  };
  // What it has used so far; after its end, what it used in all.
  struct Usage {
    Duration cpu{};
    std::int64_t resident_bytes = 0;
    std::int64_t peak_resident_bytes = 0;  // As of the last sample.
    std::int64_t written_bytes = 0;        // To files, at most, as of the last sample.
    std::int64_t context_switches = 0;     // Known at its end.
  };

  // kNotFound if there is no such program, kInvalidArgument if a CPU does not exist.
  static Result<ChildProcess> Start(const Options& options);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  // Kills it if it still runs.
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  bool running() const { return !exit_; }
  // Its end, if it has ended. Does not wait.
  const std::optional<Exit>& Poll();
  // True while all its threads stand still after SIGSTOP.
  bool Stopped() const;
  // SIGKILL, or another signal, to it and everything it started. Does not wait for the effect.
  void Signal(int signal);
  // Kills it and returns when it is no more.
  const Exit& Kill();
  // Looks into /proc while it runs.
  const Usage& Sample();

 private:
  ChildProcess() = default;
  void Reap(int options);

  pid_t pid_ = -1;
  std::optional<Exit> exit_;
  Usage usage_;
};

// The last lines of a file, at most `bytes` of them; empty if it cannot be read.
std::string FileTail(const std::string& path, std::size_t bytes = 2000);
// The last line of what a process printed, without the program's name that stands before a complaint.
std::string_view LastLine(std::string_view text);
// CPUs this process may run on, ascending.
std::vector<int> AllowedCpus();
// Keeps the calling thread, and those it starts, on these CPUs. Empty means: no change.
Status PinToCpus(const std::vector<int>& cpus);

}  // namespace holdfast
