// A Redis of our own, with all data in memory and everything that changes them in an append-only file, which is synced
// before any change is acknowledged (appendfsync always).
#pragma once

#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "engines/two-tier/database_server.h"

namespace holdfast::two_tier {

class RedisServer final : public DatabaseServer {
 public:
  // kNotFound if the program is missing.
  static Result<std::unique_ptr<DatabaseServer>> Make(Options options);

  bool Ready() const override;

 private:
  using DatabaseServer::DatabaseServer;
  std::vector<std::string> PrepareLaunch() override;
  int goodbye() const override { return SIGTERM; }
  WritesAre writes() const override { return WritesAre::kOfAnySize; }
};

// In the folder of the server.
std::string RedisSocket(const std::string& folder);

}  // namespace holdfast::two_tier
