#include "engines/two-tier/postgres_server.h"

#include <pwd.h>
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

std::vector<std::string> AsItsUser(std::vector<std::string> command) {
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

}  // namespace

Result<std::unique_ptr<DatabaseServer>> PostgresServer::Make(Options options) {
  if (options.binaries.empty()) options.binaries = NewestBinaries();
  std::error_code failed;
  for (const auto* program : {"/initdb", "/postgres"}) {
    if (!options.binaries.empty() && fs::exists(options.binaries + program, failed)) continue;
    return MakeError(ErrorCode::kNotFound,
                     "there is no PostgreSQL{}{}: scripts/install-deps installs Debian's package postgresql",
                     options.binaries.empty() ? "" : " in ", options.binaries);
  }
  std::unique_ptr<PostgresServer> server(new PostgresServer(std::move(options)));
  HOLDFAST_TRY(server->MakeCluster());
  return std::unique_ptr<DatabaseServer>(std::move(server));
}

Status PostgresServer::MakeCluster() {
  if (::geteuid() == 0) {
    const auto account = ItsAccount();
    if (::chown(options().folder.c_str(), account.user, account.group) != 0) {
      return MakeError(ErrorCode::kUnavailable, "the folder {} cannot be given to the database's user",
                       options().folder);
    }
  }
  auto maker = ChildProcess::Start(
      {AsItsUser({options().binaries + "/initdb", "--pgdata=" + DataFolder(), "--username=postgres", "--auth=trust",
                  "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"}),
       {},
       output()});
  if (!maker.ok()) return maker.status();
  const auto give_up = SteadyNow() + kMakeTimeout;
  while (!maker->Poll() && SteadyNow() < give_up) std::this_thread::sleep_for(5ms);
  const auto end = maker->Kill();
  if (end.signal == 0 && end.code == 0) return {};
  const auto hint = ::geteuid() == 0 ? "; it runs as a user of its own, who must be able to enter the folder" : "";
  return MakeError(ErrorCode::kExhausted, "the database could not be made in {}: initdb {}: {}{}", options().folder,
                   end.Text(), LastLine(FileTail(output())), hint);
}

std::vector<std::string> PostgresServer::PrepareLaunch() {
  // A killed one leaves it behind; Ready reads it.
  std::error_code failed;
  fs::remove(DataFolder() + "/postmaster.pid", failed);
  return AsItsUser({options().binaries + "/postgres", "-D", DataFolder(), "-c", "listen_addresses=", "-c",
                    "unix_socket_directories=" + folder(), "-c", "fsync=on", "-c", "synchronous_commit=on"});
}

bool PostgresServer::Ready() const {
  if (!running()) return false;
  std::ifstream file(DataFolder() + "/postmaster.pid");
  std::string line;
  constexpr int kStatusLine = 8;
  for (int i = 0; i < kStatusLine; ++i) std::getline(file, line);
  return file && line.starts_with("ready");
}

}  // namespace holdfast::two_tier
