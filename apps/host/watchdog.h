// Notices a function that does not return: a thread looks at every worker from time to time and reports the invocation
// it has found twice. It cannot interrupt the function; it tells the operator whose fault the silence is.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/base/time.h"
#include "core/ports/endpoint.h"

namespace holdfast {

// An endpoint that leaves word of what it is running. The cost per invocation is a few stores.
class WatchedEndpoint final : public Endpoint {
 public:
  explicit WatchedEndpoint(std::unique_ptr<Endpoint> inner) : inner_(std::move(inner)) {}
  Status Invoke(const Invocation& invocation, EffectsBuilder& effects) override;

  // Any thread. The number of the invocation now running, or 0, and about whom it is (the id's first bytes).
  struct Running {
    std::uint64_t number = 0;
    FunctionId function;
    std::string id;
  };
  Running Look() const;

 private:
  static constexpr std::size_t kWords = 4;
  std::unique_ptr<Endpoint> inner_;
  std::uint64_t count_ = 0;
  std::atomic<std::uint64_t> running_{0};
  std::atomic<std::uint16_t> function_{0};
  std::array<std::atomic<std::uint64_t>, kWords> id_{};
};

class Watchdog {
 public:
  // Calls `report` with a sentence, from its own thread, once per invocation that runs longer than `limit`.
  Watchdog(const Application& application, std::vector<const WatchedEndpoint*> endpoints, Duration limit,
           std::function<void(std::string)> report);
  ~Watchdog();

 private:
  void Watch();
  const Application& application_;
  std::vector<const WatchedEndpoint*> endpoints_;
  Duration limit_;
  std::function<void(std::string)> report_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace holdfast
