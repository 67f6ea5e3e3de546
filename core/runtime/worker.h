// The worker: a deterministic, single-threaded state machine. Frames, control messages and finished jobs come in as
// calls on its loop; frames, log records, snapshot parts and egress go out through its ports. Between two calls it runs
// units: takes a message, runs the function at its address, and applies the effects as one atom. It owns some key
// groups with their rows, delayed messages and queue, and knows nothing of threads, sockets, files or clocks, so the
// simulator runs the very same code.
//
//   Worker worker(application, protocol, options, ports);
//   worker.Boot();
//   for (;;) { ...deliver events...; const bool more = worker.Run(256); ...if (!more) sleep until worker.NextWake()...
//   }
//
// Its life: booting (said hello) -> restored (state is back) -> running; or stopped, when it cannot go on. A rollback
// takes it from any of them back to booting, and so does passing trouble of log or store, after a wait. Every answer
// still under way from before is then ignored.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/record.h"
#include "core/runtime/counters.h"
#include "core/runtime/delayed_index.h"
#include "core/runtime/expired_rows.h"
#include "core/runtime/inbox.h"
#include "core/runtime/outbox.h"
#include "core/runtime/parking.h"
#include "core/runtime/worker_options.h"
#include "core/snapshot/control.h"
#include "core/snapshot/egress_gate.h"
#include "core/snapshot/log_record.h"
#include "core/snapshot/spilling_queue.h"

namespace holdfast {

class Worker {
 public:
  enum class Phase : std::uint8_t { kBooting, kRestored, kRunning, kStopped };

  Worker(std::shared_ptr<const Application> application, const ProtocolFactory& protocol, const WorkerOptions& options,
         const WorkerPorts& ports);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Says hello to the coordinator. Call once, or again after the coordinator was replaced.
  void Boot();
  void OnFrame(std::string frame);
  void OnControl(std::string_view message);
  // Runs up to `budget` units and sends what they produced. True if there is more to do at once.
  bool Run(std::size_t budget);
  // When Run is worth calling again though no event came: a delayed message or a retry (of a unit, of a restore) falls
  // due.
  std::optional<Duration> NextWake() const;

  Phase phase() const { return phase_; }
  // Why it stopped.
  const std::string& reason() const { return reason_; }
  const WorkerCounters& counters() const { return counters_; }
  std::uint64_t queued() const { return queue_.messages(); }
  // True if nothing is queued, parked or unsent: what remains to do must come from outside or fall due.
  bool Idle() const { return queue_.empty() && parking_.empty(); }
  bool AwaitsDelayed() const { return delayed_.pending() > 0; }
  // True if, besides, no delayed message will arrive, no operation's outcome is due and no output is held back.
  bool Settled() const { return delayed_.pending() == 0 && SettledButDelayed(); }
  // The same, if delayed messages due after `horizon` do not matter.
  bool SettledUntil(AppTime horizon) const {
    const auto next = delayed_.Next();
    return SettledButDelayed() && (delayed_.pending() == 0 || (next && next->due > horizon));
  }
  // One line on what this worker waits for.
  std::string Describe() const;
  WorldLine world_line() const { return world_line_; }

  // For those who watch.
  Incarnation incarnation() const { return incarnation_; }
  // What it was last told to restore; nothing if that was the beginning.
  std::optional<SnapshotId> restored_from() const;
  // Its newest cut that is still remembered.
  std::optional<SnapshotId> newest_cut() const;
  // The last record in its log; 0 without one.
  Lsn log_tail() const { return log_ ? log_->tail() : Lsn(); }
  const Inbox& inbox() const { return inbox_; }
  const Outbox& outbox() const { return outbox_; }
  // The next offset to handle, of partitions of which something was handled.
  const std::map<PartitionId, std::uint64_t>& positions() const { return positions_; }
  std::vector<QueuePiece> FreezeQueue() const { return queue_.Freeze(); }

 private:
  bool SettledButDelayed() const { return Idle() && async_pending_ == 0 && gate_.bytes() == 0; }
  // A cut and what will be uploaded of it.
  struct CutState {
    SnapshotId id;
    std::shared_ptr<const StateCut> rows;
    std::shared_ptr<ExpiredRows::Found> expired = std::make_shared<ExpiredRows::Found>();
    std::vector<QueuePiece> queue;
    std::vector<MessageRun> late;
    std::vector<Outbox::FrozenRun> outbox;
    std::vector<EgressGate::Batch> egress;
    WorkerMeta meta;
    PartInfo part;
    std::uint64_t units = 0;
    SteadyTime at;
  };
  // What must be remembered of a finished cut until it is no longer retained.
  struct CutMark {
    std::map<PartitionId, std::uint64_t> ingress;
    Lsn lsn;
    std::uint64_t units = 0;
  };

  struct AsyncAnswer {
    KeyGroup group;
    std::string row;
    AsyncStatus status = AsyncStatus::kUnknown;
    std::string text;  // The response, or why it failed.
  };

  // worker.cc: events.
  void OnData(const FrameView& frame, std::shared_ptr<const std::string> keeper);
  void OnPeer(const FrameView& frame);
  void OnResumeRequest(WorkerId peer, const LanePositions& positions);
  void SendToPeers(FrameKind kind);
  void Stop(std::string reason, SnapshotId way_out = {});
  void Tell(ControlKind kind, SnapshotId snapshot = {}, std::string text = {});
  void UpdatePressure();
  bool Rest();
  bool SweepExpired();
  bool MayReadIngress() const;
  std::size_t RunAnswers(std::size_t budget);
  std::size_t RunDelayed(std::size_t budget);
  std::size_t RunParked(std::size_t budget);
  std::size_t RunQueue(std::size_t budget);
  std::size_t RunIngress(std::size_t budget);
  void RouteIngress(PartitionId partition, const IngressRecord& record, KeyGroup group);
  // Ask for the row of a unit that will run soon; of a record also returns the key group.
  void PrefetchRow(const EnvelopeView& message);
  KeyGroup PrefetchRow(const IngressRecord& record);
  // A callback that does nothing if a rollback came in between.
  template <class F>
  auto Guarded(F callback) {
    return [this, generation = generation_, callback = std::move(callback)](auto... answer) {
      if (generation == generation_) callback(std::move(answer)...);
    };
  }

