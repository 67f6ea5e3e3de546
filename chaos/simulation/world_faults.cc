// World: faults begin and end, processes are killed.
#include <algorithm>

#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"

namespace holdfast {

Status World::Guard(const std::function<Status()>& action, const std::function<void(Duration)>& kill) {
  try {
    return action();
  } catch (const Killed& killed) {
    ++report_.kills;
    if (killed.probe) report_.probes.Reach(*killed.probe);
    kill(killed.restart_after);
    return MakeError(ErrorCode::kUnavailable, "killed");
  }
}

void World::GuardWorker(WorkerId id, const std::function<void()>& action) {
  const auto run = [&]() -> Status {
    action();
    return {};
  };
  const auto before = scheduler_.listening() ? StandingOf(id) : std::nullopt;
  Guard(run, [this, id](Duration restart_after) { KillWorker(id, restart_after); }).Ignore();
  if (before) TellChanges(id, *before);
}

void World::GuardCoordinator(const std::function<void()>& action) {
  const auto run = [&]() -> Status {
    action();
    return {};
  };
  Guard(run, [this](Duration restart_after) { KillCoordinator(restart_after); }).Ignore();
}

void World::PlanFaults() {
  faults_left_ = faults_.size();
  for (const auto& fault : faults_) {
    healed_at_ = std::max(healed_at_, scheduler_.Now() + fault.at + fault.lasts + fault.restart_after);
    scheduler_.After(fault.at, [this, &fault] {
      --faults_left_;
      Begin(fault);
    });
  }
}

void World::Begin(const SimFault& fault) {
  scheduler_.Note("fault", static_cast<std::uint64_t>(fault.verb), [&] { return TellFault(fault); });
  switch (fault.verb) {
    case SimFaultVerb::kKill:
      return Strike(fault);
    case SimFaultVerb::kDiskErrors:
      ForDisksOf(fault.target, [&fault](Machine& machine) { machine.watcher.BeginErrors(fault); });
      break;
    case SimFaultVerb::kSlowWork:
      ForProcessesOf(fault.target, [this, &fault](std::size_t process) { slow_work_[process] += fault.chance; });
      break;
  }
  scheduler_.After(fault.lasts, [this, &fault] { End(fault); });
}

void World::End(const SimFault& fault) {
  if (fault.verb == SimFaultVerb::kDiskErrors) {
    ForDisksOf(fault.target, [&fault](Machine& machine) { machine.watcher.EndErrors(fault); });
  } else {
    ForProcessesOf(fault.target, [this, &fault](std::size_t process) { slow_work_[process] -= fault.chance; });
  }
}

void World::ForDisksOf(const SimFaultTarget& target, const std::function<void(Machine&)>& action) {
  const bool all = target.role == SimFaultRole::kEverything;
  if (all || target.role == SimFaultRole::kStore) action(*store_machine_);
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    if (all || (target.role == SimFaultRole::kWorker && target.worker.value == i)) action(*machines_[i]);
  }
}

void World::ForProcessesOf(const SimFaultTarget& target, const std::function<void(std::size_t)>& action) {
  const bool all = target.role == SimFaultRole::kEverything;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (all || (target.role == SimFaultRole::kWorker && target.worker.value == i)) action(i);
  }
  if (all || target.role == SimFaultRole::kCoordinator) action(workers_.size());
}

void World::Strike(const SimFault& fault) {
  if (fault.when) {
    return ForDisksOf(fault.when->disk, [&fault](Machine& machine) { machine.watcher.Await(fault); });
  }
  ++report_.kills;
  switch (fault.target.role) {
    case SimFaultRole::kWorker:
      return KillWorker(fault.target.worker, fault.restart_after);
    case SimFaultRole::kCoordinator:
      return KillCoordinator(fault.restart_after);
    default:
      return KillEverything(fault.restart_after);
  }
}

void World::KillWorker(WorkerId id, Duration restart_after) {
  auto process = std::move(workers_[id.value]);
  if (!process) return;
  parts_.oracle->Disturbed();
  scheduler_.Note("kill", id.value, [&] { return TellOf({.fact = SimFact::kKill, .place = AtWorker(id)}); });
  process->life->End();
  if (process->worker) {
    Collect(process->worker->counters());
    ProbeDeath(*process);
  }
  auto& machine = *machines_[id.value];
  // The one who dies here may be in the middle of a call: its objects go when the stack is unwound.
  scheduler_.After(Duration(0), [dead = std::shared_ptr<WorkerProcess>(std::move(process)), &machine, this] {
    const DiskWatcher::Pause of_machine(machine.watcher);
    const DiskWatcher::Pause of_store(store_machine_->watcher);
    dead->worker.reset();
    dead->logs.reset();
    dead->objects.reset();
    graveyard_.push_back(std::move(dead->state));
    machine.disk.Crash(machine.losses);
  });
  scheduler_.After(restart_after, [this, id] {
    if (!workers_[id.value]) StartWorker(id);
  });
}

void World::ProbeDeath(const WorkerProcess& process) {
  const auto& worker = *process.worker;
  if (worker.phase() != Worker::Phase::kRunning) report_.probes.Reach(SimProbe::kKillInRecovery);
  if (worker.counters().spilled > 0 && worker.queued() > 0) report_.probes.Reach(SimProbe::kSpilledAtKill);
}

void World::KillCoordinator(Duration restart_after) {
  auto process = std::move(coordinator_);
  if (!process) return;
  scheduler_.Note("kill", 0xffff, [] { return TellOf({.fact = SimFact::kKill, .place = kAtCoordinator}); });
  if (open_snapshots_ > 0) report_.probes.Reach(SimProbe::kCoordinatorKilledInSnapshot);
  open_snapshots_ = 0;
  process->life->End();
  scheduler_.After(Duration(0), [dead = std::shared_ptr<CoordinatorProcess>(std::move(process)), this] {
    const DiskWatcher::Pause of_store(store_machine_->watcher);
    dead->coordinator.reset();
    dead->objects.reset();
  });
  scheduler_.After(restart_after, [this] {
    if (!coordinator_) StartCoordinator();
  });
}

void World::KillEverything(Duration restart_after) {
  const auto own = [&](SimLife& life) {
    return Duration(life.random().Between(restart_after.count() / 50, restart_after.count()));
  };
  for (std::uint16_t i = 0; i < config_.workers; ++i) {
    if (workers_[i]) KillWorker(WorkerId(i), own(*workers_[i]->life));
  }
  if (coordinator_) KillCoordinator(own(*coordinator_->life));
  scheduler_.After(Duration(1), [this] { store_machine_->disk.Crash(store_machine_->losses); });
}

}  // namespace holdfast
