// The engine: ports of the system misbehave for a while. That a trouble took hold is believed when the system says it
// met it, that it is over when nothing waits for it any more and the system handles a message afterwards.
#include <algorithm>

#include "engines/holdfast/holdfast_engine.h"
#include "engines/steady_now.h"

namespace holdfast {

Status HoldfastEngine::BeginTrouble(const EngineFault& fault) {
  if (!trouble_page_) return MakeError(ErrorCode::kRefused, "the system was started without a page of troubles");
  const auto now = SteadyNow();
  const auto until = now + fault.lasts;
  const auto ticket = trouble_page_->Begin({fault.trouble, fault.size, fault.path, until});
  if (!ticket.ok()) return MakeError(ErrorCode::kRefused, "{}", ticket.error().message);
  auto& recovery = log_.recoveries.emplace_back();
  recovery.verb = FaultVerb::kTrouble;
  recovery.applied = now;
  troubles_.push_back({fault.trouble, *ticket, log_.recoveries.size() - 1, until});
  return {};
}

void HoldfastEngine::FollowTroubles(SteadyTime now) {
  std::erase_if(troubles_, [this, now](Trouble& trouble) { return FollowTrouble(trouble, now); });
}

// True once nothing more is to be learned of it.
bool HoldfastEngine::FollowTrouble(Trouble& trouble, SteadyTime now) {
  auto& recovery = log_.recoveries[trouble.recovery];
  recovery.met = trouble_page_->met(trouble.ticket);
  recovery.met_and_lost = trouble_page_->lost(trouble.ticket);
  if (recovery.met > 0 && !recovery.detected) recovery.detected = now;
  if (IsClockTrouble(trouble.kind)) {
    if (recovery.detected) trouble_page_->End(trouble.ticket);
    return recovery.detected.has_value();
  }
  if (!trouble.units_at_end) {
    if (now < trouble.until) return false;
    trouble_page_->End(trouble.ticket);
    if (trouble_page_->waiting(trouble.ticket) > 0) return false;
    recovery.restarted = SteadyNow();
    trouble.units_at_end = Counters().units;
  }
  if (trouble_page_->waiting(trouble.ticket) > 0) {  // Sent before it ended, and counted after.
    trouble.units_at_end.reset();
    return false;
  }
  if (Counters().units == *trouble.units_at_end) return false;
  recovery.first_unit = SteadyNow();
  return true;
}

}  // namespace holdfast
