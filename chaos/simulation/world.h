// The simulated cluster: workers and coordinator as processes that live, die and come back on machines whose disks
// forget what was not synced, joined by channels and control messages with delays of their own, all on one thread in
// virtual time. The worker and coordinator code is the production code.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chaos/faults/skewed_clock.h"
#include "chaos/simulation/disk/sim_disk.h"
#include "chaos/simulation/scheduler.h"
#include "chaos/simulation/sim_config.h"
#include "chaos/simulation/sim_path.h"
#include "chaos/simulation/sim_ports.h"
#include "chaos/simulation/sim_sink.h"
#include "core/cluster/coordinator.h"
#include "core/runtime/worker.h"

namespace holdfast {

class World final {
 public:
  World(const SimConfig& config, const std::vector<SimFault>& faults, SimParts parts, SimListener listener);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();
  SimReport Run();

 private:
  // Thrown out of a disk call to end a process there.
  struct Killed {
    Duration restart_after;
    std::optional<SimProbe> probe;  // If that is a rare place to die.
  };
  struct WorkerProcess;
  struct CoordinatorProcess;
  // One start of a worker's process. Of those that still live, the last is in force, the others were replaced.
  struct WorkerLife {
    WorkerId id;
    std::uint64_t boot;
  };
  class WorkerChannel;
  class DiskWatcher;
  struct Machine;
  struct Silence;
  struct Hold;

  // Lives and deaths.
  void StartWorker(WorkerId id);
  void StartCoordinator();
  Result<std::unique_ptr<ObjectStore>> OpenObjects(const std::string& writer);
  SimLifePtr NewLife(std::size_t process, std::string name);
  WorkerProcess* Find(WorkerLife life) const;  // Null if it is over.
  CoordinatorProcess* FindCoordinator(std::uint64_t boot) const;
  // Those in force are started again.
  void KillWorker(WorkerLife life, Duration restart_after);
  void KillCoordinator(std::uint64_t boot, Duration restart_after);
  void KillEverything(Duration restart_after);
  Status Guard(const std::function<Status()>& action, const std::function<void(Duration restart_after)>& kill);
  // A background job that may use the store, and the disk of `own` machine if any.
  Status DoJob(const std::function<Status()>& work, Machine* own, Duration& longer,
               const std::function<void(Duration restart_after)>& kill);
  void GuardWorker(WorkerLife life, const std::function<void()>& action);
  void GuardCoordinator(std::uint64_t boot, const std::function<void()>& action);

  // world_pauses.cc: processes that stand still, and those that replace them.
  void BeginPause(const SimFault& fault);
  void EndPause(const SimFault& fault, SimLife& life, bool replaced);
  void Suspect(WorkerProcess& process);
  void Suspect(CoordinatorProcess& process);
  void ReplaceWorker(WorkerId id);
  void ReplaceCoordinator();
  void TellOfDeath(WorkerLife of);
  void ProbeZombieReport(std::string_view message);

  // world_functions.cc: what befalls functions.
  std::unique_ptr<Endpoint> MakeEndpoint(WorkerProcess& process);
  void ChangeFunctionFaults(const SimFault& fault, bool begins);
  void ApplyFunctionFaults(WorkerProcess& process);
  void HoldUp(WorkerLife life, Duration time);

  // world_clocks.cc: what befalls the clocks of the application.
  void BeginClockFault(const SimFault& fault);
  void EndClockFault(const SimFault& fault);
  void ForClocksOf(const SimFaultTarget& target, const std::function<void(WorkerId, SkewedClock&)>& action);

  // Faults. Processes are numbered, the coordinator last.
  void PlanFaults();
  void Begin(const SimFault& fault);
  void End(const SimFault& fault);
  void Strike(const SimFault& fault);
  void ForDisksOf(const SimFaultTarget& target, const std::function<void(Machine&)>& action);
  void ForProcessesOf(const SimFaultTarget& target, const std::function<void(std::size_t process)>& action);

  // What moves.
  void OfferNext();
  // Another record of `partition` is there.
  void Offered(PartitionId partition);
  void ScheduleRun(WorkerLife life, Duration delay);
  void RunWorker(WorkerProcess& process);
  void TickCoordinator(std::uint64_t boot);
  void ScheduleTick(std::uint64_t boot);
  // Between two lives.
  struct Route {
    WorkerLife from;
    WorkerLife to;
    std::uint64_t flight;
  };

  // world_participant.cc: who takes part from outside.
  void InviteParticipant();
  void AwaitParticipant();
  void LetParticipantAct(SteadyTime at);
  bool ParticipantWaits() const { return !parts_.participant || !parts_.participant->NextWake(); }

