// What a diagram is drawn from: the events of one simulated run that tell of messages, cuts, lives and faults, in
// order. Bounded: of a run that is too long, what happened first is forgotten, except the few events that shape
// everything after them.
//
//   History history;
//   RunSimRun(parts, run, history.Listener());
//   DrawRun(picture, history);
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

#include "chaos/simulation/sim_event.h"

namespace holdfast {

// True for what shapes a run: faults, deaths, starts, rollbacks and recoveries.
bool ShapesTheRun(const SimEvent& event);

class History {
 public:
  static constexpr std::size_t kLongest = 200'000;

  explicit History(std::size_t longest = kLongest) : longest_(longest) {}
  // Events that only words tell of (disk calls, background jobs) are not kept.
  void Add(const SimEvent& event);
  SimListener Listener() {
    return [this](const SimEvent& event) { Add(event); };
  }
  std::vector<SimEvent> Events() const;
  std::uint64_t forgotten() const { return forgotten_; }
  // When the last thing happened, kept or not.
  SteadyTime end() const { return end_; }

 private:
  const std::size_t longest_;
  std::vector<SimEvent> shaping_;  // Of what came before `events_`.
  std::deque<SimEvent> events_;
  std::uint64_t forgotten_ = 0;
  SteadyTime end_;
};

}  // namespace holdfast
