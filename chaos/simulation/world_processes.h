// The insides of a World: its machines and the processes on them.
#pragma once

#include <exception>

#include "chaos/faults/fault_injector.h"
#include "chaos/faults/stale_object_store.h"
#include "chaos/simulation/describe.h"
#include "chaos/simulation/world.h"

namespace holdfast {

// Sees every disk call of one machine: feeds the hash, injects errors, and kills the process that is marked.
class World::DiskWatcher final : public DiskObserver {
 public:
  // `place` and `name` say whose disk it is. Each time that trouble begins, it is drawn from a stream of its own.
  DiskWatcher(SimScheduler& scheduler, SimProbes& probes, Random streams, SimPlace place, std::string name)
      : scheduler_(scheduler), probes_(probes), streams_(streams), place_(place), name_(std::move(name)) {}
  Status BeforeCall(const DiskCall& call) override {
    if (blind_) return {};
    scheduler_.Note("disk", Hash64(call.path, static_cast<std::uint64_t>(call.op)) ^ Hash64(call.detail),
                    [&] { return fmt::format("{}: {}", name_, DescribeDiskCall(call)); });
    if (zombie_) HOLDFAST_TRY(ByZombie(call));
    if (!awaited_.empty()) Count(call);
    const auto status = ByFaults(call);
    if (!status.ok() && scheduler_.listening()) scheduler_.Tell("error", TellDiskError(call));
    return status;
  }

  void AfterRead(std::string_view path, std::string& bytes) override {
    if (blind_ || bytes.empty()) return;
    for (auto& [fault, random] : troubles_) {
      if (fault->verb != SimFaultVerb::kBitFlips || !random.Chance(fault->chance)) continue;
      const auto bit = random.Below(bytes.size() * 8);
      bytes[bit / 8] ^= static_cast<char>(1 << bit % 8);
      probes_.Reach(SimProbe::kDamagedRead);
      scheduler_.Note("flip", bit, [&] { return fmt::format("{}: bit {} of what is read of {}", name_, bit, path); });
    }
  }

  // Of the store's own disk: takes out what its listing lacks while it is stale.
  void Forget(std::string_view prefix, std::vector<std::string>& names) {
    if (blind_) return;
    for (auto& [fault, random] : troubles_) {
      if (fault->verb != SimFaultVerb::kStaleLists) continue;
      const auto missing = std::erase_if(names, [&](const std::string&) { return random.Chance(fault->chance); });
      if (missing == 0) continue;
      probes_.Reach(SimProbe::kStaleList);
      scheduler_.Note("stale", missing, [&] { return fmt::format("{}: {} lacks {} names", name_, prefix, missing); });
    }
  }

  // How much longer the work takes that made the calls since this was asked last.
  Duration TakeSlowness() { return std::exchange(slowness_, Duration(0)); }

  // Whoever makes the call that the kill waits for dies in it.
  void Await(const SimFault& kill) { awaited_.push_back({kill.when->nth, &kill}); }
  void Begin(const SimFault& fault) { troubles_.push_back({&fault, streams_.Fork()}); }
  void End(const SimFault& fault) {
    std::erase_if(troubles_, [&fault](const auto& trouble) { return trouble.fault == &fault; });
  }

  // From now on only a zombie is left here: it gets no lock that it does not have, because its lease is over.
  void LeaveToZombie() { zombie_ = true; }

  // While one lives, no call is counted: a dead process is put away.
  class Pause {
   public:
    explicit Pause(DiskWatcher& watcher) : watcher_(watcher) { watcher_.paused_ = true; }
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;
    ~Pause() { watcher_.paused_ = false; }

   private:
    DiskWatcher& watcher_;
  };
  // While one lives, calls are not part of the run: somebody looks in from outside.
  class Blind {
   public:
    explicit Blind(DiskWatcher& watcher) : watcher_(watcher) { watcher_.blind_ = true; }
    Blind(const Blind&) = delete;
    Blind& operator=(const Blind&) = delete;
    ~Blind() { watcher_.blind_ = false; }

   private:
    DiskWatcher& watcher_;
  };

 private:
  struct Awaited {
    std::uint64_t calls;  // Until the kill.
    const SimFault* kill;
  };
  struct Trouble {
    const SimFault* fault;
    Random random;
  };

  static bool TakesSpace(DiskOp op) {
    return op == DiskOp::kCreate || op == DiskOp::kAppend || op == DiskOp::kMakeFolder;
  }
  Status ByFaults(const DiskCall& call) {
    bool fails = false;
    bool full = false;
    for (auto& [fault, random] : troubles_) {
      if (fault->verb == SimFaultVerb::kDiskErrors) fails |= random.Chance(fault->chance);
      if (fault->verb == SimFaultVerb::kDiskFull && TakesSpace(call.op)) full |= random.Chance(fault->chance);
      if (fault->verb == SimFaultVerb::kSlowDisk) slowness_ = std::max(slowness_, Drawn(random, fault->by));
    }
    if (fails) return MakeError(ErrorCode::kUnavailable, "{}: injected input/output error", call.path);
    if (!full) return {};
    probes_.Reach(SimProbe::kWriteToFullDisk);
    return MakeError(ErrorCode::kExhausted, "{}: the disk is full (injected)", call.path);
  }
  static Duration Drawn(Random& random, Duration most) { return Duration(random.Between(0, most.count())); }

  SimStory TellDiskError(const DiskCall& call) const {
    return {{.fact = SimFact::kDiskError, .place = place_}, fmt::format("{}: {}", name_, DescribeDiskCall(call))};
  }
  Status ByZombie(const DiskCall& call) {
    if (call.op == DiskOp::kLock) return MakeError(ErrorCode::kRefused, "'{}' is held by a successor", call.path);
    if (call.op == DiskOp::kAppend && call.path.ends_with(".seg")) probes_.Reach(SimProbe::kZombieLogged);
    return {};
  }

