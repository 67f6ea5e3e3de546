// A PostgreSQL of our own, a fresh cluster, durable as the default configuration is (fsync and synchronous_commit on).
//
// PostgreSQL refuses to run as root; then it runs as the user postgres, whom Debian's package makes, or as nobody.
#pragma once

#include <signal.h>

#include <memory>
#include <string>
#include <vector>

#include "engines/two-tier/database_server.h"

namespace holdfast::two_tier {

class PostgresServer final : public DatabaseServer {
 public:
  // Makes the cluster. kNotFound if the programs are missing, kExhausted if it cannot be made.
  static Result<std::unique_ptr<DatabaseServer>> Make(Options options);

  bool Ready() const override;

 private:
  using DatabaseServer::DatabaseServer;
  std::vector<std::string> PrepareLaunch() override;
  int goodbye() const override { return SIGINT; }  // Its fast shutdown.
  WritesAre writes() const override { return WritesAre::kWholePages; }
  Status MakeCluster();
  std::string DataFolder() const { return folder() + "/data"; }
};

}  // namespace holdfast::two_tier
