#include "engines/two-tier/databases.h"

#include "engines/two-tier/postgres_server.h"
#include "engines/two-tier/redis_server.h"

namespace holdfast::two_tier {

std::optional<DatabaseKind> DatabaseKindOf(std::string_view name) {
  if (name == "postgresql") return DatabaseKind::kPostgresql;
  if (name == "redis") return DatabaseKind::kRedis;
  return std::nullopt;
}

Result<std::unique_ptr<DatabaseServer>> MakeDatabaseServer(DatabaseKind kind, DatabaseServer::Options options) {
  if (kind == DatabaseKind::kRedis) return RedisServer::Make(std::move(options));
  return PostgresServer::Make(std::move(options));
}

std::unique_ptr<Database> OpenDatabase(DatabaseKind kind, const std::string& folder, Duration retention) {
  if (kind == DatabaseKind::kRedis) return OpenRedis(folder, retention);
  return OpenPostgres(folder, retention);
}

}  // namespace holdfast::two_tier
