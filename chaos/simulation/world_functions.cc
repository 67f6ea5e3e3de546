// World: functions give no answer, a wrong one, or a late one. While a function does not return, its worker stands
// still; what the slice did before counts as done, so time passes at the slice's end.
#include <algorithm>

#include "chaos/faults/faulty_endpoint.h"
#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"

namespace holdfast {

// A run without faults of functions pays nothing for them.
std::unique_ptr<Endpoint> World::MakeEndpoint(WorkerProcess& process) {
  auto endpoint = parts_.make_endpoint(parts_.application);
  if (std::ranges::none_of(faults_, IsFunctionFault, &SimFault::verb)) return endpoint;
  process.function_faults =
      std::make_unique<FaultInjector>(SimStream(config_.seed, "functions", process.self.boot).Next(), FaultChances(),
                                      [this, self = process.self](Duration time) { HoldUp(self, time); });
  ApplyFunctionFaults(process);
  const auto tell = [this, id = process.self.id](Fault fault, const AddressView& self) {
    report_.probes.Reach(fault == Fault::kSlow         ? SimProbe::kFunctionSlow
                         : fault == Fault::kWrongReply ? SimProbe::kWrongReply
                                                       : SimProbe::kFunctionFailed);
    scheduler_.Note("function", static_cast<std::uint64_t>(fault), [&] {
      const auto* what = fault == Fault::kSlow         ? "is slow"
                         : fault == Fault::kWrongReply ? "answers nonsense"
                                                       : "gives no answer";
      return fmt::format("worker {}: '{}' {}", id, self.id, what);
    });
  };
  return std::make_unique<FaultyEndpoint>(std::move(endpoint), parts_.application, *process.function_faults,
                                          FaultyEndpoint::Hooks{parts_.check_effects, tell});
}

void World::ChangeFunctionFaults(const SimFault& fault, bool begins) {
  if (begins) {
    function_faults_.push_back(&fault);
  } else {
    std::erase(function_faults_, &fault);
  }
  for (const auto* processes : {&workers_, &zombies_}) {
    for (const auto& process : *processes) {
      if (process) ApplyFunctionFaults(*process);
    }
  }
}

// If more is to go wrong than can, each kind gets its share.
void World::ApplyFunctionFaults(WorkerProcess& process) {
  FaultChances chances;
  double sum = 0;
  for (const auto* fault : function_faults_) {
    if (fault->target.role == SimFaultRole::kWorker && fault->target.worker != process.self.id) continue;
    sum += fault->chance;
    if (fault->verb == SimFaultVerb::kFunctionErrors) chances.lose_answer += fault->chance;
    if (fault->verb == SimFaultVerb::kWrongReplies) chances.wrong_reply += fault->chance;
    if (fault->verb == SimFaultVerb::kSlowFunctions) chances.slow += fault->chance;
    chances.delay = std::max(chances.delay, fault->by);
  }
  for (auto* chance : {&chances.lose_answer, &chances.wrong_reply, &chances.slow}) *chance /= std::max(sum, 1.0);
  process.function_faults->Change(chances);
}

void World::HoldUp(WorkerLife life, Duration time) {
  auto* process = Find(life);
  if (process == nullptr || process->life->paused()) return;  // It stands still already.
  process->life->Pause();
  Suspect(*process);
  ++faults_left_;
  scheduler_.After(time, [this, life, same_life = process->life] {
    auto* same = Find(life);
    if (same != nullptr && --same->silence->reasons == 0 && same->replaced) {
      report_.probes.Reach(SimProbe::kHangReplaced);
    }
    if (!same_life->over()) same_life->Continue();
    --faults_left_;
    calm_since_ = scheduler_.Now();
  });
}

}  // namespace holdfast