  // world_channels.cc: what is sent, and what befalls it on the way.
  SimPath NewPath(std::string_view purpose, std::uint64_t which) const {
    return SimPath(SimStream(config_.seed, purpose, which));
  }
  void ForPathsOf(const SimFault& fault, const std::function<void(SimPath&)>& action);
  void BeginHold(const SimFault& fault);
  template <class Process>
  void BeginHold(const SimFault& fault, Process& process);
  void EndHold(const SimFault& fault, SimLife& life, const std::shared_ptr<Hold>& hold);
  // Does `arrive` at this time, or once what `from` sends is not held any more.
  void Arrive(SteadyTime time, const std::shared_ptr<Hold>& from, std::size_t to, std::function<void()> arrive);
  SteadyTime ControlArrival(Random& delays, SimPath& path);
  void DeliverFrame(WorkerLife from, WorkerId to, std::string frame);
  void TakeFrame(const Route& route, std::string frame);
  void ToCoordinator(WorkerLife from, std::string message);
  void ToWorker(CoordinatorProcess& from, WorkerId to, std::string message);
  void Report(WorkerLife from, std::string message);
  void Order(CoordinatorProcess& from, WorkerId to, std::string message);

  // What is told to listeners alone, found by looking at a worker before and after each of its calls.
  struct Standing;
  struct Expectation;
  std::optional<Standing> StandingOf(WorkerLife life) const;
  void TellChanges(WorkerLife life, const Standing& before) const;
  void TellRestored(WorkerId id) const;
  Expectation Expect(const Route& route, std::string_view frame) const;
  void TellArrived(const Route& route, Expectation expected) const;
  void TellArrived(SimPlace place, std::uint64_t flight, std::string_view message) const;
  void TellDropped(SimPlace place, std::uint64_t flight, std::string_view why) const;

  // world_lines.cc: recovery lines.
  void AuditSnapshot(const Manifest& manifest);
  void AuditWorkers();
  Status FeedWorker(const WorkerProcess& process);
  Status VisitRows(const WorkerProcess& process, const RowVisitor& visit) const;
  void FoundOnLine(const Findings& findings);

  // The end.
  bool Done();
  bool Outstanding() const;
  bool AtRest() const;
  // The cluster stops for good, which it may only if it has read damage.
  void GiveUp(std::string why);
  void Violation(SimFailure failure, std::string text);
  void Judge();
  void VisitState(const StateVisitor& visit) const;
  void Collect(const WorkerCounters& counters);
  void ProbeDeath(const WorkerProcess& process);
  std::string DescribeAll() const;

  // What the coordinator in force tells.
  void OnRestoring(WorldLine world_line, std::optional<SnapshotId> from);
  void OnRunning(WorldLine world_line);
  void OnTriggered(SnapshotId id);
  void OnComplete(const Manifest& manifest);
  void OnAborted(SnapshotId id, std::string_view reason);
  void OnFailed(std::string_view reason);

  // From one worker to another, in order.
  struct Link {
    SteadyTime last_arrival;
    SteadyTime last_data;  // Of those the last with messages.
    Random delays;
    SimPath path;
  };
  Link& LinkOf(WorkerId from, WorkerId to) { return links_[from.value * workers_.size() + to.value]; }

  const SimConfig config_;
  const std::vector<SimFault> faults_;
  SimParts parts_;
  // States of the dead: cuts that jobs still hold must go first.
  std::vector<std::unique_ptr<StateBackend>> graveyard_;
  SimScheduler scheduler_;
  Random gaps_;  // Between records.
  SimTopic topic_;
  SimSink sink_;
  std::vector<WorkerId> owners_;
  std::vector<SkewedClock> clocks_;  // One per worker; they outlive its processes.
  bool clocks_touched_ = false;
  std::unique_ptr<Machine> store_machine_;          // Holds the object store.
  std::vector<std::unique_ptr<Machine>> machines_;  // One per worker, for its log.
  std::vector<std::unique_ptr<WorkerProcess>> workers_;
  std::unique_ptr<CoordinatorProcess> coordinator_;
  std::vector<std::unique_ptr<WorkerProcess>> zombies_;  // Replaced, and alive.
  std::vector<std::unique_ptr<CoordinatorProcess>> zombie_coordinators_;
  std::deque<std::unique_ptr<WorkerProcess>> dying_;  // Killed in this instant, not yet taken down.
  std::deque<std::unique_ptr<CoordinatorProcess>> dying_coordinators_;
  std::vector<Link> links_;
  std::vector<Random> report_delays_;  // From each worker to the coordinator,
  std::vector<Random> order_delays_;   // and back.
  std::vector<SimPath> report_paths_;
  std::vector<SimPath> order_paths_;
  std::vector<double> slow_work_;                 // Of each process: the chance that a piece of its work is slow.
  std::vector<std::uint32_t> lives_;              // Of each process, so far.
  std::vector<const SimFault*> function_faults_;  // In force.
  bool running_ = false;                          // Since the last order to restore.
  std::uint64_t open_snapshots_ = 0;
  std::uint64_t boots_ = 0;
  bool stopped_ = false;  // For damage that was read.
  std::optional<SteadyTime> participant_wakes_;
  std::size_t faults_left_ = 0;  // That have not begun, and pauses that have not ended.
  SteadyTime healed_at_;         // When the last fault is over, or the last record was offered.
  SteadyTime calm_since_;        // The last time something was still going on, or became visible.
  SteadyTime visible_since_;
  std::uint64_t visible_ = 0;
  SimReport report_;
};

}  // namespace holdfast
