// The coordinator of a cluster: decides when snapshots are taken and when they are complete, which one everybody
// returns to after a failure, and which incarnations are in force. Like the worker it is a single-threaded state
// machine without threads, clocks or files of its own.
//
// What it decides is durable before anyone acts on it: the cluster record (world-line, incarnations) is swapped before
// a restore is ordered; a manifest is stored before a snapshot is called complete. A coordinator that finds the record
// changed under it has been replaced, and stops; it looks once more after every manifest, so that no snapshot is called
// complete that a successor may not have seen.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/backoff.h"
#include "core/cluster/snapshot_catalog.h"
#include "core/model/application.h"
#include "core/ports/background.h"
#include "core/ports/channel.h"
#include "core/ports/clock.h"
#include "core/ports/object_store.h"
#include "core/protocols/factory.h"
#include "core/snapshot/control.h"
#include "core/snapshot/manifest.h"

namespace holdfast {

struct CoordinatorOptions {
  std::uint16_t workers = 1;
  Duration interval = std::chrono::seconds(1);  // Between the beginnings of two snapshots.
  Duration head_start{};                        // Of workers that start, before their first snapshot.
  Duration timeout = std::chrono::seconds(60);  // A snapshot not stored by then is aborted.
  std::size_t retained = 2;                     // Complete snapshots kept, per recovery line.
  // Go back to this snapshot and give up the newer ones for good; see SnapshotCatalog. Meant for one start.
  std::optional<SnapshotId> accept_rollback;
};

struct CoordinatorPorts {
  const Clock& clock;
  ControlBus& control;
  ObjectStore& objects;
  Background& background;
};

// Told what happens, on the coordinator's loop. Must not call back.
class CoordinatorObserver {
 public:
  virtual ~CoordinatorObserver() = default;
  virtual void OnRestoring(WorldLine world_line, std::optional<SnapshotId> from) = 0;
  virtual void OnRunning(WorldLine world_line) = 0;
  virtual void OnTriggered(SnapshotId id) = 0;
  virtual void OnComplete(const Manifest& manifest) = 0;
  virtual void OnAborted(SnapshotId id, std::string_view reason) = 0;
  // The cluster cannot go on. `older` is the snapshot it could go back to with accept_rollback, if damage is the reason
  // and there is one.
  virtual void OnFailed(std::string_view reason, std::optional<SnapshotId> older) = 0;
};

class Coordinator {
 public:
  Coordinator(std::shared_ptr<const Application> application, const ProtocolFactory& protocol,
              const CoordinatorOptions& options, const CoordinatorPorts& ports, CoordinatorObserver& observer);

  // Raises the world-line, durably, and reads what is stored. Blocks; call once, first. kRefused says what is in the
  // way and what to do about it.
  Status Boot();
  // The older snapshot that a refused Boot names as the way out, if it names one.
  const std::optional<SnapshotId>& older() const { return catalog_.older(); }
  void OnControl(std::string_view message);
  // Somebody else takes the place of the worker's process that is start `boot`, which may be alive: it is not heard any
  // more. Call before the other starts.
  void DeclareDead(WorkerId worker, std::uint64_t boot);
  // Does what the time asks for. Call at least whenever NextWake is over.
  void Tick();
  Duration NextWake() const;

  std::uint64_t completed() const { return completed_; }
  std::uint64_t aborted() const { return aborted_; }
  bool failed() const { return failed_; }
  std::string Describe() const;

 private:
  static constexpr int kFenceTries = 10;
  enum class Standing : std::uint8_t { kUnknown, kWaiting, kRestoring, kRestored, kRunning };
  struct Member {
    std::uint64_t boot = 0;
    std::uint64_t first_heard = 0;  // Earlier starts count as dead.
    Standing standing = Standing::kUnknown;
    std::optional<SnapshotId> from;  // What it was last told to restore.
    bool restored_before = false;    // Since this coordinator started.
  };
  // When something that failed is to be tried again, and why it failed.
  struct Retry {
    Backoff backoff;
    std::optional<SteadyTime> at;
    std::string why;
  };
  struct Attempt {
    SnapshotId id;
    std::vector<WorkerId> members;
    std::set<WorkerId> frozen;
    std::map<WorkerId, PartInfo> parts;
    std::int64_t triggered_at = 0;
    SteadyTime deadline;
    bool storing = false;
    Retry retry;  // Of storing the manifest.
    std::unique_ptr<CoordinatorProtocol> protocol;
  };
  // A change of the record under way; asked for again until it is done.
  struct Swap {
    ClusterRecord next;
    std::function<void()> then;
    Retry retry;
  };

  // Boot.
  Result<std::optional<std::string>> ReadRecord();
  Status CheckRecord() const;
  Status RaiseFence();
  Status WriteRecord(const std::optional<std::string>& present);

  // Recovery.
  void OnHello(const ControlMessage& message);
  void OnWorkerFailed(const ControlMessage& message);
  void FailDamaged(const Manifest& manifest, std::string reason);
  void WantRestore(WorkerId worker);
  void OnRestored(WorkerId worker);
  void Pump();  // Orders the next restore, if one is wanted and none is being recorded.
  void SwapRecord();
  void Swapped(const std::string& bytes, const Status& status);
  void OrderRestore(const std::set<WorkerId>& workers);
  bool SinkMayBeAhead(SnapshotId restored) const;
  void Running(const std::vector<WorkerId>& workers);
  bool All(Standing standing) const;

  // Snapshots.
  void BeginDue();
  SnapshotIndex NewAttempt(std::vector<WorkerId> members);
  void Begin(const std::vector<SnapshotIndex>& due);
  Attempt* FindAttempt(const ControlMessage& message);
  void Step(SnapshotIndex index, CoordinatorEvent::Kind event);
  void Store(SnapshotIndex index);
  Manifest ManifestOf(const Attempt& attempt) const;
  void Stored(const Manifest& manifest, const Status& status);
  void Announce(const Manifest& manifest);
  void Abort(SnapshotIndex index, std::string_view reason);
  void DropAttemptsOf(const std::set<WorkerId>& workers);
  void Send(ControlKind kind, const Attempt& attempt);
  void SendTo(WorkerId worker, ControlMessage message);
  void TryAgainLater(Retry& retry, const Error& error) const;
  void Fail(std::string_view reason, std::optional<SnapshotId> older = {});

  const std::shared_ptr<const Application> application_;
  const ProtocolFactory factory_;
  const ProtocolTraits traits_;
  const CoordinatorOptions options_;
  CoordinatorPorts ports_;
  CoordinatorObserver& observer_;

  ClusterRecord record_;
  std::string record_bytes_;  // As stored, for the next swap.
  std::optional<Swap> swap_;
  bool fresh_ = true;  // Nothing was restored since Boot.
  SnapshotCatalog catalog_;
  std::vector<Member> members_;
  std::set<WorkerId> to_restore_;
  std::map<SnapshotIndex, Attempt> attempts_;
  SnapshotIndex newest_;
  std::vector<SteadyTime> next_trigger_;  // Per worker; all the same where snapshots are global.
  std::uint64_t completed_ = 0;
  std::uint64_t aborted_ = 0;
  bool failed_ = false;
};

}  // namespace holdfast
