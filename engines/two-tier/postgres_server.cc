#include "engines/two-tier/postgres_server.h"

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "engines/steady_now.h"

namespace holdfast::two_tier {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr Duration kMakeTimeout = 60s;
constexpr Duration kGoodbye = 5s;

struct Account {
  uid_t user = 0;
  gid_t group = 0;
};

// Whom it runs as when we are root.
Account ItsAccount() {
  for (const auto* name : {"postgres", "nobody"}) {
    if (const auto* entry = ::getpwnam(name)) return {entry->pw_uid, entry->pw_gid};
  }
  return {65534, 65534};
}

std::string NewestBinaries() {
  std::string newest;
  int version = -1;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", failed)) {
    const auto number = std::atoi(entry.path().filename().c_str());
    if (number <= version || !fs::exists(entry.path() / "bin/initdb", failed)) continue;
    version = number;
    newest = entry.path() / "bin";
  }
  return newest;
}

std::string_view LastLine(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  text.remove_prefix(text.rfind('\n') + 1);
  return text;
}

bool IsAlive(pid_t pid) {
  std::ifstream stat(fmt::format("/proc/{}/stat", pid));
  std::string line;
  std::getline(stat, line);
  const auto name_end = line.rfind(')');
  return name_end != std::string::npos && line.compare(name_end, 4, ") Z ") != 0;
}

}  // namespace

Result<PostgresServer> PostgresServer::Make(Options options) {
  if (options.binaries.empty()) options.binaries = NewestBinaries();
  std::error_code failed;
  for (const auto* program : {"/initdb", "/postgres"}) {
    if (!options.binaries.empty() && fs::exists(options.binaries + program, failed)) continue;
    return MakeError(ErrorCode::kNotFound,
                     "there is no PostgreSQL{}{}: scripts/install-deps installs Debian's package postgresql",
                     options.binaries.empty() ? "" : " in ", options.binaries);
  }
  PostgresServer server(std::move(options));
  HOLDFAST_TRY(server.MakeCluster());
  return server;
}

std::vector<std::string> PostgresServer::AsItsUser(std::vector<std::string> command) const {
  if (::geteuid() != 0) return command;
  const auto account = ItsAccount();
  // A change of user makes the kernel forget whose death is to be its own.
  std::vector<std::string> whole = {"/usr/bin/setpriv",
                                    fmt::format("--reuid={}", account.user),
                                    fmt::format("--regid={}", account.group),
                                    "--clear-groups",
                                    "--pdeathsig",
                                    "KILL",
                                    "--"};
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

Status PostgresServer::MakeCluster() {
  if (::geteuid() == 0) {
    const auto account = ItsAccount();
    if (::chown(options_.folder.c_str(), account.user, account.group) != 0) {
      return MakeError(ErrorCode::kUnavailable, "the folder {} cannot be given to the database's user",
                       options_.folder);
    }
  }
  auto maker = ChildProcess::Start(
      {AsItsUser({options_.binaries + "/initdb", "--pgdata=" + DataFolder(), "--username=postgres", "--auth=trust",
                  "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"}),
       {},
       Output()});
  if (!maker.ok()) return maker.status();
  const auto give_up = SteadyNow() + kMakeTimeout;
  while (!maker->Poll() && SteadyNow() < give_up) std::this_thread::sleep_for(5ms);
  const auto end = maker->Kill();
  if (end.signal == 0 && end.code == 0) return {};
  const auto hint = ::geteuid() == 0 ? "; it runs as a user of its own, who must be able to enter the folder" : "";
  return MakeError(ErrorCode::kExhausted, "the database could not be made in {}: initdb {}: {}{}", options_.folder,
                   end.Text(), LastLine(FileTail(Output())), hint);
}

Status PostgresServer::Launch() {
  HOLDFAST_CHECK(!child_, "the database is started twice");
  // A killed one leaves it behind; Ready reads it.
  std::error_code failed;
  fs::remove(DataFolder() + "/postmaster.pid", failed);
  HOLDFAST_ASSIGN(
      child_, ChildProcess::Start({AsItsUser({options_.binaries + "/postgres", "-D", DataFolder(), "-c",
                                              "listen_addresses=", "-c", "unix_socket_directories=" + options_.folder,
                                              "-c", "fsync=on", "-c", "synchronous_commit=on"}),
                                   options_.cpus, Output()}));
  return {};
}

bool PostgresServer::Ready() const {
  if (!child_) return false;
  std::ifstream file(DataFolder() + "/postmaster.pid");
  std::string line;
  constexpr int kStatusLine = 8;
  for (int i = 0; i < kStatusLine; ++i) std::getline(file, line);
  return file && line.starts_with("ready");
}

void PostgresServer::Signal(int signal) {
  if (!child_) return;
  Measure();
  if (signal == SIGKILL) killed_ = ProcessTree(child_->pid());
  SignalTree(child_->pid(), signal);
}

std::optional<ChildProcess::Exit> PostgresServer::Poll() {
  if (!child_ || !child_->Poll()) return std::nullopt;
  std::erase_if(killed_, [](pid_t pid) { return !IsAlive(pid); });
  if (!killed_.empty()) return std::nullopt;
  const auto exit = *child_->Poll();
  past_.cpu += present_.cpu;
  past_.written_bytes += present_.written_bytes;
  present_ = {};
  child_.reset();
  return exit;
}

void PostgresServer::Stop() {
  if (!child_) return;
  SignalTree(child_->pid(), SIGCONT);
  child_->Signal(SIGINT);  // Its fast shutdown.
  const auto give_up = SteadyNow() + kGoodbye;
  while (!child_->Poll() && SteadyNow() < give_up) std::this_thread::sleep_for(2ms);
  if (child_->running()) Signal(SIGKILL);
  child_->Kill();
  child_.reset();
}

TreeUsage PostgresServer::Measure() {
  if (child_ && child_->running()) {
    const auto now = MeasureTree(child_->pid());
    if (now.cpu >= present_.cpu) present_ = now;  // Else it is ending.
  }
  auto sum = present_;
  sum.cpu += past_.cpu;
  sum.written_bytes += past_.written_bytes;
  return sum;
}

std::string PostgresServer::LastWords() const {
  const auto output = FileTail(Output());
  for (const std::string_view word : {"PANIC:", "FATAL:"}) {
    const auto at = output.rfind(word);
    if (at != std::string::npos) return output.substr(at, output.find('\n', at) - at);
  }
  return output;
}

}  // namespace holdfast::two_tier
