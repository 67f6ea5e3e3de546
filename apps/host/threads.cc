#include "apps/host/threads.h"

#include <chrono>

namespace holdfast {

SteadyTime SystemClock::Now() const {
  return {std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1)};
}

AppTime SystemClock::AppNow() const {
  return {std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1)};
}

JobThread::JobThread() : thread_([this] { Work(); }) {}

JobThread::~JobThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    jobs_.clear();
  }
  changed_.notify_one();
  thread_.join();
}

void JobThread::Run(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stop_) return;
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

void JobThread::Work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    job = nullptr;  // What it holds goes before the next one comes, and not under the lock.
    lock.lock();
  }
}

void ThreadBackground::Run(Lane lane, std::function<Status()> work, std::function<void(Status)> done) {
  lanes_[static_cast<std::size_t>(lane)].Run([this, work = std::move(work), done = std::move(done)] {
    loop_.Post([done, status = work()] { done(status); });
  });
}

void ThreadAsyncRunner::Start(AsyncOperationId operation, std::string request,
                              std::function<void(Result<std::string>)> done) {
  thread_.Run([this, operation, request = std::move(request), done = std::move(done)] {
    auto answer = application_->async_operations()[operation.value].run(request);
    loop_.Post([done, answer = std::move(answer)] { done(answer); });
  });
}

}  // namespace holdfast
