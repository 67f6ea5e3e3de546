#include "chaos/diagram/history.h"

namespace holdfast {

bool ShapesTheRun(const SimEvent& event) {
  switch (event.facts.fact) {
    case SimFact::kFault:
    case SimFact::kKill:
    case SimFact::kStart:
    case SimFact::kRollback:
    case SimFact::kAllRun:
    case SimFact::kRestore:
    case SimFact::kRestored:
    case SimFact::kWorkerRuns:
    case SimFact::kStopped:
    case SimFact::kObjection:
      return true;
    default:
      return false;
  }
}

void History::Add(const SimEvent& event) {
  end_ = event.time;
  if (event.facts.fact == SimFact::kOther) return;
  if (event.facts.fact == SimFact::kUnits && event.facts.count == 0) return;
  events_.push_back(event);
  if (events_.size() <= longest_) return;
  auto oldest = std::move(events_.front());
  events_.pop_front();
  if (ShapesTheRun(oldest) && shaping_.size() < longest_) {
    shaping_.push_back(std::move(oldest));
  } else {
    ++forgotten_;
  }
}

std::vector<SimEvent> History::Events() const {
  auto events = shaping_;
  events.insert(events.end(), events_.begin(), events_.end());
  return events;
}

}  // namespace holdfast
