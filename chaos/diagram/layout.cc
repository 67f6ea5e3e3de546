#include "chaos/diagram/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace holdfast {
namespace {

constexpr double kTop = 92;  // Room for labels of the coordinator.
constexpr double kServiceApart = 52;
constexpr double kWorkerApart = 92;
constexpr double kBottom = 44;
constexpr double kLeft = 36;
constexpr double kNarrowest = 1200;
constexpr double kCutReach = 24;  // How far a cut stands out of its outer lanes.

std::vector<DiagramLane> Lanes(std::uint16_t workers) {
  std::vector<DiagramLane> lanes{{kAtCoordinator, kTop}, {{SimRole::kStore, 0}, kTop + kServiceApart}};
  auto y = kTop + kServiceApart + 20;
  for (std::uint16_t i = 0; i < workers; ++i) lanes.push_back({AtWorker(WorkerId(i)), y += kWorkerApart});
  lanes.push_back({kAtSink, y + kWorkerApart});
  return lanes;
}

std::vector<SteadyTime> Instants(const std::vector<SimEvent>& events, SteadyTime end) {
  std::vector<SteadyTime> instants{end};
  for (const auto& event : events) instants.push_back(event.time);
  return instants;
}

class Layouter {
 public:
  using Glyph = DiagramGlyph::Kind;

  Layouter(const std::vector<SimEvent>& events, const std::vector<DamageMark>& damage, std::uint16_t workers,
           SteadyTime begin, SteadyTime end)
      : events_(events),
        begin_(begin),
        diagram_{Lanes(workers), {}, {}, {}, {}, TimeAxis(Instants(events, end), begin, kLeft, kNarrowest), 0} {
    diagram_.height = diagram_.lanes.back().y + kBottom;
    for (const auto& mark : damage) {
      if (mark.flight != 0) damage_.emplace(mark.flight, mark.kind);
    }
  }

  Diagram Run() {
    for (const auto& event : events_) Take(event);
    for (auto& [place, life] : lives_) EndLife(place, life, diagram_.axis.right(), "to the end");
    for (auto& [flight, arrow] : flights_) Land(arrow, diagram_.axis.right(), true, "under way at the end");
    DrawCuts();
    return std::move(diagram_);
  }

 private:
  // What a lane is in the middle of.
  struct Life {
    std::optional<SteadyTime> dead_since;
    std::optional<SteadyTime> recovering_since;
    std::optional<SteadyTime> died;  // The last time, until its state is back.
    bool ran = false;
  };

  void Take(const SimEvent& event) {
    const auto& facts = event.facts;
    now_ = event.time;
    x_ = diagram_.axis.X(now_);
    switch (facts.fact) {
      case SimFact::kFrame:
      case SimFact::kControl:
      case SimFact::kEgress:
        return Depart(event);
      case SimFact::kArrived:
      case SimFact::kDropped:
        return End(event);
      case SimFact::kKill:
      case SimFact::kStart:
      case SimFact::kRestore:
      case SimFact::kRestored:
      case SimFact::kWorkerRuns:
      case SimFact::kStopped:
        return TakeLife(event);
      case SimFact::kTriggered:
      case SimFact::kComplete:
      case SimFact::kAborted:
      case SimFact::kRollback:
      case SimFact::kCut:
        return TakeSnapshot(event);
      case SimFact::kFault:
        return TakeFault(event);
      default:
        return TakeOther(event);
    }
  }

  void TakeOther(const SimEvent& event) {
    const auto& facts = event.facts;
    switch (facts.fact) {
      case SimFact::kUnits:
        return Put(Glyph::kUnits, facts.place, 0,
                   fmt::format("runs {} unit{}", facts.count, facts.count == 1 ? "" : "s"));
      case SimFact::kRead:
        return Put(Glyph::kRead, facts.place, 0,
                   fmt::format("reads partition {}, offsets {} to {}", facts.partition, facts.position,
                               facts.position + facts.count - 1));
      case SimFact::kCommit:
        return Put(facts.count > 0 ? Glyph::kCommit : Glyph::kRepetition, facts.place, 0, "output of " + event.text);
      case SimFact::kObjection:
        return Put(Glyph::kObjection, facts.place, 0, event.text);
      case SimFact::kDiskError:
        return Put(Glyph::kError, facts.place, 0, "injected disk error: " + event.text);
      default:
        return;
    }
  }

