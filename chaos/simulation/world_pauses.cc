// World: processes stand still and go on. Whoever is silent for longer than the failure detector's patience counts as
// dead: another process takes its place, and when the first goes on there are two. Nothing tells the first; only what
// it tries to do does.
#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"
#include "core/base/units.h"
#include "core/snapshot/control.h"

namespace holdfast {

World::WorkerProcess* World::Find(WorkerLife life) const {
  auto* process = workers_[life.id.value].get();
  if (process != nullptr && process->self.boot == life.boot) return process;
  for (const auto& zombie : zombies_) {
    if (zombie->self.boot == life.boot) return zombie.get();
  }
  return nullptr;
}

World::CoordinatorProcess* World::FindCoordinator(std::uint64_t boot) const {
  if (coordinator_ && coordinator_->boot == boot) return coordinator_.get();
  for (const auto& zombie : zombie_coordinators_) {
    if (zombie->boot == boot) return zombie.get();
  }
  return nullptr;
}

void World::BeginPause(const SimFault& fault) {
  if (fault.target.role == SimFaultRole::kCoordinator) {
    if (!coordinator_) return;
    coordinator_->life->Pause();
    Suspect(*coordinator_);
    ++faults_left_;
    return scheduler_.After(fault.lasts, [this, &fault, boot = coordinator_->boot, life = coordinator_->life] {
      auto* process = FindCoordinator(boot);
      if (process != nullptr) --process->silence->reasons;
      EndPause(fault, *life, process != nullptr && process->replaced);
    });
  }
  auto* process = workers_[fault.target.worker.value].get();
  if (process == nullptr) return;
  process->life->Pause();
  Suspect(*process);
  ++faults_left_;
  scheduler_.After(fault.lasts, [this, &fault, self = process->self, life = process->life] {
    auto* same = Find(self);
    if (same != nullptr) --same->silence->reasons;
    EndPause(fault, *life, same != nullptr && same->replaced);
  });
}

// The pause counts as healed once all that waited is done, or somebody has died or stands still again.
void World::EndPause(const SimFault& fault, SimLife& life, bool replaced) {
  const auto waited = life.waiting();
  if (!life.over()) life.Continue();
  scheduler_.After(Duration(1), [this, &fault, life = life.shared_from_this(), replaced, waited] {
    const bool healed = !life->over() && !life->paused() && life->waiting() == 0;
    HOLDFAST_CHECK(healed || life->over() || life->paused(), "{} does not go on", life->name());
    scheduler_.Note("healed", static_cast<std::uint64_t>(fault.verb) << 32 | waited, [&] {
      const auto* how = life->over()     ? "is dead"
                        : life->paused() ? "stands still again"
                        : replaced       ? "goes on, replaced"
                                         : "goes on";
      return fmt::format("{} {}; {} events had waited for {}", life->name(), how, waited, FormatDuration(fault.lasts));
    });
    --faults_left_;
    calm_since_ = scheduler_.Now();
  });
}

void World::Suspect(WorkerProcess& process) {
  if (process.silence->reasons++ > 0) return;
  scheduler_.After(config_.patience, [this, self = process.self, nth = ++process.silence->nth] {
    const auto* same = Find(self);
    if (same == nullptr || same->replaced || same->silence->reasons == 0 || same->silence->nth != nth) return;
    ReplaceWorker(self.id);
  });
}

void World::Suspect(CoordinatorProcess& process) {
  if (process.silence->reasons++ > 0) return;
  scheduler_.After(config_.patience, [this, boot = process.boot, nth = ++process.silence->nth] {
    const auto* same = FindCoordinator(boot);
    if (same == nullptr || same->replaced || same->silence->reasons == 0 || same->silence->nth != nth) return;
    ReplaceCoordinator();
  });
}

// The successor runs on a machine of its own and is given the volume with the log.
void World::ReplaceWorker(WorkerId id) {
  auto& process = workers_[id.value];
  parts_.oracle->Disturbed();
  scheduler_.Note("replace", id.value,
                  [&] { return TellOf({.fact = SimFact::kKill, .place = AtWorker(id)}, "another takes its place"); });
  ++report_.replaced;
  report_.probes.Reach(!process->life->paused()                              ? SimProbe::kPartitionedReplaced
                       : process->worker->phase() == Worker::Phase::kRunning ? SimProbe::kWorkerReplaced
                                                                             : SimProbe::kReplacedInRecovery);
  process->replaced = true;
  process->machine = std::move(machines_[id.value]);
  process->machine->watcher.LeaveToZombie();
  process->ingress->LeaveToZombie();
  auto machine = std::make_unique<Machine>(scheduler_, report_.probes, config_, boots_ << 32 | id.value,
                                           fmt::format("machine {}", id));
  machine->disk.ShareVolume(process->machine->disk, "spill");
  machines_[id.value] = std::move(machine);
  zombies_.push_back(std::move(process));
  if (coordinator_) TellOfDeath(zombies_.back()->self);
  StartWorker(id);
}

void World::TellOfDeath(WorkerLife of) {
  coordinator_->life->Meet([this, of, boot = coordinator_->boot] {
    GuardCoordinator(boot, [&] { FindCoordinator(boot)->coordinator->DeclareDead(of.id, of.boot); });
  });
}

void World::ReplaceCoordinator() {
  scheduler_.Note("replace", 0xffff,
                  [] { return TellOf({.fact = SimFact::kKill, .place = kAtCoordinator}, "another takes its place"); });
  ++report_.replaced;
  report_.probes.Reach(coordinator_->life->paused() ? SimProbe::kCoordinatorReplaced
                                                    : SimProbe::kPartitionedCoordinatorReplaced);
  open_snapshots_ = 0;
  coordinator_->replaced = true;
  zombie_coordinators_.push_back(std::move(coordinator_));
  StartCoordinator();
}

void World::ProbeZombieReport(std::string_view message) {
  const auto report = DecodeControl(message);
  if (report.ok() && report->kind == ControlKind::kUploaded) report_.probes.Reach(SimProbe::kZombieUploaded);
  if (report.ok() && report->kind == ControlKind::kFailed) report_.probes.Reach(SimProbe::kZombieStopped);
}

}  // namespace holdfast
