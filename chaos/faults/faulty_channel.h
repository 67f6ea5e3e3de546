// Channels on which what is sent is held back, late, overtaken or there twice, as its feed says. Everything stays
// within what core/ports/channel.h promises: frames keep their order and come once, as on one connection, whatever
// happens; control messages may overtake each other and are repeated here too, because their receivers must not care.
// Nothing is lost by itself: what is held back when its sender dies goes with it. Works over any channel, and with any
// timer.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "chaos/faults/delay_line.h"
#include "chaos/faults/path_feed.h"
#include "chaos/faults/troubled_path.h"
#include "core/ports/channel.h"

namespace holdfast {

// What befalls the control messages from one process to another.
class FaultyControlPath {
 public:
  struct Timing {
    const Clock& clock;
    After after;  // On the sender's thread.
  };
  FaultyControlPath(const PathFeed& feed, TroublePath path, const Timing& timing, Random random)
      : timing_(timing), path_(feed, path, random) {}
  void Pass(std::string message, const std::function<void(std::string message)>& send);

 private:
  const Timing& timing_;
  TroubledPath path_;
};

// A worker's end. Used by the worker's thread; what it is given outlives it, and it outlives what it has asked for.
class FaultyChannel final : public Channel {
 public:
  using Timing = FaultyControlPath::Timing;
  FaultyChannel(Channel& inner, WorkerId self, std::uint16_t workers, PathFeed feed, Timing timing, Random random);
  void Send(WorkerId to, std::string frame) override;
  void SendToCoordinator(std::string message) override;

 private:
  struct Way {
    TroubledPath path;
    DelayLine line;
  };
  Channel& inner_;
  const PathFeed feed_;
  const Timing timing_;
  std::deque<Way> to_workers_;
  FaultyControlPath to_coordinator_;
};

// The coordinator's end, likewise.
class FaultyControlBus final : public ControlBus {
 public:
  using Timing = FaultyControlPath::Timing;
  FaultyControlBus(ControlBus& inner, std::uint16_t workers, PathFeed feed, Timing timing, Random random);
  void SendToWorker(WorkerId to, std::string message) override;

 private:
  ControlBus& inner_;
  const PathFeed feed_;
  const Timing timing_;
  std::deque<FaultyControlPath> to_workers_;
};

}  // namespace holdfast