  static DiagramColour ColourOf(const SimFacts& facts) { return facts.header.colour.value; }
  static DiagramArrow::Kind KindOf(const SimFacts& facts) {
    using enum DiagramArrow::Kind;
    if (facts.fact == SimFact::kControl) return kControl;
    if (facts.fact == SimFact::kEgress) return kOutput;
    if (facts.header.kind == FrameKind::kMark) return kMark;
    if (facts.header.kind != FrameKind::kData) return kPeer;
    return facts.header.lane == Lane::kIngress ? kInput : kMessage;
  }

  void Depart(const SimEvent& event) {
    const auto* from = diagram_.LaneOf(event.facts.place);
    const auto* to = diagram_.LaneOf(event.facts.peer);
    if (from == nullptr || to == nullptr) return;
    DiagramArrow arrow{
        KindOf(event.facts), event.facts.flight, x_, from->y, x_, to->y, ColourOf(event.facts), false, {}, event.text};
    if (const auto found = damage_.find(event.facts.flight); found != damage_.end()) arrow.damage = found->second;
    flights_.emplace(event.facts.flight, std::move(arrow));
    if (event.facts.fact == SimFact::kControl && event.facts.control == ControlKind::kUploaded) {
      Put(Glyph::kStored, {SimRole::kStore, 0}, event.facts.snapshot.index.value,
          fmt::format("the part of {} in snapshot {} is stored", PlaceName(event.facts.place), event.facts.snapshot));
    }
  }

  void End(const SimEvent& event) {
    const auto found = flights_.find(event.facts.flight);
    if (found == flights_.end()) return;
    const bool dropped = event.facts.fact == SimFact::kDropped;
    Land(found->second, x_, dropped, dropped ? "dropped at " + event.text : "");
    flights_.erase(found);
  }

  void Land(DiagramArrow& arrow, double x, bool dropped, const std::string& why) {
    arrow.x2 = x;
    arrow.dropped = dropped;
    if (!why.empty()) arrow.title += "\n" + why;
    if (arrow.damage) arrow.title += fmt::format("\n{}", DamageKindName(*arrow.damage));
    diagram_.arrows.push_back(std::move(arrow));
  }

  void TakeLife(const SimEvent& event) {
    const auto& facts = event.facts;
    auto& life = lives_[facts.place];
    switch (facts.fact) {
      case SimFact::kKill:
        EndLife(facts.place, life, x_, "until it is killed");
        life.dead_since = now_;
        if (life.ran) life.died = now_;
        return Put(Glyph::kKill, facts.place, 0, PlaceName(facts.place) + " is killed", "killed");
      case SimFact::kStart:
        EndLife(facts.place, life, x_, "");
        return Put(Glyph::kStart, facts.place, 0, PlaceName(facts.place) + " starts");
      case SimFact::kRestore:
        if (!life.recovering_since) life.recovering_since = now_;
        if (life.ran && !life.died) life.died = now_;
        return;
      case SimFact::kRestored:
        Undo(facts, life);
        return Put(Glyph::kRestored, facts.place, facts.snapshot.index.value, event.text,
                   facts.snapshot == SnapshotId{} ? "" : fmt::format("{}", facts.snapshot));
      case SimFact::kWorkerRuns:
        EndLife(facts.place, life, x_, "");
        life.ran = true;
        return Put(Glyph::kRuns, facts.place, 0, PlaceName(facts.place) + " runs");
      default:
        EndLife(facts.place, life, x_, "");
        return Put(Glyph::kStopped, facts.place, 0, event.text, "stopped");
    }
  }

  void EndLife(SimPlace place, Life& life, double x, std::string_view until) {
    const auto band = [&](DiagramBand::Kind kind, std::optional<SteadyTime>& since, std::string_view what) {
      if (since)
        Stretch(kind, place, diagram_.axis.X(*since), x, fmt::format("{} {} {}", PlaceName(place), what, until));
      since.reset();
    };
    band(DiagramBand::Kind::kDead, life.dead_since, "is down");
    band(DiagramBand::Kind::kRecovering, life.recovering_since, "recovers");
  }

  // What a worker did between the cut it goes back to and its end was undone. With a log it was done again.
  void Undo(const SimFacts& facts, Life& life) {
    if (!life.died) return;
    const auto until = diagram_.axis.X(*life.died);
    life.died.reset();
    if (facts.count > 0) return;
    const auto cut = cut_at_.find({facts.place, facts.snapshot});
    if (cut == cut_at_.end() && facts.snapshot != SnapshotId{}) return;
    const auto from = cut == cut_at_.end() ? diagram_.axis.left() : cut->second;
    Stretch(DiagramBand::Kind::kUndone, facts.place, from, until,
            fmt::format("{}: what it did here is undone; its state is that of {}", PlaceName(facts.place),
                        cut == cut_at_.end() ? "the beginning" : fmt::format("the cut of {}", facts.snapshot)));
  }

