// World: the clocks of the application are set, or run at another rate. Steady time, by which worlds and detectors
// wait, is never touched.
#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"

namespace holdfast {

Duration LosesTime(const SimFault& fault) {
  if (fault.verb == SimFaultVerb::kClockBack) return fault.by;
  if (fault.verb != SimFaultVerb::kClockDrift || fault.rate >= 1) return {};
  return Duration(static_cast<std::int64_t>(static_cast<double>(fault.lasts.count()) * (1 - fault.rate)));
}

void World::BeginClockFault(const SimFault& fault) {
  parts_.oracle->ClocksDisagree();
  clocks_touched_ = true;
  ForClocksOf(fault.target, [this, &fault](WorkerId id, SkewedClock& clock) {
    const auto& process = workers_[id.value];
    const bool awaits = process && process->worker && process->worker->AwaitsDelayed();
    if (fault.verb == SimFaultVerb::kClockDrift) return clock.Run(fault.rate);
    const bool back = fault.verb == SimFaultVerb::kClockBack;
    clock.Jump(back ? -fault.by : fault.by);
    if (awaits) report_.probes.Reach(back ? SimProbe::kClockSetBack : SimProbe::kClockSetForward);
  });
}

// Of drifts that overlap, the first that ends sets the clock right.
void World::EndClockFault(const SimFault& fault) {
  if (fault.verb != SimFaultVerb::kClockDrift) return;
  ForClocksOf(fault.target, [](WorkerId, SkewedClock& clock) { clock.Run(1); });
}

void World::ForClocksOf(const SimFaultTarget& target, const std::function<void(WorkerId, SkewedClock&)>& action) {
  for (std::size_t i = 0; i < clocks_.size(); ++i) {
    if (target.role == SimFaultRole::kWorker && target.worker.value != i) continue;
    action(WorkerId(static_cast<std::uint16_t>(i)), clocks_[i]);
  }
}

}  // namespace holdfast
