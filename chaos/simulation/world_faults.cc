// World: faults begin and end, processes are killed.
#include <algorithm>
#include <functional>

#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"

namespace holdfast {
namespace {

// Takes out the one in force, or the zombie, that is meant; null if neither is.
template <class Process, class Meant>
std::unique_ptr<Process> Take(std::unique_ptr<Process>& in_force, std::vector<std::unique_ptr<Process>>& zombies,
                              const Meant& meant) {
  if (in_force && meant(in_force)) return std::move(in_force);
  const auto zombie = std::find_if(zombies.begin(), zombies.end(), meant);
  if (zombie == zombies.end()) return nullptr;
  auto taken = std::move(*zombie);
  zombies.erase(zombie);
  return taken;
}

}  // namespace

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

Status World::DoJob(const std::function<Status()>& work, Machine* own, Duration& longer,
                    const std::function<void(Duration)>& kill) {
  const auto slowness = [this, own] {
    const auto of_store = store_machine_->watcher.TakeSlowness();
    return own == nullptr ? of_store : std::max(of_store, own->watcher.TakeSlowness());
  };
  slowness();  // Whoever used the disks before pays for itself.
  auto status = Guard(work, kill);
  longer = slowness();
  return status;
}

void World::GuardWorker(WorkerLife life, const std::function<void()>& action) {
  const auto run = [&]() -> Status {
    action();
    return {};
  };
  const auto kill = [this, life](Duration restart_after) { KillWorker(life, restart_after); };
  const auto* process = Find(life);
  if (process == nullptr || !process->replaced) {
    const auto before = scheduler_.listening() ? StandingOf(life) : std::nullopt;
    Guard(run, std::cref(kill)).Ignore();
    if (before) TellChanges(life, *before);
    return;
  }
  Guard(run, std::cref(kill)).Ignore();
  const auto* left = Find(life);
  // It knows that it was replaced, and ends.
  if (left != nullptr && left->worker->phase() == Worker::Phase::kStopped) KillWorker(life, Duration(0));
}

void World::GuardCoordinator(std::uint64_t boot, const std::function<void()>& action) {
  const auto run = [&]() -> Status {
    action();
    return {};
  };
  Guard(run, [this, boot](Duration restart_after) { KillCoordinator(boot, restart_after); }).Ignore();
  const auto* left = FindCoordinator(boot);
  if (left != nullptr && left->replaced && left->coordinator->failed()) KillCoordinator(boot, Duration(0));
}

void World::PlanFaults() {
  faults_left_ = faults_.size();
  Duration behind{0};  // What is due comes so much later.
  for (const auto& fault : faults_) {
    healed_at_ = std::max(healed_at_, scheduler_.Now() + fault.at + fault.lasts + fault.restart_after);
    behind += LosesTime(fault);
    scheduler_.After(fault.at, [this, &fault] {
      --faults_left_;
      Begin(fault);
    });
  }
  healed_at_ = healed_at_ + behind;
}

void World::Begin(const SimFault& fault) {
  scheduler_.Note("fault", static_cast<std::uint64_t>(fault.verb), [&] { return TellFault(fault); });
  switch (fault.verb) {
    case SimFaultVerb::kKill:
      return Strike(fault);
    case SimFaultVerb::kPause:
      return BeginPause(fault);
    case SimFaultVerb::kDiskErrors:
    case SimFaultVerb::kDiskFull:
    case SimFaultVerb::kSlowDisk:
    case SimFaultVerb::kBitFlips:
    case SimFaultVerb::kStaleLists:
      ForDisksOf(fault.target, [&fault](Machine& machine) { machine.watcher.Begin(fault); });
      break;
    case SimFaultVerb::kSlowWork:
      ForProcessesOf(fault.target, [this, &fault](std::size_t process) { slow_work_[process] += fault.chance; });
      break;
    case SimFaultVerb::kHold:
      return BeginHold(fault);
    case SimFaultVerb::kDelay:
    case SimFaultVerb::kDuplicate:
    case SimFaultVerb::kReorder:
      ForPathsOf(fault, [&fault](SimPath& path) { path.Begin(fault); });
      break;
    case SimFaultVerb::kSinkErrors:
    case SimFaultVerb::kSlowSink:
      sink_.Begin(fault);
      break;
    case SimFaultVerb::kFunctionErrors:
    case SimFaultVerb::kWrongReplies:
    case SimFaultVerb::kSlowFunctions:
      ChangeFunctionFaults(fault, true);
      break;
    case SimFaultVerb::kClockForward:
    case SimFaultVerb::kClockBack:
    case SimFaultVerb::kClockDrift:
      BeginClockFault(fault);
      break;
  }
  scheduler_.After(fault.lasts, [this, &fault] { End(fault); });
}

void World::End(const SimFault& fault) {
  switch (fault.verb) {
    case SimFaultVerb::kDiskErrors:
    case SimFaultVerb::kDiskFull:
    case SimFaultVerb::kSlowDisk:
    case SimFaultVerb::kBitFlips:
    case SimFaultVerb::kStaleLists:
      return ForDisksOf(fault.target, [&fault](Machine& machine) { machine.watcher.End(fault); });
    case SimFaultVerb::kSlowWork:
      return ForProcessesOf(fault.target, [this, &fault](std::size_t process) { slow_work_[process] -= fault.chance; });
    case SimFaultVerb::kSinkErrors:
    case SimFaultVerb::kSlowSink:
      return sink_.End(fault);
    case SimFaultVerb::kFunctionErrors:
    case SimFaultVerb::kWrongReplies:
    case SimFaultVerb::kSlowFunctions:
      return ChangeFunctionFaults(fault, false);
    case SimFaultVerb::kClockForward:
    case SimFaultVerb::kClockBack:
    case SimFaultVerb::kClockDrift:
      return EndClockFault(fault);
    default:
      return ForPathsOf(fault, [&fault](SimPath& path) { path.End(fault); });
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
      if (const auto& worker = workers_[fault.target.worker.value]) KillWorker(worker->self, fault.restart_after);
      return;
    case SimFaultRole::kCoordinator:
      if (coordinator_) KillCoordinator(coordinator_->boot, fault.restart_after);
      return;
    default:
      return KillEverything(fault.restart_after);
  }
}

void World::KillWorker(WorkerLife life, Duration restart_after) {
  auto process = Take(workers_[life.id.value], zombies_, [&](const auto& p) { return p->self.boot == life.boot; });
  if (!process) return;
  parts_.oracle->Disturbed();
  scheduler_.Note("kill", life.id.value, [&] {
    if (process->replaced) return SimStory(process->life->name() + ", replaced before");
    return TellOf({.fact = SimFact::kKill, .place = AtWorker(life.id)});
  });
  process->life->End();
  if (process->worker) {
    Collect(process->worker->counters());
    if (!process->replaced) ProbeDeath(*process);
  }
  const bool in_force = !process->replaced;
  auto& machine = in_force ? *machines_[life.id.value] : *process->machine;
  // The one who dies here may be in the middle of a call: its objects go when the stack is unwound.
  dying_.push_back(std::move(process));
  scheduler_.After(Duration(0), [this, in_force, &machine] {
    const auto dead = std::move(dying_.front());
    dying_.pop_front();
    const DiskWatcher::Pause of_machine(machine.watcher);
    const DiskWatcher::Pause of_store(store_machine_->watcher);
    dead->worker.reset();
    dead->logs.reset();
    dead->objects.reset();
    graveyard_.push_back(std::move(dead->state));
    if (in_force) machine.disk.Crash(machine.losses);
  });
  if (!in_force) return;
  scheduler_.After(restart_after, [this, id = life.id] {
    if (!workers_[id.value]) StartWorker(id);
  });
}

void World::ProbeDeath(const WorkerProcess& process) {
  const auto& worker = *process.worker;
  if (worker.phase() != Worker::Phase::kRunning) report_.probes.Reach(SimProbe::kKillInRecovery);
  if (worker.counters().spilled > 0 && worker.queued() > 0) report_.probes.Reach(SimProbe::kSpilledAtKill);
}

void World::KillCoordinator(std::uint64_t boot, Duration restart_after) {
  auto process = Take(coordinator_, zombie_coordinators_, [&](const auto& p) { return p->boot == boot; });
  if (!process) return;
  scheduler_.Note("kill", 0xffff, [&] {
    if (process->replaced) return SimStory("coordinator, replaced before");
    return TellOf({.fact = SimFact::kKill, .place = kAtCoordinator});
  });
  process->life->End();
  const bool in_force = !process->replaced;
  dying_coordinators_.push_back(std::move(process));
  scheduler_.After(Duration(0), [this] {
    const auto dead = std::move(dying_coordinators_.front());
    dying_coordinators_.pop_front();
    const DiskWatcher::Pause of_store(store_machine_->watcher);
    dead->coordinator.reset();
    dead->objects.reset();
  });
  if (!in_force) return;
  if (open_snapshots_ > 0) report_.probes.Reach(SimProbe::kCoordinatorKilledInSnapshot);
  open_snapshots_ = 0;
  scheduler_.After(restart_after, [this] {
    if (!coordinator_) StartCoordinator();
  });
}

void World::KillEverything(Duration restart_after) {
  const auto own = [&](SimLife& life) {
    return Duration(life.random().Between(restart_after.count() / 50, restart_after.count()));
  };
  while (!zombies_.empty()) KillWorker(zombies_.front()->self, Duration(0));
  while (!zombie_coordinators_.empty()) KillCoordinator(zombie_coordinators_.front()->boot, Duration(0));
  for (const auto& worker : workers_) {
    if (worker) KillWorker(WorkerLife(worker->self), own(*worker->life));
  }
  if (coordinator_) KillCoordinator(coordinator_->boot, own(*coordinator_->life));
  scheduler_.After(Duration(1), [this] { store_machine_->disk.Crash(store_machine_->losses); });
}

}  // namespace holdfast
