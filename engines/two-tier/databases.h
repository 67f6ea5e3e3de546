// The databases that services can keep their state in.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engines/two-tier/database.h"
#include "engines/two-tier/database_server.h"

namespace holdfast::two_tier {

enum class DatabaseKind : std::uint8_t { kPostgresql, kRedis };

// "postgresql", "redis"; nothing for another word.
std::optional<DatabaseKind> DatabaseKindOf(std::string_view name);

// A server that is down, with nothing in it.
Result<std::unique_ptr<DatabaseServer>> MakeDatabaseServer(DatabaseKind kind, DatabaseServer::Options options);
// What the server in `folder` serves. Marks of handled messages are kept for `retention`.
std::unique_ptr<Database> OpenDatabase(DatabaseKind kind, const std::string& folder, Duration retention);

}  // namespace holdfast::two_tier
