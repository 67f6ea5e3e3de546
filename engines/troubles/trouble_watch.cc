#include "engines/troubles/trouble_watch.h"

#include <algorithm>
#include <utility>

#include "engines/steady_now.h"

namespace holdfast {

Result<TroubleWatch> TroubleWatch::Create(const std::string& path) {
  HOLDFAST_ASSIGN(auto page, TroublePage::Create(path));
  return TroubleWatch(std::move(page));
}

Status TroubleWatch::Begin(const EngineFault& fault, EngineLog& log) {
  const auto now = SteadyNow();
  const auto until = now + fault.lasts;
  const auto ticket = page_.Begin({fault.trouble, fault.size, fault.path, until});
  if (!ticket.ok()) return MakeError(ErrorCode::kRefused, "{}", ticket.error().message);
  auto& recovery = log.recoveries.emplace_back();
  recovery.verb = FaultVerb::kTrouble;
  recovery.applied = now;
  troubles_.push_back({fault.trouble, *ticket, log.recoveries.size() - 1, until});
  return {};
}

void TroubleWatch::Follow(SteadyTime now, const Engine& engine, EngineLog& log) {
  std::erase_if(troubles_,
                [&](Trouble& trouble) { return IsOver(trouble, now, engine, log.recoveries[trouble.recovery]); });
}

// True once nothing more is to be learned of it.
bool TroubleWatch::IsOver(Trouble& trouble, SteadyTime now, const Engine& engine, EngineRecovery& recovery) {
  recovery.met = page_.met(trouble.ticket);
  recovery.met_and_lost = page_.lost(trouble.ticket);
  if (recovery.met > 0 && !recovery.detected) recovery.detected = now;
  if (IsClockTrouble(trouble.kind)) {
    if (recovery.detected) page_.End(trouble.ticket);
    return recovery.detected.has_value();
  }
  if (!trouble.units_at_end) {
    if (now < trouble.until) return false;
    page_.End(trouble.ticket);
    if (page_.waiting(trouble.ticket) > 0) return false;
    recovery.restarted = SteadyNow();
    trouble.units_at_end = engine.Counters().units;
  }
  if (page_.waiting(trouble.ticket) > 0) {  // Sent before it ended, and counted after.
    trouble.units_at_end.reset();
    return false;
  }
  if (engine.Counters().units == *trouble.units_at_end) return false;
  recovery.first_unit = SteadyNow();
  return true;
}

}  // namespace holdfast
