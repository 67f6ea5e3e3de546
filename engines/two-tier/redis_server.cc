#include "engines/two-tier/redis_server.h"

#include <hiredis/hiredis.h>

#include <filesystem>
#include <string_view>

namespace holdfast::two_tier {

Result<std::unique_ptr<DatabaseServer>> RedisServer::Make(Options options) {
  const bool usual = options.binaries.empty();
  if (usual) options.binaries = "/usr/bin";
  std::error_code failed;
  if (!std::filesystem::exists(options.binaries + "/redis-server", failed)) {
    return MakeError(ErrorCode::kNotFound,
                     "there is no Redis in {}: scripts/install-deps installs Debian's package "
                     "redis-server",
                     options.binaries);
  }
  return std::unique_ptr<DatabaseServer>(new RedisServer(std::move(options)));
}

std::vector<std::string> RedisServer::PrepareLaunch() {
  return {options().binaries + "/redis-server",
          "--port",
          "0",
          "--unixsocket",
          RedisSocket(folder()),
          "--dir",
          folder(),
          "--save",
          "",
          "--appendonly",
          "yes",
          "--appendfsync",
          "always"};
}

// It takes connections before it has read its file, and says so.
bool RedisServer::Ready() const {
  if (!running()) return false;
  constexpr timeval kPatience{0, 20'000};
  auto* const connection = redisConnectUnixWithTimeout(RedisSocket(folder()).c_str(), kPatience);
  if (connection == nullptr) return false;
  auto* const reply = connection->err == 0 ? static_cast<redisReply*>(redisCommand(connection, "PING")) : nullptr;
  const bool ready = reply != nullptr && reply->type == REDIS_REPLY_STATUS;
  if (reply != nullptr) freeReplyObject(reply);
  redisFree(connection);
  return ready;
}

std::string RedisSocket(const std::string& folder) { return folder + "/redis.sock"; }

}  // namespace holdfast::two_tier
