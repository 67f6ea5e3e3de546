// A way on which things keep their order: each leaves at its instant, but not before those ahead of it.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "core/ports/clock.h"

namespace holdfast {

// Does something later, on the thread that asks for it: the host's timers, or virtual time.
using After = std::function<void(Duration delay, std::function<void()> action)>;

// Used by one thread. `clock` and `after` outlive it, and it outlives what it has asked `after` for.
class DelayLine {
 public:
  DelayLine(const Clock& clock, After after) : clock_(clock), after_(std::move(after)) {}

  // Lets it leave: now, if it is due and nothing is ahead of it.
  void Pass(SteadyTime due, std::function<void()> leave);
  std::size_t waiting() const { return line_.size(); }

 private:
  struct Thing {
    SteadyTime due;
    std::function<void()> leave;
  };
  void Await();

  const Clock& clock_;
  const After after_;
  std::deque<Thing> line_;
};

}  // namespace holdfast
