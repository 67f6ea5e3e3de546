// One worker of the greeter, alone on its loop, with the state of every user: what figure (a) is measured on. The rig
// stands for the host, which turns the loop, and for the coordinator, as far as one worker needs one. It runs on the
// thread that calls it.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <string>

#include "core/ports/disk.h"
#include "core/protocols/factory.h"
#include "core/runtime/worker.h"
#include "storage-backends/state/heap/heap_backend.h"
#include "tests/bench/support/worker_world.h"
#include "transports/hosts/embedded_endpoint.h"

namespace holdfast::bench {

// What a stretch of running cost.
struct Figures {
  std::uint64_t units = 0;
  Duration wall{};
  Duration loop_cpu{};     // Of the worker's thread.
  Duration process_cpu{};  // Of all threads: uploads and log included.
  std::uint64_t loop_allocations = 0;
  std::uint64_t snapshots = 0;  // Completed.
  // Events are what the loop does that is not units: cut, upload done, complete, ... All of them, the longest, and the
  // longest turn of the loop, 256 units and the events before them; in CPU time of the worker's thread.
  Duration events{};
  Duration longest_event{};
  Duration longest_turn{};
  std::uint64_t turns = 0;
  Duration longest_cut{};        // As the worker reports it, in wall time.
  std::uint64_t part_bytes = 0;  // Of the last snapshot.
};

// Who uploads and syncs: threads of their own, or the loop itself, so that every run is the same to the instruction.
enum class Jobs : bool { kOnThreads, kOnLoop };

class WorkerRig {
 public:
  // Gives every user of the tape their first visit. Stores below `folder`, which must exist.
  WorkerRig(const ProtocolFactory& protocol, std::shared_ptr<const Application> application, VisitTape& tape,
            const std::filesystem::path& folder, Jobs jobs = Jobs::kOnThreads);
  ~WorkerRig();

  // Runs for `time`, with a snapshot at once and then every `interval` as soon as the one before is complete, and on
  // until the last one is. With no interval there are none. Both are CPU time of this thread, which is what a worker
  // that has a core to itself sees as seconds; on a shared machine a second of wall time is any amount of work.
  Figures RunFor(Duration time, Duration interval = {});
  // Runs at least `units`, without snapshots.
  Figures RunUnits(std::uint64_t units);
  // Turns the loop once.
  void Turn();
  // Aborts unless every record has become two units and one email.
  void Check() const;

  const WorkerCounters& counters() const { return worker_->counters(); }
  StateSize state_size() const { return state_.size(); }

 private:
  class Line final : public Channel {
   public:
    void Send(WorkerId, std::string) override {}
    void SendToCoordinator(std::string message) override { messages.push_back(std::move(message)); }
    std::deque<std::string> messages;
  };

  void Begin();
  const Figures& End();
  // An event of the loop that is not units.
  template <class F>
  void Event(F&& event);
  void DeliverEvents();
  void OnReport(std::string_view bytes);
  void BeginSnapshot();
  void Step(CoordinatorEvent::Kind kind);
  void Do(CoordinatorAction action);
  void StoreManifest();
  void Tell(ControlKind kind);

  const ProtocolFactory protocol_;
  const std::shared_ptr<const Application> application_;
  const std::size_t users_;
  Mailbox mailbox_;
  SystemClock clock_;
  Line line_;
  TapeIngress ingress_;
  CountingEgress egress_;
  NoAsync async_;
  EmbeddedEndpoint endpoint_;
  HeapBackend state_;
  std::unique_ptr<Disk> disk_;
  std::unique_ptr<ObjectStore> objects_;
  std::unique_ptr<Background> background_;
  std::unique_ptr<AppendLogStore> logs_;
  std::unique_ptr<Worker> worker_;

  std::unique_ptr<CoordinatorProtocol> coordinator_;  // Of the snapshot under way.
  SnapshotId snapshot_{WorldLine(1), SnapshotIndex(0)};
  PartInfo part_;
  bool in_snapshot_ = false;
  Figures sums_;
  // At the beginning of the present stretch, and at the end of the last turn.
  struct Marks {
    Duration loop_cpu, process_cpu, wall;
    std::uint64_t allocations = 0;
  } begin_;
  Duration turn_end_{};
};

}  // namespace holdfast::bench
