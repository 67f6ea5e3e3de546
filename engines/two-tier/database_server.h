// The server of a database, as a child of the engine: made for a run in a folder of its own, served at a Unix socket
// and nowhere else. It can be killed for real, with all its processes, and started again over what is on disk.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "engines/supervisor/child_process.h"
#include "engines/two-tier/process_tree.h"

namespace holdfast::two_tier {

// Owned by the thread that made it.
class DatabaseServer {
 public:
  struct Options {
    std::string folder;       // For its data, socket and output; empty, and to be entered by the user it runs as.
    std::string binaries{};   // The folder of its programs; empty: where Debian puts them.
    std::vector<int> cpus{};  // Where it may run; empty means anywhere.
  };

  virtual ~DatabaseServer() = default;

  // Starts it; it is down.
  Status Launch();
  // Whether it takes connections.
  virtual bool Ready() const = 0;
  bool running() const { return child_.has_value(); }
  // SIGKILL, or another signal, to all its processes.
  void Signal(int signal);
  // How it ended, once none of its processes is left.
  std::optional<ChildProcess::Exit> Poll();
  // Ends it in good order, or soon by force. Does nothing if it is down.
  void Stop();

  // Of this start and all before.
  TreeUsage Measure();
  // What it wrote last about why it ended, in one line.
  std::string LastWords() const;
  const std::string& folder() const { return options_.folder; }

 protected:
  explicit DatabaseServer(Options options) : options_(std::move(options)) {}
  // The program and its arguments, after what must be done before it can run.
  virtual std::vector<std::string> PrepareLaunch() = 0;
  // The signal that asks it to end.
  virtual int goodbye() const = 0;
  virtual WritesAre writes() const = 0;

  const Options& options() const { return options_; }
  pid_t pid() const { return child_->pid(); }
  std::string output() const { return options_.folder + "/output"; }

 private:
  Options options_;
  std::optional<ChildProcess> child_;
  std::vector<pid_t> killed_;  // Processes that a kill has yet to end.
  TreeUsage past_, present_;
};

}  // namespace holdfast::two_tier