  // Not removals: those are made by destructors too, which cannot be left by an exception; nor anything else that is
  // done while one is under way.
  void Count(const DiskCall& call) {
    if (paused_ || call.op == DiskOp::kRemove || std::uncaught_exceptions() > 0) return;
    auto due = awaited_.end();
    for (auto it = awaited_.begin(); it != awaited_.end(); ++it) {
      if (it->kill->when->only_syncs && call.site.empty()) continue;
      if (it->calls > 0) --it->calls;
      if (it->calls == 0 && due == awaited_.end()) due = it;
    }
    if (due == awaited_.end()) return;
    const Killed killed{due->kill->restart_after, ProbeOfDeathIn(call)};
    awaited_.erase(due);
    throw killed;
  }

  SimScheduler& scheduler_;
  SimProbes& probes_;
  Random streams_;
  const SimPlace place_;
  const std::string name_;
  std::vector<Awaited> awaited_;
  std::vector<Trouble> troubles_;
  Duration slowness_{0};
  bool paused_ = false;
  bool blind_ = false;
  bool zombie_ = false;
};

struct World::Machine {
  Machine(SimScheduler& scheduler, SimProbes& probes, const SimConfig& config, std::uint64_t number, std::string name)
      : losses(SimStream(config.seed, "losses", number)),
        watcher(scheduler, probes, SimStream(config.seed, "disk errors", number),
                number == config.workers ? SimPlace{SimRole::kStore, 0}
                                         : AtWorker(WorkerId(static_cast<std::uint16_t>(number))),
                std::move(name)) {
    disk.SkipSync(config.skip_sync);
    disk.set_observer(&watcher);
  }
  Random losses;  // What crashes take.
  SimDisk disk;
  DiskWatcher watcher;
};

class World::WorkerChannel final : public Channel {
 public:
  WorkerChannel(World& world, WorkerLife self) : world_(world), self_(self) {}
  void Send(WorkerId to, std::string frame) override { world_.DeliverFrame(self_, to, std::move(frame)); }
  void SendToCoordinator(std::string message) override { world_.ToCoordinator(self_, std::move(message)); }

 private:
  World& world_;
  const WorkerLife self_;
};

// What the failure detector knows of a process.
struct World::Silence {
  int reasons = 0;  // Why nothing is heard of it.
  std::uint64_t nth = 0;
};

// What of all that one process sends is held back.
struct World::Hold {
  explicit Hold(std::size_t receivers) : until(receivers) {}
  std::vector<SteadyTime> until;  // Per receiver, the coordinator last.
  std::uint64_t waiting = 0;      // Messages.
};

struct World::WorkerProcess {
  WorkerLife self;
  bool replaced = false;
  const std::shared_ptr<Silence> silence = std::make_shared<Silence>();
  std::shared_ptr<Hold> hold;
  std::unique_ptr<Machine> machine;  // Of one that was replaced: it stays there.
  SimLifePtr life;
  std::unique_ptr<WorkerChannel> channel;
  std::unique_ptr<SimBackground> background;
  std::unique_ptr<ObjectStore> objects;
  std::unique_ptr<AppendLogStore> logs;
  std::unique_ptr<SimIngress> ingress;
  std::unique_ptr<SimEgress> egress;
  std::unique_ptr<SimAsyncRunner> async;
  std::unique_ptr<StateBackend> state;
  std::unique_ptr<FaultInjector> function_faults;
  std::unique_ptr<Endpoint> endpoint;
  std::unique_ptr<Worker> worker;
  bool run_scheduled = false;
  SteadyTime run_at;
};

// What of a worker is compared before and after a call.
struct World::Standing {
  Worker::Phase phase{};
  WorldLine world_line;
  Incarnation incarnation;
  std::uint64_t cuts = 0;
};

// A frame about to be taken, and what its receiver had counted until then.
struct World::Expectation {
  FrameHeader header;
  Worker::Phase phase{};
  WorldLine world_line;
  std::uint64_t fenced = 0;
  std::uint64_t received = 0;
};

struct World::CoordinatorProcess final : ControlBus, CoordinatorObserver {
  explicit CoordinatorProcess(World& where) : world(where) {}
  void SendToWorker(WorkerId to, std::string message) override { world.ToWorker(*this, to, std::move(message)); }
  void OnRestoring(WorldLine world_line, std::optional<SnapshotId> from) override {
    if (!replaced) world.OnRestoring(world_line, from);
  }
  void OnRunning(WorldLine world_line) override {
    if (!replaced) world.OnRunning(world_line);
  }
  void OnTriggered(SnapshotId id) override {
    if (!replaced) world.OnTriggered(id);
  }
  void OnComplete(const Manifest& manifest) override {
    if (!replaced) world.OnComplete(manifest);
  }
  void OnAborted(SnapshotId id, std::string_view reason) override {
    if (!replaced) world.OnAborted(id, reason);
  }
  void OnFailed(std::string_view reason, std::optional<SnapshotId> /*older*/) override {
    if (!replaced) return world.OnFailed(reason);
    world.report_.probes.Reach(SimProbe::kZombieCoordinatorStopped);
  }
  World& world;
  bool replaced = false;
  const std::shared_ptr<Silence> silence = std::make_shared<Silence>();
  std::shared_ptr<Hold> hold;
  SimLifePtr life;
  std::unique_ptr<SimBackground> background;
  std::unique_ptr<ObjectStore> objects;
  std::unique_ptr<Coordinator> coordinator;
  std::uint64_t boot = 0;
  std::optional<SteadyTime> tick_at;
};

}  // namespace holdfast
