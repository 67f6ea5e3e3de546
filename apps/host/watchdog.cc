#include "apps/host/watchdog.h"

#include <algorithm>
#include <cstring>

namespace holdfast {

Status WatchedEndpoint::Invoke(const Invocation& invocation, EffectsBuilder& effects) {
  std::array<std::uint64_t, kWords> words{};
  std::memcpy(words.data(), invocation.self.id.data(), std::min(invocation.self.id.size(), sizeof words));
  for (std::size_t i = 0; i < kWords; ++i) id_[i].store(words[i], std::memory_order_release);
  function_.store(invocation.self.type.value, std::memory_order_release);
  running_.store(++count_, std::memory_order_release);
  auto status = inner_->Invoke(invocation, effects);
  running_.store(0, std::memory_order_release);
  return status;
}

WatchedEndpoint::Running WatchedEndpoint::Look() const {
  Running running;
  running.number = running_.load(std::memory_order_acquire);
  if (running.number == 0) return running;
  running.function = FunctionId(function_.load(std::memory_order_acquire));
  std::array<std::uint64_t, kWords> words;
  for (std::size_t i = 0; i < kWords; ++i) words[i] = id_[i].load(std::memory_order_acquire);
  // Whoever saw a word of the next invocation sees here that this one has returned.
  if (running_.load(std::memory_order_relaxed) != running.number) return {};
  const auto* text = reinterpret_cast<const char*>(words.data());
  running.id.assign(text, std::find(text, text + sizeof words, '\0'));
  return running;
}

Watchdog::Watchdog(const Application& application, std::vector<const WatchedEndpoint*> endpoints, Duration limit,
                   std::function<void(std::string)> report)
    : application_(application),
      endpoints_(std::move(endpoints)),
      limit_(limit),
      report_(std::move(report)),
      thread_([this] { Watch(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

void Watchdog::Watch() {
  struct Past {
    std::uint64_t seen = 0, reported = 0;
  };
  std::vector<Past> pasts(endpoints_.size());
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, limit_, [this] { return stop_; })) {
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
      const auto running = endpoints_[i]->Look();
      auto& past = pasts[i];
      const bool stuck = running.number != 0 && std::exchange(past.seen, running.number) == running.number;
      if (!stuck || std::exchange(past.reported, running.number) == running.number) continue;
      report_(
          fmt::format("worker {}: {} '{}' has not returned for more than {} ms; its worker handles nothing meanwhile",
                      i, application_.functions()[running.function.value].name, running.id,
                      std::chrono::duration_cast<std::chrono::milliseconds>(limit_).count()));
    }
  }
}

}  // namespace holdfast
