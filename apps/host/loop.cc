#include "apps/host/loop.h"

#include <chrono>

namespace holdfast {

void Loop::Start(std::function<Turn()> turn) {
  thread_ = std::thread([this, turn = std::move(turn)] { Run(turn); });
}

void Loop::Stop() {
  stop_ = true;
  Wake();
  if (thread_.joinable()) thread_.join();
}

void Loop::Post(std::function<void()> action) {
  {
    const std::lock_guard lock(mutex_);
    posted_.push_back(std::move(action));
  }
  Wake();
}

void Loop::Wake() {
  work_.store(true, std::memory_order_seq_cst);
  if (!resting_.load(std::memory_order_seq_cst)) return;
  const std::lock_guard lock(mutex_);
  wakened_.notify_one();
}

bool Loop::RunPosted() {
  {
    const std::lock_guard lock(mutex_);
    running_.swap(posted_);
  }
  for (auto& action : running_) action();
  const bool any = !running_.empty();
  running_.clear();
  return any;
}

void Loop::Rest(std::optional<Duration> longest) {
  if (idle_ == IdlePolicy::kYield) std::this_thread::yield();
  if (idle_ != IdlePolicy::kBlock) return;
  std::unique_lock lock(mutex_);
  resting_.store(true, std::memory_order_seq_cst);
  const auto woken = [this] { return work_.load(std::memory_order_seq_cst) || stop_.load(); };
  if (longest) {
    wakened_.wait_for(lock, *longest, woken);
  } else {
    wakened_.wait(lock, woken);
  }
  resting_.store(false, std::memory_order_relaxed);
}

void Loop::Run(const std::function<Turn()>& turn) {
  while (!stop_) {
    if (work_.exchange(false)) RunPosted();
    const auto answer = turn();
    if (!answer.more && !work_.load()) Rest(answer.rest);
  }
}

}  // namespace holdfast
