// What the host lends to state machines that own no threads: clocks, background work, asynchronous operations.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "apps/host/loop.h"
#include "core/model/application.h"
#include "core/ports/async_runner.h"
#include "core/ports/background.h"
#include "core/ports/clock.h"

namespace holdfast {

class SystemClock final : public Clock {
 public:
  SteadyTime Now() const override;
  AppTime AppNow() const override;
};

// A thread that does jobs one after the other. Destroying it waits for the present job and drops the rest.
class JobThread {
 public:
  JobThread();
  ~JobThread();
  void Run(std::function<void()> job);

 private:
  void Work();
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool stop_ = false;
  std::thread thread_;
};

// One job thread per lane; answers are posted to the loop.
class ThreadBackground final : public Background {
 public:
  explicit ThreadBackground(Loop& loop) : loop_(loop) {}
  void Run(Lane lane, std::function<Status()> work, std::function<void(Status)> done) override;

 private:
  Loop& loop_;
  std::array<JobThread, kLanes> lanes_;
};

class ThreadAsyncRunner final : public AsyncRunner {
 public:
  ThreadAsyncRunner(Loop& loop, std::shared_ptr<const Application> application)
      : loop_(loop), application_(std::move(application)) {}
  void Start(AsyncOperationId operation, std::string request, std::function<void(Result<std::string>)> done) override;

 private:
  Loop& loop_;
  std::shared_ptr<const Application> application_;
  JobThread thread_;
};

}  // namespace holdfast
