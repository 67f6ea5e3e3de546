// Worker: cuts and logs, and what follows from their becoming durable.
#include "core/base/mutation.h"
#include "core/runtime/worker.h"
#include "core/snapshot/manifest.h"

namespace holdfast {

std::optional<SnapshotId> Worker::newest_cut() const {
  return marks_.empty() ? std::nullopt : std::optional(marks_.rbegin()->first);
}

void Worker::Step(const ProtocolEvent& event) {
  ProtocolActions actions;
  protocol_->Step(event, actions);
  for (const auto action : actions) Do(action, event.index);
}

void Worker::Do(ProtocolAction action, SnapshotIndex index) {
  switch (action) {
    case ProtocolAction::kPause:
      paused_ = true;
      return;
    case ProtocolAction::kResume:
      paused_ = false;
      return;
    case ProtocolAction::kCut:
      return TakeCut(index);
    case ProtocolAction::kSendMarks:
      return outbox_.SendMark(index);
    case ProtocolAction::kAwaitMarks:
      awaiting_marks_ = index;
      if (traits_.logs_late_messages) inbox_.CollectLate(index);
      return CheckDrained();
    case ProtocolAction::kReportFrozen:
      return Tell(ControlKind::kFrozen, {world_line_, index});
    case ProtocolAction::kUpload:
      return Upload();
    case ProtocolAction::kReleaseEgress:
      if (HOLDFAST_MUTANT("egress-sealed-when-released")) gate_.Seal(SnapshotId{world_line_, index}.Packed());
      return gate_.Release(SnapshotId{world_line_, index}.Packed());
    case ProtocolAction::kReleaseIngress:
      for (const auto& [partition, offset] : positions_) ports_.ingress.Release(partition, offset);
      return;
    case ProtocolAction::kDropCut:
      return DropCut(index);
  }
}

void Worker::CheckDrained() {
  if (!awaiting_marks_ || !inbox_.Drained(*awaiting_marks_)) return;
  const auto index = *awaiting_marks_;
  awaiting_marks_.reset();
  Step({ProtocolEvent::Kind::kDrained, index});
}

void Worker::TakeCut(SnapshotIndex index) {
  const auto begin = ports_.clock.Now();
  const SnapshotId id{world_line_, index};
  const bool late = HOLDFAST_MUTANT("egress-sealed-when-released");
  if (traits_.egress == EgressRelease::kOnComplete && !late) gate_.Seal(id.Packed());
  if (traits_.egress == EgressRelease::kOnDurable) gate_.Seal(log_->tail().value);
  auto cut = std::make_shared<CutState>();
  cut->id = id;
  auto rows = ports_.state.Cut();
  if (!rows.ok()) return Must(rows.status());
  cut->rows = expired_.Watch(std::move(*rows), ports_.clock.AppNow(), cut->expired);
  cut->queue = queue_.Freeze();
  if (!HOLDFAST_MUTANT("egress-not-in-cut")) cut->egress = gate_.Freeze();
  cut->meta.ingress = positions_;
  cut->meta.next_row = next_row_;
  if (traits_.effect_log) {
    cut->outbox = outbox_.Freeze();
    cut->meta.lsn = log_->tail();
    for (std::uint16_t peer = 0; peer < options_.workers; ++peer) {
      cut->meta.sent[WorkerId(peer)] = outbox_.sent(WorkerId(peer));
      cut->meta.consumed[WorkerId(peer)] = inbox_.consumed(WorkerId(peer));
    }
  }
  if (traits_.snapshots_are_global) {
    colour_ = index;
    if (!HOLDFAST_MUTANT("colour-not-raised")) outbox_.SetColour(index);
  }
  marks_[id] = {positions_, cut->meta.lsn, counters_.units};
  cut->at = begin;
  cut->part.worker = options_.self;
  cut->part.name = PartName(id, options_.self);
  cut->part.lsn = cut->meta.lsn;
  cut->part.cut_nanos = static_cast<std::uint64_t>((ports_.clock.Now() - begin).count());
  cut_ = std::move(cut);
  cut_stored_ = false;
  ++counters_.cuts;
  if (HOLDFAST_MUTANT("ingress-released-at-cut")) Do(ProtocolAction::kReleaseIngress, index);
}

void Worker::Upload() {
  if (!cut_) return;
  cut_->late = inbox_.TakeLate();
  for (const auto& run : cut_->late) counters_.late += run.count;
  if (HOLDFAST_MUTANT("offsets-taken-at-upload")) cut_->meta.ingress = positions_;
  const auto cut = cut_;
  // With a log, the sender keeps what it has sent, and sends it again.
  const auto store = [cut, &objects = ports_.objects, own_only = traits_.effect_log]() -> Status {
    HOLDFAST_ASSIGN(const auto object, objects.Create(cut->part.name));
    PartWriter part(*object);
    HOLDFAST_TRY(part.AddRows(*cut->rows));
    const bool late_first = HOLDFAST_MUTANT("late-before-queued");
    const auto add_late = [&]() -> Status {
      for (const auto& run : cut->late) HOLDFAST_TRY(part.AddMessages(run));
      return {};
    };
    if (late_first) HOLDFAST_TRY(add_late());
    HOLDFAST_TRY(ForEachRun(cut->queue, [&](const MessageRun& run) {
      return own_only && run.first.worker != cut->part.worker ? Status() : part.AddMessages(run);
    }));
    if (!late_first) HOLDFAST_TRY(add_late());
    for (const auto& run : cut->outbox) HOLDFAST_TRY(part.AddOutbox(run.run));
    for (const auto& batch : cut->egress) {
      for (const auto& piece : batch.records.pieces()) HOLDFAST_TRY(part.AddEgress({batch.position, piece.bytes()}));
    }
    HOLDFAST_TRY(part.Finish(cut->meta, cut->part));
    HOLDFAST_TRY(object->Commit());
    cut->rows.reset();
    return {};
  };
  ports_.background.Run(Background::Lane::kUpload, store,
                        Guarded([this, cut](const Status& status) { Uploaded(cut, status); }));
}

void Worker::Uploaded(const std::shared_ptr<CutState>& cut, const Status& status) {
  if (cut != cut_) return;  // Dropped or overtaken.
  if (!status.ok()) {
    cut_.reset();
    return Tell(ControlKind::kUploadFailed, cut->id, status.error().message);
  }
  cut_->part.upload_nanos = static_cast<std::uint64_t>((ports_.clock.Now() - cut->at).count());
  cut_stored_ = true;
  if (HOLDFAST_MUTANT("egress-released-at-upload")) gate_.Release(cut->id.Packed());
  expired_.Take(std::move(*cut->expired));
  if (HOLDFAST_MUTANT("log-trimmed-at-upload") && log_) log_->Trim(cut->meta.lsn.Next());
  ReportUploaded();
}

void Worker::ReportUploaded() {
  if (!cut_ || !cut_stored_ || (traits_.effect_log && log_durable_ < cut_->meta.lsn)) return;
  Tell(ControlKind::kUploaded, cut_->id);
  cut_.reset();
}

void Worker::DropCut(SnapshotIndex index) {
  if (awaiting_marks_ == index) {
    awaiting_marks_.reset();
    inbox_.TakeLate();
  }
  if (cut_ && cut_->id.index == index) cut_.reset();
}

void Worker::Complete(SnapshotId id, SnapshotId oldest_retained) {
  const auto mark = marks_.find(id);
  if (mark != marks_.end() && !traits_.effect_log) counters_.durable_units = mark->second.units;
  ++counters_.cuts_completed;
  Step({ProtocolEvent::Kind::kComplete, id.index});
  ReleaseRetained(oldest_retained);
}

void Worker::ReleaseRetained(SnapshotId oldest) {
  const auto mark = marks_.find(oldest);
  if (mark == marks_.end()) return;
  for (const auto& [partition, offset] : mark->second.ingress) ports_.ingress.Release(partition, offset);
  const auto& newest = HOLDFAST_MUTANT("log-trimmed-one-too-far") ? std::prev(marks_.end())->second : mark->second;
  if (log_) log_->Trim(newest.lsn.Next());
  marks_.erase(marks_.begin(), mark);
}

void Worker::FlushLog() {
  if (!log_ || log_flushing_ || log_flushed_ >= log_->tail()) return;
  log_flushing_ = true;
  log_flushed_ = log_->tail();
  gate_.Seal(log_flushed_.value);
  if (HOLDFAST_MUTANT("egress-before-durable")) gate_.Release(log_flushed_.value);
  outbox_.Flush();
  std::vector<LanePositions> consumed(options_.workers);
  for (std::uint16_t peer = 0; peer < options_.workers; ++peer) consumed[peer] = inbox_.consumed(WorkerId(peer));
  for (std::uint16_t peer = 0; HOLDFAST_MUTANT("ack-before-durable") && peer < options_.workers; ++peer) {
    if (consumed[peer] != acked_[peer]) outbox_.SendPositions(WorkerId(peer), FrameKind::kAck, consumed[peer]);
  }
  log_->Flush(Guarded([this, consumed = std::move(consumed), units = counters_.units](Result<Lsn> durable) {
    LogDurable(std::move(durable), consumed, units);
  }));
}

void Worker::LogDurable(Result<Lsn> durable, const std::vector<LanePositions>& consumed, std::uint64_t units) {
  log_flushing_ = false;
  if (!durable.ok()) return RestoreLater(durable.error());
  log_durable_ = HOLDFAST_MUTANT("durable-taken-for-written") ? log_->tail() : *durable;
  restore_failures_ = 0;
  counters_.durable_units = units;
  outbox_.Durable(log_durable_);
  gate_.Release(log_durable_.value);
  for (std::uint16_t peer = 0; peer < options_.workers; ++peer) {
    const auto now = inbox_.consumed(WorkerId(peer));
    const auto& tell = HOLDFAST_MUTANT("ack-of-later-messages") ? now : consumed[peer];
    if (tell != acked_[peer]) outbox_.SendPositions(WorkerId(peer), FrameKind::kAck, tell);
  }
  acked_ = consumed;
  ReportUploaded();
  FlushLog();
}

}  // namespace holdfast
