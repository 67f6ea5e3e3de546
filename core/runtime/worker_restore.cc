// Worker: coming back, after a start or a rollback.
#include <algorithm>

#include "core/base/mutation.h"
#include "core/runtime/row_ids.h"
#include "core/runtime/worker.h"

namespace holdfast {

std::optional<SnapshotId> Worker::restored_from() const {
  return order_.part.name.empty() ? std::nullopt : std::optional(order_.snapshot);
}

void Worker::Restore(const ControlMessage& message) {
  const bool newer = std::pair(message.world_line, message.incarnation) > std::pair(world_line_, incarnation_);
  if (!newer) return;
  if (phase_ != Phase::kStopped || superseded_) return Recover(message);
  // The coordinator that was told may be gone, and the one that asks now must not wait for ever.
  world_line_ = message.world_line;
  incarnation_ = message.incarnation;
  Tell(ControlKind::kFailed, way_out_, reason_);
}

void Worker::Recover(const ControlMessage& message) {
  Reset(message);
  const auto fenced = [this](const Result<std::uint64_t>& confirmed) {
    if (!confirmed.ok()) return RestoreLater(confirmed.error());
    gate_.Reset(HOLDFAST_MUTANT("confirmed-position-ignored") ? 0 : *confirmed);
    auto status = Load(order_.part);
    if (status.ok() && traits_.effect_log) status = ReplayLog(incarnation_);
    if (!status.ok()) return RestoreLater(status.error());
    if (phase_ == Phase::kStopped) return;
    if (SinkIsAhead(*confirmed)) return StopBehindSink(*confirmed);
    phase_ = Phase::kRestored;
    if (!traits_.effect_log) restore_failures_ = 0;
    Tell(ControlKind::kRestored);
  };
  const auto incarnation = HOLDFAST_MUTANT("fence-without-incarnation") ? Incarnation() : incarnation_;
  ports_.egress.Fence({world_line_, incarnation}, Guarded(fenced));
}

// The sink gets nothing before it is durable. If, on a start, it has output beyond what came back, the store is not the
// one that made it, or is older, and to go on from it would make that output again.
bool Worker::SinkIsAhead(std::uint64_t confirmed) const {
  if (order_.number == 0) return false;
  if (traits_.effect_log) return confirmed > log_durable_.value;
  return confirmed > (order_.part.name.empty() ? 0 : order_.snapshot.Packed());
}

void Worker::StopBehindSink(std::uint64_t confirmed) {
  const auto has = traits_.effect_log ? fmt::format("log record {}", confirmed)
                                      : fmt::format("snapshot {}", SnapshotId::Unpack(confirmed));
  if (order_.part.name.empty()) {
    return Stop(
        fmt::format("the sink has output up to {}, of which this store knows nothing: it is empty or another "
                    "one, and to go on would make that output again; bring the store back, or use a new sink",
                    has));
  }
  Stop(fmt::format("the sink has output up to {}, but the store ends before: it is an older copy, or lost what was "
                   "durable; bring the store back, or start with --accept-rollback {} and let the output since then be "
                   "made again",
                   has, order_.snapshot),
       order_.snapshot);
}

// What is durable is not in doubt after passing trouble, what this worker has in memory is: it goes back to the former.
void Worker::RestoreLater(const Error& error) {
  if (phase_ == Phase::kStopped) return;
  const bool passes = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kExhausted;
  if (!passes) {
    // Fenced before it ran, perhaps because the order came late from a coordinator that was replaced: a newer one
    // counts.
    superseded_ = phase_ == Phase::kBooting && error.code == ErrorCode::kFenced;
    return Stop(error.message);
  }
  if (++restore_failures_ > options_.max_restore_failures) {
    return Stop(fmt::format("gave up after {} failures in a row, the last: {}", restore_failures_, error.message));
  }
  ++generation_;
  phase_ = Phase::kBooting;
  rejoin_sink_at_.reset();
  log_.reset();
  trouble_ = error.message;
  const auto doublings = std::min<std::uint32_t>(restore_failures_ - 1, 20);
  const auto wait = options_.first_restore_wait * (std::int64_t{1} << doublings);
  restore_at_ = ports_.clock.Now() + std::min(wait, options_.longest_restore_wait);
}

void Worker::RestoreAgain() {
  restore_at_.reset();
  if (log_opened_) return Tell(ControlKind::kRestoreAgain, {}, trouble_);
  Recover(ControlMessage(order_));
}

void Worker::Reset(const ControlMessage& message) {
  ++generation_;
  phase_ = Phase::kBooting;
  world_line_ = message.world_line;
  incarnation_ = message.incarnation;
  order_ = message;
  superseded_ = false;
  restore_at_.reset();
  rejoin_sink_at_.reset();
  sink_failures_ = 0;
  colour_ = {};
  protocol_ = factory_.make_worker();
  queue_.Clear(incarnation_);
  inbox_.Reset(world_line_);
  outbox_.Reset(world_line_, incarnation_);
  gate_.Reset(0);
  delayed_.Clear();
  parking_.Clear();
  positions_.clear();
  next_row_ = 1;
  paused_ = pressing_ = log_flushing_ = cut_stored_ = false;
  pressed_.assign(options_.workers, false);
  acked_.assign(options_.workers, {});
  answers_.clear();
  async_pending_ = 0;
  expired_.Clear();
  log_.reset();
  log_opened_ = false;
  log_durable_ = log_flushed_ = {};
  cut_.reset();
  awaiting_marks_.reset();
  marks_.clear();
  Must(ports_.state.Clear());
}

Status Worker::LoadRow(const RowKey& key, std::string_view value) {
  auto place = key;
  if (HOLDFAST_MUTANT("rows-under-wrong-group") && key.table < kFirstReservedTable) {
    place.group = KeyGroupOf(key.id, static_cast<std::uint16_t>(application_->max_parallelism() - 1));
  }
  HOLDFAST_TRY(ports_.state.Put(place, value));
  if (key.table == kDelayedTable) {
    DelayedMessage message;
    if (key.id.size() != 16 || !DecodeDelayed(value, message))
      return MakeError(ErrorCode::kDataLoss, "a damaged delayed row");
    if (HOLDFAST_MUTANT("timer-not-rearmed")) return {};
    const AppTime due{static_cast<std::int64_t>(ReadBigEndian(key.id))};
    if (HOLDFAST_MUTANT("token-not-restored")) message.token = {};
    auto group = key.group;
    EnvelopeView envelope;
    if (HOLDFAST_MUTANT("timer-under-wrong-group") && TakeEnvelope(message.envelope, envelope)) group = envelope.group;
    delayed_.Add({due, ReadBigEndian(key.id.substr(8)), group}, message.sender_id, message.token);
    ++counters_.delayed_restored;
  } else if (key.table == kAsyncTable) {
    ++async_pending_;
  } else if (key.table == kParkedTable) {
    EnvelopeView message;
    if (!TakeEnvelope(value, message)) return MakeError(ErrorCode::kDataLoss, "a damaged parked row");
    parking_.Add(message.target, key.group, ReadBigEndian(key.id));
  } else if (key.table < kFirstReservedTable && !IsRecord(value)) {
    return MakeError(ErrorCode::kDataLoss, "a damaged record of '{}'", key.id);
  }
  return {};
}

Status Worker::Load(const PartInfo& part) {
  if (part.name.empty()) return {};
  PartVisitor visitor;
  visitor.row = [this](const RowKey& key, std::string_view value) { return LoadRow(key, value); };
  visitor.soon = [this](const RowKey& key) { ports_.state.Prefetch(key); };
  visitor.messages = [this](const MessageRun& run) -> Status {
    // Wherever they came from: sequence numbers begin anew, or the message was this worker's own.
    auto keeper = std::make_shared<const std::string>(run.envelopes);
    queue_.PushRun({keeper, *keeper, {options_.self, Lane::kFunction, 0}, run.count});
    return queue_.BalanceNow();
  };
  visitor.outbox = [this](const OutboxRun& run) -> Status {
    outbox_.PutBack(run);
    return {};
  };
  visitor.egress = [this](const EgressBatch& batch) -> Status {
    gate_.PutBack(batch.position, std::string(batch.records));
    return {};
  };
  ports_.state.Expect(part.rows);
  auto meta = ReadPart(ports_.objects, part, visitor);
  if (!meta.ok()) return meta.error();
  positions_ = meta->ingress;
  if (!HOLDFAST_MUTANT("row-numbers-not-restored")) next_row_ = meta->next_row;
  log_durable_ = meta->lsn;
  for (const auto& [peer, positions] : meta->sent) {
    if (!HOLDFAST_MUTANT("sent-numbers-not-restored")) outbox_.SetSent(peer, positions);
  }
  for (const auto& [peer, positions] : meta->consumed) {
    if (HOLDFAST_MUTANT("dedup-positions-not-restored")) continue;
    inbox_.SetConsumed(peer, positions);
    acked_[peer.value] = positions;
  }
  return {};
}

Status Worker::ReplayLog(Incarnation incarnation) {
  const auto first = log_durable_.Next();
  log_opened_ = true;
  auto log = ports_.logs->Open(options_.self, incarnation, first);
  if (!log.ok()) return log.error();
  log_ = std::move(*log);
  replaying_ = true;
  const auto from = HOLDFAST_MUTANT("replay-from-snapshot-record") && first > Lsn(1) ? log_durable_ : first;
  const auto status = log_->Replay(from, [this](Lsn lsn, std::string_view bytes) -> Status {
    HOLDFAST_ASSIGN(const auto record, ReadLogRecord(bytes));
    std::string stored;
    if (record.self.valid()) {
      HOLDFAST_ASSIGN(const auto row,
                      ports_.state.Get({record.self_group, TableId(record.self.type.value), record.self.id}));
      stored = row.value_or(std::string_view());
    }
    Apply(record, stored, lsn);
    ++counters_.replayed_records;
    return queue_.BalanceNow();
  });
  replaying_ = false;
  HOLDFAST_TRY(status);
  log_durable_ = log_flushed_ = log_->tail();
  gate_.Seal(log_->tail().value);
  for (std::uint16_t peer = 0; peer < options_.workers; ++peer) {
    if (!HOLDFAST_MUTANT("arrivals-not-replayed")) {
      inbox_.SetConsumed(WorkerId(peer), inbox_.consumed(WorkerId(peer)));
    }
    acked_[peer] = inbox_.consumed(WorkerId(peer));
  }
  return {};
}

void Worker::Start() {
  phase_ = Phase::kRunning;
  gate_.Release(traits_.effect_log ? log_durable_.value : ~std::uint64_t{0});
  outbox_.Flush();
  outbox_.Durable(log_durable_);
  if (traits_.restore != RestoreScope::kAll) {
    for (std::uint16_t peer = 0; peer < options_.workers; ++peer) {
      if (WorkerId(peer) != options_.self) outbox_.SendPositions(WorkerId(peer), FrameKind::kResume, acked_[peer]);
    }
  }
  const auto beginning = traits_.restore == RestoreScope::kNothing ? kFromReleased : 0;
  for (const auto partition : options_.partitions) {
    const auto position = positions_.find(partition);
    ports_.ingress.Seek(partition, position == positions_.end() ? beginning : position->second);
  }
  if (!HOLDFAST_MUTANT("pending-operation-forgotten")) AnswerLostAsync();
}

void Worker::AnswerLostAsync() {
  const auto add = [this](const RowKey& key, std::string_view) -> Status {
    answers_.push_back({key.group, std::string(key.id), AsyncStatus::kUnknown, "the worker recovered meanwhile"});
    return {};
  };
  Must(ports_.state.ForEachIn(kAsyncTable, add));
  std::sort(answers_.begin(), answers_.end(), [](const auto& a, const auto& b) { return a.row < b.row; });
}

}  // namespace holdfast