  // worker_unit.cc: one unit.
  void RunUnit(const UnitInput& input, const EnvelopeView& message);
  EnvelopeView Parse(std::string_view envelope) const;
  void UnitFailed(const UnitInput& input, const EnvelopeView& message, const Error& error);
  void Park(const UnitInput& input, const EnvelopeView& message);
  void GiveUp(const UnitInput& input, const EnvelopeView& message, std::uint32_t attempts, const Error& error);
  void Commit(const LogRecord& record, std::string_view stored);
  void Apply(const LogRecord& record, std::string_view stored, Lsn lsn);
  void Consume(const UnitInput& input);
  void ApplyOther(const LogRecord& record, const Effect& effect, Lsn lsn);
  void AddDelayed(const LogRecord& record, const Effect& effect);
  void StartAsync(const LogRecord& record, const Effect& effect);
  void CallAsync(AsyncOperationId operation, KeyGroup group, std::string row, std::string_view request);
  void DeliverAnswer(const AsyncAnswer& answer);
  void Route(Lane lane, std::string_view envelope, Lsn lsn);
  void Must(const Status& status);

  // worker_describe.cc
  std::string DescribeNext() const;

  // worker_snapshot.cc: cuts, logs and their uploads.
  void Step(const ProtocolEvent& event);
  void Do(ProtocolAction action, SnapshotIndex index);
  void TakeCut(SnapshotIndex index);
  void CheckDrained();
  void Upload();
  void Uploaded(const std::shared_ptr<CutState>& cut, const Status& status);
  void ReportUploaded();
  void FlushLog();
  void LogDurable(Result<Lsn> durable, const std::vector<LanePositions>& consumed, std::uint64_t units);
  void ReleaseRetained(SnapshotId oldest);
  void DropCut(SnapshotIndex index);
  void Complete(SnapshotId id, SnapshotId oldest_retained);

  // worker_sink.cc: the sink is gone, and back.
  void SinkRefused(const Error& error);
  void RejoinSink();

  // worker_restore.cc: coming back.
  void Restore(const ControlMessage& message);
  void Recover(const ControlMessage& message);
  void RestoreLater(const Error& error);
  bool SinkIsAhead(std::uint64_t confirmed) const;
  void StopBehindSink(std::uint64_t confirmed);
  void RestoreAgain();
  void Reset(const ControlMessage& message);
  Status Load(const PartInfo& part);
  Status LoadRow(const RowKey& key, std::string_view value);
  Status ReplayLog(Incarnation incarnation);
  void Start();
  void AnswerLostAsync();

  const std::shared_ptr<const Application> application_;
  const ProtocolTraits traits_;
  const ProtocolFactory factory_;
  const WorkerOptions options_;
  WorkerPorts ports_;

  Phase phase_ = Phase::kBooting;
  std::string reason_;  // Why it stopped, and the snapshot from which it could go on, if there is one.
  SnapshotId way_out_;
  std::uint64_t generation_ = 0;
  WorldLine world_line_;
  Incarnation incarnation_;
  SnapshotIndex colour_;
  std::unique_ptr<WorkerProtocol> protocol_;
  ControlMessage order_;     // The restore under way or done.
  bool superseded_ = false;  // Stopped, because the order was not the newest.
  std::optional<SteadyTime> restore_at_;
  std::uint32_t restore_failures_ = 0;  // In a row,
  std::string trouble_;                 // and what the last was.
  std::optional<SteadyTime> rejoin_sink_at_;
  std::uint32_t sink_failures_ = 0;  // In a row.

  SpillingQueue queue_;
  Inbox inbox_;
  Outbox outbox_;
  EgressGate gate_;
  DelayedIndex delayed_;
  Parking parking_;
  std::map<PartitionId, std::uint64_t> positions_;
  std::size_t next_partition_ = 0;
  std::uint64_t next_row_ = 1;
  AppTime now_;  // Of the present slice.
  bool paused_ = false;
  std::deque<AsyncAnswer> answers_;
  std::size_t async_pending_ = 0;  // Rows of kAsyncTable.
  ExpiredRows expired_;
  bool pressing_ = false;      // Peers were asked to hold back.
  std::vector<bool> pressed_;  // Peers that asked us to.

  std::unique_ptr<AppendLog> log_;
  bool log_opened_ = false;  // An incarnation opens its log once, also if it failed.
  Lsn log_durable_;
  Lsn log_flushed_;  // Asked to become durable.
  bool log_flushing_ = false;
  bool replaying_ = false;
  std::vector<LanePositions> acked_;  // Durably consumed, by peer.

  std::shared_ptr<CutState> cut_;  // Not yet reported.
  std::optional<SnapshotIndex> awaiting_marks_;
  bool cut_stored_ = false;
  std::map<SnapshotId, CutMark> marks_;

  WorkerCounters counters_;
  EffectsBuilder effects_;
  RecordMerger merger_;
  std::string record_buffer_;
  std::string envelope_buffer_;
};

}  // namespace holdfast
