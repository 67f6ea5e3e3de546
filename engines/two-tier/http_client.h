// Posts requests to one HTTP server at a Unix socket, over connections that are kept and opened as needed. It tries
// once: who must have an answer, tries again (courier.h).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/base/time.h"
#include "engines/two-tier/event_loop.h"
#include "engines/two-tier/http_server.h"

namespace holdfast::two_tier {

// Lives on its loop.
class HttpClient {
 public:
  struct Options {
    std::string path;               // Of the socket.
    std::size_t connections = 512;  // At most; more requests wait.
    Duration timeout = std::chrono::seconds(10);
  };

  HttpClient(EventLoop& loop, Options options);
  // Nobody is called back any more.
  ~HttpClient();

  // `done` is called from the loop, with status 0 if there was no answer in time.
  void Post(HttpRequest request, std::function<void(HttpReply reply)> done);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace holdfast::two_tier
