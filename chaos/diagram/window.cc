#include "chaos/diagram/window.h"

#include <algorithm>
#include <set>

#include "chaos/diagram/history.h"

namespace holdfast {
namespace {

// Events at rest that are still drawn at either end of it, so that one sees it is rest.
constexpr std::size_t kRest = 16;

bool IsData(const SimFacts& facts) { return facts.header.kind == FrameKind::kData && facts.header.count > 0; }

// False for what goes on in a cluster that has nothing to do.
bool HasNews(const SimEvent& event) {
  switch (event.facts.fact) {
    case SimFact::kFrame:
      return IsData(event.facts);
    case SimFact::kUnits:
    case SimFact::kRead:
    case SimFact::kEgress:
    case SimFact::kDropped:
    case SimFact::kCommit:
    case SimFact::kDiskError:
      return true;
    default:
      return ShapesTheRun(event);
  }
}

bool BelongsToACut(const SimEvent& event) {
  const auto fact = event.facts.fact;
  return fact == SimFact::kCut || fact == SimFact::kTriggered || fact == SimFact::kComplete ||
         fact == SimFact::kAborted;
}

bool Departs(SimFact fact) { return fact == SimFact::kFrame || fact == SimFact::kControl || fact == SimFact::kEgress; }

bool Ends(SimFact fact) { return fact == SimFact::kArrived || fact == SimFact::kDropped; }

class Chooser {
 public:
  Chooser(const std::vector<SimEvent>& events, const std::vector<DamageMark>& damage, std::size_t most)
      : events_(events), damage_(damage), most_(most), live_(events.size(), false), chosen_(events.size(), false) {}

  Window Choose() {
    FindLife();
    ChooseAround();
    Add(most_ / 2, [](const auto& event) { return ShapesTheRun(event); });
    const auto restored = RestoredSnapshots();
    Add(most_ / 4, [&](const auto& event) { return BelongsToACut(event) && restored.contains(event.facts.snapshot); });
    Add(most_ / 4, BelongsToACut);
    ChooseFlights();
    Window window;
    const auto last = std::find(chosen_.rbegin(), chosen_.rend(), true);
    const auto end = static_cast<std::size_t>(chosen_.rend() - last);
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (chosen_[i]) {
        window.events.push_back(events_[i]);
      } else if (!Ends(events_[i].facts.fact)) {  // An end counts with its departure.
        ++(!live_[i] ? window.rest : i < end ? window.before : window.after);
      }
    }
    return window;
  }

 private:
  // What has news, and a little of what is around it.
  void FindLife() {
    std::size_t until = 0;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (HasNews(events_[i])) {
        until = i + kRest + 1;
        for (auto before = i - std::min(i, kRest); before < i; ++before) live_[before] = true;
      }
      live_[i] = live_[i] || i < until;
    }
  }

  // Of the live events, those around the first damage; without any, around the last thing that shaped the run.
  void ChooseAround() {
    std::vector<std::size_t> live;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      if (live_[i]) live.push_back(i);
    }
    std::size_t from = 0;
    if (live.size() > most_) {
      const auto before = most_ * 7 / 10;
      const auto middle = static_cast<std::size_t>(std::ranges::lower_bound(live, Middle()) - live.begin());
      from = std::min(middle > before ? middle - before : 0, live.size() - most_);
      live.resize(from + most_);
    }
    for (auto i = from; i < live.size(); ++i) chosen_[live[i]] = true;
  }

  std::size_t Middle() const {
    if (!damage_.empty()) {
      const auto at = std::ranges::lower_bound(events_, damage_.front().at, {}, &SimEvent::time);
      return static_cast<std::size_t>(at - events_.begin());
    }
    const auto last = std::find_if(events_.rbegin(), events_.rend(), ShapesTheRun);
    return static_cast<std::size_t>(events_.rend() - last);
  }

  std::set<SnapshotId> RestoredSnapshots() const {
    std::set<SnapshotId> snapshots;
    for (const auto& event : events_) {
      if (event.facts.fact == SimFact::kRestored) snapshots.insert(event.facts.snapshot);
    }
    return snapshots;
  }

  // The newest of a kind.
  template <class Wanted>
  void Add(std::size_t most, const Wanted& wanted) {
    for (std::size_t i = events_.size(); i-- > 0 && most > 0;) {
      if (chosen_[i] || !live_[i] || !wanted(events_[i])) continue;
      chosen_[i] = true;
      --most;
    }
  }

  // A message has both its ends or none; a damaged one has both.
  void ChooseFlights() {
    std::set<std::uint64_t> flights;
    for (const auto& mark : damage_) {
      if (mark.flight != 0 && flights.size() < most_ / 4) flights.insert(mark.flight);
    }
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const auto& facts = events_[i].facts;
      if (Departs(facts.fact)) {
        if (chosen_[i]) flights.insert(facts.flight);
        chosen_[i] = flights.contains(facts.flight);
      } else if (Ends(facts.fact)) {
        chosen_[i] = flights.contains(facts.flight);
      }
    }
  }

  const std::vector<SimEvent>& events_;
  const std::vector<DamageMark>& damage_;
  const std::size_t most_;
  std::vector<bool> live_;
  std::vector<bool> chosen_;
};

}  // namespace

Window ChooseWindow(const std::vector<SimEvent>& events, const std::vector<DamageMark>& damage, std::size_t most) {
  return Chooser(events, damage, most).Choose();
}

}  // namespace holdfast
