// A run's events, written by hand.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "chaos/simulation/sim_event.h"

namespace holdfast {

inline SnapshotId Snapshot(std::uint32_t index, std::uint32_t world_line = 1) {
  return {WorldLine(world_line), SnapshotIndex(index)};
}
inline SimPlace Worker(std::uint16_t number) { return AtWorker(WorkerId(number)); }

class HandMade {
 public:
  std::vector<SimEvent> events;

  // Later events happen at this instant.
  HandMade& At(int micros) {
    now_ = {1'000'000'000 + std::int64_t{micros} * 1000};
    return *this;
  }
  SteadyTime now() const { return now_; }

  // A frame on the function lane, of a sender that took its cut `colour` last. Returns its flight.
  std::uint64_t Send(std::uint16_t from, std::uint16_t to, std::uint64_t number, std::uint32_t colour = 0,
                     std::uint32_t count = 1) {
    SimFacts facts{.fact = SimFact::kFrame, .place = Worker(from), .peer = Worker(to), .flight = ++flights_};
    facts.header.world_line = WorldLine(1);
    facts.header.colour = SnapshotIndex(colour);
    facts.header.first_sequence = number;
    facts.header.count = count;
    sent_[flights_] = facts;
    Add(facts, "frame", "message " + std::to_string(number));
    return flights_;
  }
  void Arrive(std::uint64_t flight) {
    const auto& sent = sent_.at(flight);
    SimFacts facts{.fact = SimFact::kArrived, .place = sent.peer, .flight = flight, .header = sent.header};
    Add(facts, "arrived");
  }
  void Drop(std::uint64_t flight, const std::string& why) {
    Add({.fact = SimFact::kDropped, .place = sent_.at(flight).peer, .flight = flight}, "dropped", why);
  }
  // `from` says that it has consumed so much; it arrives at once.
  void Acknowledge(std::uint16_t from, std::uint16_t to, std::uint64_t number) {
    SimFacts facts{.fact = SimFact::kFrame, .place = Worker(from), .peer = Worker(to), .flight = ++flights_};
    facts.header.kind = FrameKind::kAck;
    facts.positions = {0, number};
    sent_[flights_] = facts;
    Add(facts, "frame", "acknowledgement");
    Arrive(flights_);
  }
  void Cut(std::uint16_t worker, SnapshotId id) {
    Add({.fact = SimFact::kCut, .place = Worker(worker), .snapshot = id}, "cut");
  }
  void Stored(std::uint16_t worker, SnapshotId id) {
    SimFacts facts{.fact = SimFact::kControl, .place = Worker(worker), .peer = kAtCoordinator, .flight = ++flights_};
    facts.control = ControlKind::kUploaded;
    facts.snapshot = id;
    Add(facts, "report", "uploaded");
  }
  void AtTheCoordinator(SimFact fact, SnapshotId id = {}) {
    Add({.fact = fact, .place = kAtCoordinator, .snapshot = id}, "coordinator");
  }
  void Life(SimFact fact, SimPlace place) { Add({.fact = fact, .place = place}, "life"); }
  void Restored(std::uint16_t worker, SnapshotId from) {
    Add({.fact = SimFact::kRestored, .place = Worker(worker), .snapshot = from}, "restored");
  }
  void RestoredFromLog(std::uint16_t worker, std::uint64_t log_tail) {
    Add({.fact = SimFact::kRestored, .place = Worker(worker), .position = log_tail, .count = 1}, "restored");
  }
  // Of a worker restored from its log.
  void Channel(std::uint16_t worker, std::uint16_t peer, std::uint64_t consumed, std::uint64_t sent) {
    SimFacts facts{.fact = SimFact::kChannel, .place = Worker(worker), .peer = Worker(peer)};
    facts.positions = {0, consumed};
    facts.sent = {0, sent};
    Add(facts, "channel");
  }
  // Output that becomes visible at once. Returns its flight.
  std::uint64_t Show(std::uint16_t worker, std::uint64_t position) {
    SimFacts facts{.fact = SimFact::kEgress, .place = Worker(worker), .peer = kAtSink, .flight = ++flights_};
    facts.position = position;
    sent_[flights_] = facts;
    Add(facts, "egress");
    Arrive(flights_);
    Add({.fact = SimFact::kCommit, .place = kAtSink, .peer = Worker(worker), .position = position, .count = 1},
        "commit");
    return flights_;
  }
  void Units(std::uint16_t worker, std::uint64_t count) {
    Add({.fact = SimFact::kUnits, .place = Worker(worker), .count = count}, "run");
  }
  void Object(const std::string& words) { Add({.fact = SimFact::kObjection, .place = kAtSink}, "objection", words); }

 private:
  void Add(const SimFacts& facts, std::string_view what, std::string text = "") {
    events.push_back({now_, what, std::move(text), 0, facts});
  }
  SteadyTime now_{1'000'000'000};
  std::uint64_t flights_ = 0;
  std::map<std::uint64_t, SimFacts> sent_;
};

}  // namespace holdfast
