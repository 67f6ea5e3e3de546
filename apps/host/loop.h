// One thread that runs one state machine: takes what other threads post to it, gives the machine its turns, and rests
// when there is nothing to do. How it rests decides tail latency and what is left of the core for others: spinning
// answers fastest and burns the core, blocking costs a wake-up.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/time.h"

namespace holdfast {

enum class IdlePolicy : unsigned char { kSpin, kYield, kBlock };

class Loop {
 public:
  // A turn: true if there is more to do at once. Otherwise the loop rests until it is woken or `rest` has passed.
  struct Turn {
    bool more = false;
    std::optional<Duration> rest;
  };

  explicit Loop(IdlePolicy idle) : idle_(idle) {}
  ~Loop() { Stop(); }

  // Runs `turn` again and again on a thread of its own, after everything posted so far.
  void Start(std::function<Turn()> turn);
  // Ends the thread after the present turn. What is posted afterwards is dropped. Any thread but the loop's own.
  void Stop();

  // Any thread: runs `action` on the loop's thread, before its next turn.
  void Post(std::function<void()> action);
  // Any thread: the next turn comes at once.
  void Wake();
  // The loop's own thread, or its owner's before Start: runs `action` before a turn, once `delay` has passed. Of two
  // with one instant, the one asked for first.
  void After(Duration delay, std::function<void()> action);

 private:
  struct Timer {
    SteadyTime due;
    std::uint64_t order;
    std::function<void()> action;
    bool operator<(const Timer& other) const { return std::pair(due, order) > std::pair(other.due, other.order); }
  };
  void Run(const std::function<Turn()>& turn);
  bool RunPosted();
  void RunDue();
  // The shorter of this and the time until something is due.
  std::optional<Duration> UntilDue(std::optional<Duration> longest) const;
  void Rest(std::optional<Duration> longest);

  const IdlePolicy idle_;
  std::mutex mutex_;
  std::condition_variable wakened_;
  std::vector<std::function<void()>> posted_;   // Under mutex_.
  std::vector<std::function<void()>> running_;  // The loop's.
  std::priority_queue<Timer> timers_;           // The loop's; the one due first on top.
  std::uint64_t timers_made_ = 0;
  std::atomic<bool> work_{false};
  std::atomic<bool> resting_{false};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace holdfast
