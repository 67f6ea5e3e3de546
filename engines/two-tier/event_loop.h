// One thread's loop: timers, sockets and tasks from other threads, in Boost.Asio's hands. What speaks HTTP here
// (http_server.h, http_client.h) lives on one.
#pragma once

#include <functional>
#include <memory>

#include "core/base/time.h"

namespace boost::asio {
class io_context;
}

namespace holdfast::two_tier {

// Post and Stop from any thread, the rest from the one that runs it. Outlives whatever lives on it.
class EventLoop {
 public:
  EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  ~EventLoop();

  void Post(std::function<void()> task);
  // Does `task` after `delay`.
  void After(Duration delay, std::function<void()> task);
  // Until Stop.
  void Run();
  void Stop();
  // Waits up to `most` for something to do, and does everything that is ready.
  void RunFor(Duration most);

  boost::asio::io_context& context();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace holdfast::two_tier
