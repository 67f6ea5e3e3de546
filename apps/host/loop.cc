#include "apps/host/loop.h"

#include <algorithm>
#include <chrono>

namespace holdfast {
namespace {

SteadyTime Now() { return {std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1)}; }

}  // namespace

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

void Loop::After(Duration delay, std::function<void()> action) {
  timers_.push({Now() + delay, timers_made_++, std::move(action)});
}

// What an action asks for in turn comes after the next turn, so that turns always come.
void Loop::RunDue() {
  const auto now = Now();
  const auto made = timers_made_;
  while (!timers_.empty() && timers_.top().due <= now && timers_.top().order < made) {
    const auto action = std::move(const_cast<Timer&>(timers_.top()).action);
    timers_.pop();
    action();
  }
}

std::optional<Duration> Loop::UntilDue(std::optional<Duration> longest) const {
  if (timers_.empty()) return longest;
  const auto until = std::max(timers_.top().due - Now(), Duration::zero());
  return longest ? std::min(*longest, until) : until;
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
    if (!timers_.empty()) RunDue();
    const auto answer = turn();
    if (!answer.more && !work_.load()) Rest(UntilDue(answer.rest));
  }
}

}  // namespace holdfast
