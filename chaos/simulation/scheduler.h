// Virtual time: a row of things to do, each at its instant; the clock jumps from one to the next. Everything the
// simulated world does passes here, in one order that depends on the seed alone, and is folded into a hash that two
// runs of a seed must share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <queue>
#include <string_view>
#include <utility>
#include <vector>

#include "chaos/simulation/sim_event.h"
#include "chaos/simulation/sim_task.h"
#include "core/base/hash.h"
#include "core/base/random.h"
#include "core/ports/clock.h"

namespace holdfast {

class SimScheduler final : public Clock {
 public:
  explicit SimScheduler(SimListener listener = {}) : listener_(std::move(listener)) {}
  SteadyTime Now() const override { return now_; }
  AppTime AppNow() const override { return {kAppStartMillis + now_.nanos / 1'000'000}; }

  template <class Action>
  void At(SteadyTime time, Action&& action) {
    const auto slot = FreeSlot();
    slots_[slot].Keep(std::forward<Action>(action));
    queue_.push({time < now_ ? now_ : time, next_++, slot});
  }
  template <class Action>
  void After(Duration delay, Action&& action) {
    At(now_ + delay, std::forward<Action>(action));
  }

  // Does the next thing; false if there is none. An exception from it passes through.
  bool RunOne() {
    if (queue_.empty()) return false;
    const auto next = queue_.top();
    now_ = next.time;
    queue_.pop();
    ++steps_;
    const FreeAgain afterwards{*this, next.slot};
    slots_[next.slot].Do();
    return true;
  }

  // Folds what happens now into the run's hash. `describe` gives its SimStory; asked only if somebody listens.
  template <class Describe>
  void Note(std::string_view what, std::uint64_t number, const Describe& describe) {
    const std::uint64_t words[] = {hash_, static_cast<std::uint64_t>(now_.nanos), Hash64(what), number};
    hash_ = Hash64({reinterpret_cast<const char*>(words), sizeof words});
    if (listener_) Tell(what, describe());
  }
  // Says what is no event of its own, but follows from those before: not in the hash. Ask first whether one listens.
  void Tell(std::string_view what, SimStory story) const {
    if (listener_) listener_({now_, what, std::move(story.text), hash_, story.facts});
  }
  // A number for something that leaves one place for another, each once.
  std::uint64_t NewFlight() { return ++flights_; }
  bool listening() const { return static_cast<bool>(listener_); }
  std::uint64_t hash() const { return hash_; }
  std::uint64_t steps() const { return steps_; }

 private:
  static constexpr std::int64_t kAppStartMillis = 1'700'000'000'000;
  struct Entry {
    SteadyTime time;
    std::uint64_t order;
    std::size_t slot;
    bool operator<(const Entry& other) const { return std::pair(time, order) > std::pair(other.time, other.order); }
  };
  struct FreeAgain {
    SimScheduler& scheduler;
    std::size_t slot;
    ~FreeAgain() {
      scheduler.slots_[slot].Drop();
      scheduler.free_.push_back(slot);
    }
  };
  std::size_t FreeSlot() {
    if (free_.empty()) {
      slots_.emplace_back();
      return slots_.size() - 1;
    }
    const auto slot = free_.back();
    free_.pop_back();
    return slot;
  }

  SimListener listener_;
  SteadyTime now_{1'000'000'000};
  std::uint64_t next_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t hash_ = 0;
  std::uint64_t flights_ = 0;
  std::priority_queue<Entry> queue_;
  std::deque<SimTask> slots_;  // None moves: an action may plan others.
  std::vector<std::size_t> free_;
};

}  // namespace holdfast
