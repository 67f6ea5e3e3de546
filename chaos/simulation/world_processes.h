// The insides of a World: its machines and the processes on them.
#pragma once

#include "chaos/simulation/describe.h"
#include "chaos/simulation/world.h"

namespace holdfast {

// Sees every disk call of one machine: feeds the hash, injects errors, and kills the process that is marked.
class World::DiskWatcher final : public DiskObserver {
 public:
  // `name` says whose disk it is, for traces.
  DiskWatcher(SimScheduler& scheduler, Random random, double errors, std::string name)
      : scheduler_(scheduler), random_(random), errors_(errors), name_(std::move(name)) {}
  Status BeforeCall(const DiskCall& call) override {
    scheduler_.Note("disk", Hash64(call.path, static_cast<std::uint64_t>(call.op)) ^ Hash64(call.detail),
                    [&] { return fmt::format("{}: {}", name_, DescribeDiskCall(call)); });
    // Not in a removal: those are made by destructors too, which cannot be left by an exception.
    if (kill_after_ > 0 && call.op != DiskOp::kRemove && (!only_syncs_ || !call.site.empty()) && --kill_after_ == 0) {
      throw Killed{};
    }
    if (errors_ > 0 && random_.Chance(errors_)) {
      return MakeError(ErrorCode::kUnavailable, "{}: injected input/output error", call.path);
    }
    return {};
  }
  // Whoever makes the `calls`-th call from now on, or the `calls`-th sync, dies in it.
  void KillAfter(std::uint64_t calls, bool only_syncs) {
    kill_after_ = calls;
    only_syncs_ = only_syncs;
  }
  void Disarm() { kill_after_ = 0; }
  void EndErrors() { errors_ = 0; }

 private:
  SimScheduler& scheduler_;
  Random random_;
  double errors_;
  const std::string name_;
  std::uint64_t kill_after_ = 0;
  bool only_syncs_ = false;
};

struct World::Machine {
  Machine(SimScheduler& scheduler, Random random, double errors, std::string name)
      : watcher(scheduler, random, errors, std::move(name)) {
    disk.set_observer(&watcher);
  }
  SimDisk disk;
  DiskWatcher watcher;
};

class World::WorkerChannel final : public Channel {
 public:
  WorkerChannel(World& world, WorkerId self) : world_(world), self_(self) {}
  void Send(WorkerId to, std::string frame) override { world_.DeliverFrame(self_, to, std::move(frame)); }
  void SendToCoordinator(std::string message) override { world_.ToCoordinator(self_, std::move(message)); }

 private:
  World& world_;
  WorkerId self_;
};

struct World::WorkerProcess {
  SimLifePtr life;
  std::unique_ptr<WorkerChannel> channel;
  std::unique_ptr<SimBackground> background;
  std::unique_ptr<ObjectStore> objects;
  std::unique_ptr<AppendLogStore> logs;
  std::unique_ptr<SimIngress> ingress;
  std::unique_ptr<SimEgress> egress;
  std::unique_ptr<SimAsyncRunner> async;
  std::unique_ptr<StateBackend> state;
  std::unique_ptr<Endpoint> endpoint;
  std::unique_ptr<Worker> worker;
  std::uint64_t boot = 0;
  bool run_scheduled = false;
  SteadyTime run_at;
};

struct World::CoordinatorProcess final : ControlBus {
  explicit CoordinatorProcess(World& where) : world(where) {}
  void SendToWorker(WorkerId to, std::string message) override { world.ToWorker(to, std::move(message)); }
  World& world;
  SimLifePtr life;
  std::unique_ptr<SimBackground> background;
  std::unique_ptr<ObjectStore> objects;
  std::unique_ptr<Coordinator> coordinator;
  std::uint64_t boot = 0;
  std::optional<SteadyTime> tick_at;
};

}  // namespace holdfast
