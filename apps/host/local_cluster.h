// A whole cluster in one process: workers on a thread each, the coordinator on another, joined by in-process channels.
// It carries out what the state machines order and brings them what happens.
//
// Owned by one thread, which starts and destroys it. Ingress and egress must outlive it.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/host/loop.h"
#include "apps/host/threads.h"
#include "apps/host/watchdog.h"
#include "core/cluster/coordinator.h"
#include "core/ports/disk.h"
#include "core/runtime/worker.h"
#include "transports/channels/inproc/inproc_network.h"

namespace holdfast {

// How what stands beside a worker or the coordinator reaches its loop.
struct HostHooks {
  std::function<void()> wake;                                               // Any thread.
  std::function<void(std::function<void()>)> post;                          // Any thread.
  std::function<void(Duration delay, std::function<void()> action)> after;  // The loop's own thread.
};
struct HostPorts {
  Ingress& ingress;
  EgressSink& egress;
};

struct LocalClusterOptions {
  std::uint16_t workers = 1;
  std::uint16_t partitions = 1;
  IdlePolicy idle = IdlePolicy::kBlock;
  CoordinatorOptions coordinator;
  Duration watchdog = std::chrono::seconds(10);
  std::uint64_t seed = 1;
  std::size_t slice = 256;                      // Units a worker runs before it looks at its events.
  std::uint64_t queue_memory_bytes = 64 << 20;  // Of queued messages per worker; what is beyond goes to `scratch`.
};

// Makers of the parts; called once per worker where it says so.
struct LocalClusterParts {
  std::shared_ptr<const Application> application;
  ProtocolFactory protocol;
  std::shared_ptr<ObjectStore> objects;
  std::function<std::unique_ptr<AppendLogStore>(Background& background)> make_logs;            // Per worker.
  std::function<Result<std::unique_ptr<StateBackend>>(WorkerId, Background&)> make_state;      // Per worker.
  std::function<std::unique_ptr<Endpoint>(std::shared_ptr<const Application>)> make_endpoint;  // Per worker.
  std::function<HostPorts(WorkerId, HostHooks)> connect;                                       // Per worker.
  // Something to stand before the ends of the channels, if not empty; called on the loop of the end, and by it.
  std::function<std::unique_ptr<Channel>(WorkerId, Channel& end, HostHooks)> wrap_channel;  // Per worker.
  std::function<std::unique_ptr<ControlBus>(ControlBus& end, HostHooks)> wrap_control;
  Disk* scratch = nullptr;                // Where queues spill to; none: they stay in memory.
  const Clock* clock = nullptr;           // Of the workers; none: the system's.
  std::function<void(std::string)> warn;  // Any thread.
};

// Told what happens; from the threads it says.
class LocalClusterListener {
 public:
  virtual ~LocalClusterListener() = default;
  virtual void OnRunning(std::optional<SnapshotId> from) = 0;      // Coordinator's.
  virtual void OnFirstUnit() = 0;                                  // A worker's, once.
  virtual void OnSnapshotBegun(SnapshotId id, SteadyTime at) = 0;  // Coordinator's.
  // Coordinator's. `complete` is null if the snapshot was given up because of `trouble`.
  virtual void OnSnapshot(SnapshotId id, SteadyTime begun, const Manifest* complete, std::string_view trouble) = 0;
  virtual void OnCounters(WorkerId worker, const WorkerCounters& counters) = 0;  // The worker's.
  // Coordinator's. `older` is the snapshot to go back to with accept_rollback, if damage is the reason.
  virtual void OnFailed(std::string reason, std::optional<SnapshotId> older) = 0;
};

class LocalCluster final : public CoordinatorObserver {
 public:
  LocalCluster(const LocalClusterOptions& options, LocalClusterParts parts, LocalClusterListener& listener);
  ~LocalCluster() override;

  // Recovers what is stored and starts. Refusals come from here.
  Status Start();
  // The older snapshot that a refused Start names as the way out, if it names one.
  std::optional<SnapshotId> older() const;

 private:
  struct WorkerThread;
  struct Control;
  Loop::Turn TurnOf(WorkerThread& thread);
  Status MakeWorker(WorkerId id);

  void OnRestoring(WorldLine world_line, std::optional<SnapshotId> from) override;
  void OnRunning(WorldLine world_line) override;
  void OnTriggered(SnapshotId id) override;
  void OnComplete(const Manifest& manifest) override;
  void OnAborted(SnapshotId id, std::string_view reason) override;
  void OnFailed(std::string_view reason, std::optional<SnapshotId> older) override;

  const LocalClusterOptions options_;
  LocalClusterParts parts_;
  LocalClusterListener& listener_;
  SystemClock clock_;
  std::unique_ptr<InprocNetwork> network_;
  std::unique_ptr<Control> control_;
  std::vector<std::unique_ptr<WorkerThread>> workers_;
  std::unique_ptr<Watchdog> watchdog_;
  std::atomic<bool> first_unit_{false};
  std::optional<SnapshotId> restored_from_;
  std::map<SnapshotId, SteadyTime> begun_;
};

}  // namespace holdfast