  void TakeSnapshot(const SimEvent& event) {
    const auto& facts = event.facts;
    const auto colour = facts.snapshot.index.value;
    const auto name = fmt::format("{}", facts.snapshot);
    switch (facts.fact) {
      case SimFact::kCut:
        cut_at_[{facts.place, facts.snapshot}] = x_;
        if (const auto* lane = diagram_.LaneOf(facts.place)) cuts_[facts.snapshot].push_back({x_, lane->y});
        return Put(Glyph::kCut, facts.place, colour, event.text);
      case SimFact::kTriggered:
        return Put(Glyph::kTriggered, facts.place, colour, event.text + " begins", name);
      case SimFact::kComplete:
        complete_[facts.snapshot] = true;
        return Put(Glyph::kComplete, {SimRole::kStore, 0}, colour, event.text + " is complete", name);
      case SimFact::kAborted:
        return Put(Glyph::kAborted, facts.place, colour, event.text + " (aborted)", name + " aborted");
      default:
        restored_[facts.snapshot] = true;
        return Put(Glyph::kRollback, facts.place, colour, "rollback: " + event.text,
                   facts.snapshot == SnapshotId{} ? "from nothing" : "back to " + name);
    }
  }

  void TakeFault(const SimEvent& event) {
    const auto& facts = event.facts;
    for (const auto& lane : diagram_.lanes) {
      const bool all = facts.place.role == SimRole::kEverything;
      if ((!all && lane.place != facts.place) || lane.place.role == SimRole::kSink) continue;
      if (facts.lasts > Duration(0)) {
        Stretch(DiagramBand::Kind::kTrouble, lane.place, x_, diagram_.axis.X(now_ + facts.lasts), event.text);
      } else if (facts.count > 0) {
        Put(Glyph::kArmed, lane.place, 0, event.text);
      }
    }
  }

  void DrawCuts() {
    for (auto& [id, points] : cuts_) {
      std::ranges::sort(points, {}, &DiagramCut::Point::y);
      points.insert(points.begin(), {points.front().x, points.front().y - kCutReach});
      points.push_back({points.back().x, points.back().y + kCutReach});
      diagram_.cuts.push_back({id, id.index.value, std::move(points), complete_[id], restored_[id]});
    }
  }

  void Put(Glyph kind, SimPlace place, DiagramColour colour, std::string title, std::string label = {}) {
    const auto* lane = diagram_.LaneOf(place);
    if (lane == nullptr) return;
    title = fmt::format("{}  {}", InstantText(now_ - begin_), title);
    diagram_.glyphs.push_back({kind, x_, lane->y, colour, std::move(title), std::move(label)});
  }

  void Stretch(DiagramBand::Kind kind, SimPlace place, double from, double to, std::string title) {
    if (const auto* lane = diagram_.LaneOf(place); lane != nullptr && to > from) {
      diagram_.bands.push_back({kind, from, to, lane->y, std::move(title)});
    }
  }

  const std::vector<SimEvent>& events_;
  const SteadyTime begin_;
  Diagram diagram_;
  SteadyTime now_;
  double x_ = 0;  // Of now.
  std::map<std::uint64_t, DamageKind> damage_;
  std::map<std::uint64_t, DiagramArrow> flights_;
  std::map<SimPlace, Life> lives_;
  std::map<SnapshotId, std::vector<DiagramCut::Point>> cuts_;
  std::map<std::pair<SimPlace, SnapshotId>, double> cut_at_;
  std::map<SnapshotId, bool> complete_;
  std::map<SnapshotId, bool> restored_;
};

}  // namespace

const DiagramLane* Diagram::LaneOf(SimPlace place) const {
  const auto lane = std::ranges::find(lanes, place, &DiagramLane::place);
  return lane == lanes.end() ? nullptr : &*lane;
}

Diagram LayOut(const std::vector<SimEvent>& events, const std::vector<DamageMark>& damage, std::uint16_t workers,
               SteadyTime begin, SteadyTime end) {
  return Layouter(events, damage, workers, begin, end).Run();
}

}  // namespace holdfast
