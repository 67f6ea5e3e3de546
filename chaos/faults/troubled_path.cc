#include "chaos/faults/troubled_path.h"

#include <algorithm>

namespace holdfast {

TroubledPath::Leave TroubledPath::Ordered(SteadyTime now) { return LeaveBy(feed_.now(path_), now, false); }
TroubledPath::Leave TroubledPath::Loose(SteadyTime now) { return LeaveBy(feed_.now(path_), now, true); }

TroubledPath::Leave TroubledPath::LeaveBy(const std::vector<TroubleOnPath>& troubles, SteadyTime now, bool loose) {
  Leave leave{now, {}};
  SteadyTime held;
  for (const auto& [ticket, order] : troubles) {
    Duration delay{};
    if (order.trouble == PortTrouble::kHold) {
      held = std::max(held, order.until);
      delay = order.until - now;
    } else if (order.trouble == PortTrouble::kDelay || order.trouble == PortTrouble::kSlowSink ||
               (loose && order.trouble == PortTrouble::kReorder && random_.Chance(order.size.chance))) {
      delay = Duration(random_.Between(0, order.size.by.count()));
      leave.at = leave.at + delay;
    }
    if (delay.count() <= 0) continue;
    leave.later_by.push_back(ticket);
    feed_.met(ticket);
    feed_.waiting(ticket, 1);
  }
  leave.at = std::max(leave.at, held);
  return leave;
}

void TroubledPath::Left(const Leave& leave) const {
  for (const auto ticket : leave.later_by) feed_.waiting(ticket, -1);
}

bool TroubledPath::Twice() {
  bool twice = false;
  for (const auto& [ticket, order] : feed_.now(path_)) {
    if (order.trouble != PortTrouble::kDuplicate || !random_.Chance(order.size.chance)) continue;
    feed_.met(ticket);
    twice = true;
  }
  return twice;
}

TroubledPath::Fate TroubledPath::OfCall() {
  bool breaks = false;
  for (const auto& [ticket, order] : feed_.now(path_)) {
    if (order.trouble != PortTrouble::kSinkErrors || !random_.Chance(order.size.chance)) continue;
    feed_.met(ticket);
    breaks = true;
  }
  if (!breaks) return Fate::kDone;
  return random_.Chance(0.5) ? Fate::kAnswerLost : Fate::kRefused;
}

}  // namespace holdfast
