// World: processes start, die and come back.
#include <algorithm>

#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"

namespace holdfast {

namespace {

// A process that cannot start is started again after a while.
Duration RetryDelay(SimLife& life) { return Duration(life.random().Between(100'000, 10'000'000)); }

}  // namespace

SimLifePtr World::NewLife(std::size_t process, std::string name) {
  const auto life = std::uint64_t{lives_[process]++} << 16 | process;
  return std::make_shared<SimLife>(scheduler_, SimStream(config_.seed, "life", life), std::move(name));
}

void World::StartWorker(WorkerId id) {
  auto process = std::make_unique<WorkerProcess>();
  auto& p = *process;
  p.self = {id, ++boots_};
  p.life = NewLife(id.value, fmt::format("worker {}", id));
  p.hold = std::make_shared<Hold>(workers_.size() + 1);
  p.life->set_runner([this, self = p.self](const std::function<void()>& action) {
    GuardWorker(self, action);
    ScheduleRun(self, Duration(1'000));
  });
  p.channel = std::make_unique<WorkerChannel>(*this, p.self);
  p.background = std::make_unique<SimBackground>(
      p.life, slow_work_[id.value], [this, self = p.self](const std::function<Status()>& work, Duration& longer) {
        return DoJob(work, machines_[self.id.value].get(), longer,
                     [this, self](Duration restart_after) { KillWorker(self, restart_after); });
      });
  p.ingress = std::make_unique<SimIngress>(topic_, scheduler_, id);
  p.egress = std::make_unique<SimEgress>(p.life, sink_, id, config_.late_output);
  p.async = std::make_unique<SimAsyncRunner>(p.life, parts_.application);
  p.state = parts_.make_state(*p.background);
  p.endpoint = MakeEndpoint(p);
  scheduler_.Note("start", id.value, [&] { return TellOf({.fact = SimFact::kStart, .place = AtWorker(id)}); });
  workers_[id.value] = std::move(process);
  auto& machine = *machines_[id.value];
  bool opened = false;
  GuardWorker(p.self, [&] {
    const bool haunted = std::ranges::any_of(zombies_, [id](const auto& zombie) { return zombie->self.id == id; });
    auto objects = OpenObjects(haunted ? fmt::format("worker-{}-{}", id, p.self.boot) : fmt::format("worker-{}", id));
    if (!objects.ok()) return;
    p.objects = std::move(*objects);
    p.logs = parts_.open_logs(machine.disk, *p.background);
    opened = true;
  });
  if (!workers_[id.value]) return;  // Killed while it opened its store.
  if (!opened) return KillWorker(p.self, RetryDelay(*p.life));
  WorkerOptions options;
  options.self = id;
  options.workers = config_.workers;
  options.boot = p.self.boot;
  options.owners = owners_;
  options.max_frame_bytes = config_.max_frame_bytes;
  options.queue_low = config_.queue_low;
  options.queue_memory_bytes = config_.queue_memory;
  for (std::uint16_t partition = id.value; partition < topic_.input().partitions(); partition += config_.workers) {
    options.partitions.emplace_back(partition);
  }
  p.worker = std::make_unique<Worker>(
      parts_.application, parts_.protocol, options,
      WorkerPorts{clocks_[id.value], *p.channel, *p.background, *p.objects, p.logs.get(), *p.ingress, *p.egress,
                  *p.endpoint, *p.async, *p.state, p.life->random().Fork(), &machine.disk});
  GuardWorker(p.self, [&] { p.worker->Boot(); });
}

Result<std::unique_ptr<ObjectStore>> World::OpenObjects(const std::string& writer) {
  HOLDFAST_ASSIGN(auto objects, parts_.open_objects(store_machine_->disk, writer));
  return std::unique_ptr<ObjectStore>(std::make_unique<StaleObjectStore>(
      std::move(objects),
      [this](std::string_view prefix, auto& names) { store_machine_->watcher.Forget(prefix, names); }));
}

void World::StartCoordinator() {
  auto process = std::make_unique<CoordinatorProcess>(*this);
  auto& p = *process;
  const auto boot = p.boot = ++boots_;
  p.life = NewLife(workers_.size(), "coordinator");
  p.hold = std::make_shared<Hold>(workers_.size());
  p.background = std::make_unique<SimBackground>(
      p.life, slow_work_.back(), [this, boot](const std::function<Status()>& work, Duration& longer) {
        return DoJob(work, nullptr, longer,
                     [this, boot](Duration restart_after) { KillCoordinator(boot, restart_after); });
      });
  p.life->set_runner([this, boot](const std::function<void()>& action) {
    GuardCoordinator(boot, action);
    ScheduleTick(boot);
  });
  coordinator_ = std::move(process);
  scheduler_.Note("start", 0xffff, [] { return TellOf({.fact = SimFact::kStart, .place = kAtCoordinator}); });
  bool good = false;
  GuardCoordinator(boot, [&] {
    auto objects = OpenObjects(zombie_coordinators_.empty() ? "coordinator" : fmt::format("coordinator-{}", boot));
    if (!objects.ok()) return;
    p.objects = std::move(*objects);
    CoordinatorOptions options;
    options.workers = config_.workers;
    options.interval = config_.interval;
    options.head_start = config_.interval / 50;
    options.timeout = config_.timeout;
    p.coordinator = std::make_unique<Coordinator>(parts_.application, parts_.protocol, options,
                                                  CoordinatorPorts{scheduler_, p, *p.objects, *p.background}, p);
    const auto status = p.coordinator->Boot();
    good = status.ok();
    if (!good && !Passes(status.error())) GiveUp("the coordinator: " + status.error().message);
  });
  if (!coordinator_) return;
  if (!good) return KillCoordinator(boot, RetryDelay(*p.life));
  for (const auto& zombie : zombies_) TellOfDeath(zombie->self);
  for (const auto* processes : {&workers_, &zombies_}) {
    for (std::size_t i = 0; i < processes->size(); ++i) {
      const auto& worker = (*processes)[i];
      if (!worker || !worker->worker) continue;
      worker->life->Meet(
          [this, self = worker->self] { GuardWorker(self, [this, self] { Find(self)->worker->Boot(); }); });
    }
  }
  TickCoordinator(boot);
}

void World::OnRestoring(WorldLine world_line, std::optional<SnapshotId> from) {
  if (++report_.restores > 1) {
    parts_.oracle->Disturbed();
    if (!running_) report_.probes.Reach(SimProbe::kRecoveryInRecovery);
    if (!from) report_.probes.Reach(SimProbe::kRestoredFromNothing);
  }
  running_ = false;
  scheduler_.Note("restoring", std::uint64_t{world_line.value} << 32 | (from ? from->index.value : 0),
                  [&] { return TellRollback(world_line, from); });
}
void World::OnRunning(WorldLine world_line) {
  running_ = true;
  scheduler_.Note("running", world_line.value, [&] {
    return SimStory({.fact = SimFact::kAllRun, .place = kAtCoordinator}, fmt::format("world-line {}", world_line));
  });
  AuditWorkers();
}
void World::OnTriggered(SnapshotId id) {
  ++open_snapshots_;
  scheduler_.Note("triggered", id.Packed(), [&] { return TellSnapshot(SimFact::kTriggered, id); });
}
void World::OnComplete(const Manifest& manifest) {
  ++report_.snapshots;
  open_snapshots_ -= open_snapshots_ > 0;
  scheduler_.Note("complete", manifest.id.Packed(), [&] { return TellSnapshot(SimFact::kComplete, manifest.id); });
  AuditSnapshot(manifest);
}
void World::OnAborted(SnapshotId id, std::string_view reason) {
  ++report_.aborted;
  open_snapshots_ -= open_snapshots_ > 0;
  const auto has = [&](std::string_view words) { return reason.find(words) != std::string_view::npos; };
  report_.probes.Reach(has("time-out")        ? SimProbe::kTimedOut
                       : has("worker failed") ? SimProbe::kGivenUpForFailure
                                              : SimProbe::kFailedForTrouble);
  scheduler_.Note("aborted", id.Packed(), [&] { return TellSnapshot(SimFact::kAborted, id, reason); });
}
void World::OnFailed(std::string_view reason) { GiveUp(fmt::format("the cluster gave up: {}", reason)); }

SimReport Simulate(const SimConfig& config, const std::vector<SimFault>& faults, SimParts parts, SimListener listener) {
  return World(config, faults, std::move(parts), std::move(listener)).Run();
}

}  // namespace holdfast
