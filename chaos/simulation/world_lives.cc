// World: processes start, die and come back.
#include <algorithm>
#include <cmath>

#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"

namespace holdfast {

Status World::Guard(const std::function<Status()>& action, const std::function<void()>& kill) {
  try {
    return action();
  } catch (const Killed&) {
    ++report_.kills;
    kill();
    return MakeError(ErrorCode::kUnavailable, "killed");
  }
}

void World::GuardWorker(WorkerId id, const std::function<void()>& action) {
  const auto run = [&]() -> Status {
    action();
    return {};
  };
  Guard(run, [this, id] { KillWorker(id); }).Ignore();
}

void World::GuardCoordinator(const std::function<void()>& action) {
  const auto run = [&]() -> Status {
    action();
    return {};
  };
  Guard(run, [this] { KillCoordinator(); }).Ignore();
}

void World::StartWorker(WorkerId id) {
  auto process = std::make_unique<WorkerProcess>();
  auto& p = *process;
  p.boot = ++boots_;
  p.life = std::make_shared<SimLife>(scheduler_, random_.Fork(), fmt::format("worker {}", id));
  p.life->set_runner([this, id](const std::function<void()>& action) {
    GuardWorker(id, action);
    ScheduleRun(id, Duration(1'000));
  });
  p.channel = std::make_unique<WorkerChannel>(*this, id);
  p.background = std::make_unique<SimBackground>(
      p.life, config_.slow_store,
      [this, id](const std::function<Status()>& work) { return Guard(work, [this, id] { KillWorker(id); }); });
  p.ingress = std::make_unique<SimIngress>(topic_, scheduler_);
  p.egress = std::make_unique<SimEgress>(p.life, sink_, id);
  p.async = std::make_unique<SimAsyncRunner>(p.life, parts_.application);
  p.state = parts_.make_state(*p.background);
  p.endpoint = parts_.make_endpoint(parts_.application);
  scheduler_.Note("start", id.value, [&] { return p.life->name(); });
  workers_[id.value] = std::move(process);
  auto& machine = *machines_[id.value];
  bool opened = false;
  GuardWorker(id, [&] {
    auto objects = parts_.open_objects(store_machine_->disk, fmt::format("worker-{}", id));
    if (!objects.ok()) return;
    p.objects = std::move(*objects);
    p.logs = parts_.open_logs(machine.disk, *p.background);
    opened = true;
  });
  if (!workers_[id.value]) return;  // Killed while it opened its store.
  if (!opened) return KillWorker(id);
  WorkerOptions options;
  options.self = id;
  options.workers = config_.workers;
  options.boot = p.boot;
  options.owners = owners_;
  options.max_frame_bytes = config_.max_frame_bytes;
  options.queue_low = config_.queue_low;
  options.queue_memory_bytes = config_.queue_memory;
  for (std::uint16_t partition = id.value; partition < topic_.input().partitions(); partition += config_.workers) {
    options.partitions.emplace_back(partition);
  }
  p.worker = std::make_unique<Worker>(
      parts_.application, parts_.protocol, options,
      WorkerPorts{scheduler_, *p.channel, *p.background, *p.objects, p.logs.get(), *p.ingress, *p.egress, *p.endpoint,
                  *p.async, *p.state, p.life->random().Fork(), &machine.disk});
  GuardWorker(id, [&] { p.worker->Boot(); });
}

Duration World::RestartDelay() {
  return Duration(random_.Between(100'000, random_.Chance(0.5) ? 2'000'000 : 20'000'000));
}

void World::KillWorker(WorkerId id) {
  auto process = std::move(workers_[id.value]);
  if (!process) return;
  parts_.oracle->Disturbed();
  scheduler_.Note("kill", id.value, [&] { return process->life->name(); });
  process->life->End();
  if (process->worker) Collect(process->worker->counters());
  auto& machine = *machines_[id.value];
  machine.watcher.Disarm();
  store_machine_->watcher.Disarm();
  // The one who dies here may be in the middle of a call: its objects go when the stack is unwound.
  scheduler_.After(Duration(0), [dead = std::shared_ptr<WorkerProcess>(std::move(process)), &machine, this] {
    machine.watcher.Disarm();
    store_machine_->watcher.Disarm();
    dead->worker.reset();
    dead->logs.reset();
    dead->objects.reset();
    graveyard_.push_back(std::move(dead->state));
    machine.disk.Crash(random_);
  });
  scheduler_.After(RestartDelay(), [this, id] {
    if (!workers_[id.value]) StartWorker(id);
  });
}

void World::StartCoordinator() {
  auto process = std::make_unique<CoordinatorProcess>(*this);
  auto& p = *process;
  p.boot = ++boots_;
  p.life = std::make_shared<SimLife>(scheduler_, random_.Fork(), "coordinator");
  p.background = std::make_unique<SimBackground>(
      p.life, config_.slow_store,
      [this](const std::function<Status()>& work) { return Guard(work, [this] { KillCoordinator(); }); });
  p.life->set_runner([this](const std::function<void()>& action) {
    GuardCoordinator(action);
    ScheduleTick();
  });
  coordinator_ = std::move(process);
  scheduler_.Note("start", 0xffff, [&] { return p.life->name(); });
  bool good = false;
  GuardCoordinator([&] {
    auto objects = parts_.open_objects(store_machine_->disk, "coordinator");
    if (!objects.ok()) return;
    p.objects = std::move(*objects);
    CoordinatorOptions options;
    options.workers = config_.workers;
    options.interval = config_.interval;
    options.head_start = config_.interval / 50;
    options.timeout = config_.timeout;
    p.coordinator = std::make_unique<Coordinator>(parts_.application, parts_.protocol, options,
                                                  CoordinatorPorts{scheduler_, p, *p.objects, *p.background}, *this);
    const auto status = p.coordinator->Boot();
    good = status.ok();
    if (!good && status.error().code != ErrorCode::kUnavailable)
      Violation("the coordinator: " + status.error().message);
  });
  if (!coordinator_) return;
  if (!good) return KillCoordinator();
  for (std::uint16_t i = 0; i < config_.workers; ++i) {
    if (workers_[i] && workers_[i]->worker) workers_[i]->worker->Boot();
  }
  TickCoordinator();
}

void World::KillCoordinator() {
  auto process = std::move(coordinator_);
  if (!process) return;
  scheduler_.Note("kill", 0xffff, [&] { return process->life->name(); });
  process->life->End();
  store_machine_->watcher.Disarm();
  scheduler_.After(Duration(0), [dead = std::shared_ptr<CoordinatorProcess>(std::move(process)), this] {
    store_machine_->watcher.Disarm();
    dead->coordinator.reset();
    dead->objects.reset();
  });
  scheduler_.After(RestartDelay(), [this] {
    if (!coordinator_) StartCoordinator();
  });
}

void World::KillEverything() {
  for (std::uint16_t i = 0; i < config_.workers; ++i) KillWorker(WorkerId(i));
  KillCoordinator();
  scheduler_.After(Duration(1), [this] { store_machine_->disk.Crash(random_); });
}

void World::PlanKills() {
  // As many as a Poisson variable of the wanted mean.
  for (double room = std::exp(-config_.kills), product = random_.Unit(); product > room; product *= random_.Unit()) {
    ++kills_left_;
  }
  const auto span = config_.record_gap.count() * static_cast<std::int64_t>(config_.records) + 10'000'000;
  for (std::uint64_t i = 0; i < kills_left_; ++i) {
    scheduler_.After(Duration(random_.Between(0, span)), [this] { Strike(); });
  }
}

void World::Strike() {
  if (random_.Chance(config_.kill_again)) {
    scheduler_.After(Duration(static_cast<std::int64_t>(random_.Exponential(4'000'000))), [this] { Strike(); });
  } else {
    --kills_left_;
  }
  const WorkerId victim(static_cast<std::uint16_t>(random_.Below(config_.workers)));
  auto share = random_.Unit();
  if ((share -= config_.kill_in_call) < 0) {
    auto& machine = random_.Chance(0.5) ? *machines_[victim.value] : *store_machine_;
    return machine.watcher.KillAfter(1 + random_.Below(8), random_.Chance(0.5));
  }
  ++report_.kills;
  if ((share -= config_.kill_everything) < 0) return KillEverything();
  if ((share -= config_.kill_coordinator) < 0) return KillCoordinator();
  KillWorker(victim);
}

void World::OnRestoring(WorldLine world_line, std::optional<SnapshotId> from) {
  if (++report_.restores > 1) parts_.oracle->Disturbed();
  scheduler_.Note("restoring", std::uint64_t{world_line.value} << 32 | (from ? from->index.value : 0), [&] {
    return fmt::format("world-line {} from {}", world_line, from ? fmt::format("{}", *from) : "nothing");
  });
}
void World::OnRunning(WorldLine world_line) {
  scheduler_.Note("running", world_line.value, [&] { return fmt::format("world-line {}", world_line); });
}
void World::OnTriggered(SnapshotId id) {
  scheduler_.Note("triggered", id.Packed(), [&] { return fmt::format("snapshot {}", id); });
}
void World::OnComplete(const Manifest& manifest) {
  ++report_.snapshots;
  scheduler_.Note("complete", manifest.id.Packed(), [&] { return fmt::format("snapshot {}", manifest.id); });
}
void World::OnAborted(SnapshotId id, std::string_view reason) {
  ++report_.aborted;
  scheduler_.Note("aborted", id.Packed(), [&] { return fmt::format("snapshot {}: {}", id, reason); });
}
void World::OnFailed(std::string_view reason, std::optional<SnapshotId>) {
  Violation(fmt::format("the cluster stopped: {}", reason));
}

SimReport Simulate(const SimConfig& config, SimParts parts, SimListener listener) {
  return World(config, std::move(parts), std::move(listener)).Run();
}

SimConfig DrawSimConfig(std::uint64_t seed) {
  SimConfig config;
  Random random(Mix64(seed) ^ 0x5eed);
  config.seed = seed;
  config.workers = static_cast<std::uint16_t>(1 + random.Below(4));
  if (config.workers == 1 && random.Chance(0.5)) config.workers = 3;
  config.records = 100 + random.Below(101);
  config.record_gap = Duration(random.Between(20'000, 300'000));
  const auto span = config.record_gap * static_cast<std::int64_t>(config.records);
  config.interval = std::max(Duration(3'000'000), span * random.Between(60, 240) / 100);
  config.timeout = random.Chance(0.2) ? Duration(random.Between(1'500'000, 5'000'000))
                                      : Duration(random.Between(10'000'000, 60'000'000));
  // Now and then, snapshots that begin before the last one was given up everywhere.
  if (random.Chance(0.02)) config.interval = config.timeout = Duration(random.Between(500'000, 1'500'000));
  config.store_errors = random.Chance(0.2) ? 0.01 : 0;
  config.slow_store = random.Chance(0.2) ? 0.02 : 0;
  config.max_frame_bytes = random.Chance(0.3) ? 1 : 4096;
  config.queue_low = 1 + random.Below(128);
  config.slice = 1 + random.Below(32);
  config.log_errors = random.Chance(0.2) ? 0.01 : 0;
  if (random.Chance(0.3)) config.queue_memory = 1 + random.Below(1500);
  return config;
}

std::string DescribeSimConfig(const SimConfig& config) {
  return fmt::format(
      "seed {}: {} workers, {} records every {} us, snapshot every {} us, time-out {} us, {} kills on average, store "
      "errors {}, log errors {}, slow store {}, frames of {} bytes, queue {}, {} bytes of it in memory, slice {}",
      config.seed, config.workers, config.records, config.record_gap.count() / 1000, config.interval.count() / 1000,
      config.timeout.count() / 1000, config.kills, config.store_errors, config.log_errors, config.slow_store,
      config.max_frame_bytes, config.queue_low, config.queue_memory, config.slice);
}

}  // namespace holdfast
