// HTTP at a Unix socket, one request at a time per connection, connections kept open. Only POST, because nothing else
// is asked for. Unix sockets stand for the loopback network: no ports to collide, and if anything a little faster, in
// favour of the system that is measured over them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "engines/two-tier/event_loop.h"

namespace holdfast::two_tier {

struct HttpRequest {
  std::string path;   // "/message"
  std::string key{};  // The header Idempotency-Key; empty: none.
  std::string body{};
  unsigned depth = 0;  // The header Depth: how many calls wait for this one.
};

struct HttpReply {
  unsigned status = 0;  // 0: there was no answer, and `body` says why.
  std::string body;
};
inline constexpr unsigned kHttpOk = 200;
inline constexpr unsigned kHttpTryAgain = 503;

// Lives on its loop.
class HttpServer {
 public:
  // May be called from any thread, once. A reply of status 0 is none: the connection is closed.
  using Answer = std::function<void(HttpReply reply)>;
  using Handler = std::function<void(HttpRequest request, Answer answer)>;

  // Takes over `path`, whoever listened there before. kUnavailable if that is impossible.
  static Result<std::unique_ptr<HttpServer>> Listen(EventLoop& loop, const std::string& path, Handler handler);
  // Nobody is answered any more.
  ~HttpServer();

 private:
  struct Impl;
  explicit HttpServer(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

}  // namespace holdfast::two_tier
