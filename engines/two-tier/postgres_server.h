// A PostgreSQL of our own: a fresh cluster in a folder, served at a Unix socket and nowhere else, durable as the
// default configuration is (fsync and synchronous_commit on). It can be killed for real, with all its processes, and
// started again over what is on disk.
//
// PostgreSQL refuses to run as root; then it runs as the user postgres, whom Debian's package makes, or as nobody.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "engines/supervisor/child_process.h"
#include "engines/two-tier/process_tree.h"

namespace holdfast::two_tier {

// Owned by the thread that made it.
class PostgresServer {
 public:
  struct Options {
    std::string folder;       // For its data, socket and output; empty, and to be entered by the user it runs as.
    std::string binaries;     // The folder of `initdb` and `postgres`; empty: where Debian puts the newest version.
    std::vector<int> cpus{};  // Where it may run; empty means anywhere.
  };

  // Makes the cluster. kNotFound if the binaries are missing, kExhausted if it cannot be made.
  static Result<PostgresServer> Make(Options options);

  // Starts it; it is down.
  Status Launch();
  // Whether it takes connections.
  bool Ready() const;
  bool running() const { return child_.has_value(); }
  // SIGKILL, or another signal, to all its processes.
  void Signal(int signal);
  // How it ended, once none of its processes is left.
  std::optional<ChildProcess::Exit> Poll();
  // Ends it in good order, or soon by force. Does nothing if it is down.
  void Stop();

  // Of this start and all before.
  TreeUsage Measure();
  // What it wrote last about why it ended, or all its last lines.
  std::string LastWords() const;
  const std::string& socket_folder() const { return options_.folder; }

 private:
  explicit PostgresServer(Options options) : options_(std::move(options)) {}
  Status MakeCluster();
  std::vector<std::string> AsItsUser(std::vector<std::string> command) const;
  std::string DataFolder() const { return options_.folder + "/data"; }
  std::string Output() const { return options_.folder + "/output"; }

  Options options_;
  std::optional<ChildProcess> child_;
  std::vector<pid_t> killed_;  // Processes that a kill has yet to end.
  TreeUsage past_, present_;
};

}  // namespace holdfast::two_tier
