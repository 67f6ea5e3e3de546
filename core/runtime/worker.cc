#include "core/runtime/worker.h"

#include <algorithm>
#include <array>

#include "core/base/mutation.h"
#include "core/runtime/row_ids.h"

namespace holdfast {
namespace {

// How many units ahead a row is asked for: enough for memory to answer, few enough to stay in the cache.
constexpr std::size_t kPrefetchAhead = 8;
constexpr std::size_t kSweptPerTurn = 64;  // Expired rows looked at.
// The application's clock may be set: what seems far away is looked at again after this.
constexpr auto kLookAtClock = std::chrono::milliseconds(1000);

Inbox::Gap GapOf(const ProtocolTraits& traits) {
  switch (traits.restore) {
    case RestoreScope::kNothing:
      return Inbox::Gap::kAccept;
    case RestoreScope::kAll:
      return Inbox::Gap::kImpossible;
    case RestoreScope::kFailed:
      return Inbox::Gap::kRefuse;
  }
  return Inbox::Gap::kImpossible;
}

}  // namespace

std::vector<WorkerId> EvenOwners(std::uint16_t max_parallelism, std::uint16_t workers) {
  std::vector<WorkerId> owners(max_parallelism);
  for (std::uint32_t group = 0; group < max_parallelism; ++group) {
    owners[group] = WorkerId(static_cast<std::uint16_t>(group * workers / max_parallelism));
  }
  return owners;
}

Worker::Worker(std::shared_ptr<const Application> application, const ProtocolFactory& protocol,
               const WorkerOptions& options, const WorkerPorts& ports)
    : application_(std::move(application)),
      traits_(protocol.traits),
      factory_(protocol),
      options_(options),
      ports_(ports),
      queue_({options.self, options.queue_memory_bytes, ports_.scratch, fmt::format("spill/w{}", options.self)},
             ports_.background, [this](const Error& error) { Stop(error.message); }),
      inbox_(options.self, options.workers, GapOf(protocol.traits)),
      outbox_(ports_.channel, {options.self, options.workers, options.max_frame_bytes, protocol.traits.effect_log}),
      gate_(
          ports_.egress, [](std::uint64_t) {}, [this](const Error& error) { SinkRefused(error); }),
      expired_(*application_) {
  HOLDFAST_CHECK(options_.owners.size() == application_->max_parallelism(), "{} owners for {} key groups",
                 options_.owners.size(), application_->max_parallelism());
  HOLDFAST_CHECK(!traits_.effect_log || ports_.logs != nullptr, "protocol {} needs a log", traits_.name);
}

void Worker::Boot() { Tell(ControlKind::kHello); }

void Worker::Tell(ControlKind kind, SnapshotId snapshot, std::string text) {
  ControlMessage message;
  message.kind = kind;
  message.worker = options_.self;
  message.world_line = world_line_;
  message.incarnation = incarnation_;
  message.snapshot = snapshot;
  message.number = options_.boot;
  if (kind == ControlKind::kUploaded) message.part = cut_->part;
  message.text = std::move(text);
  ports_.channel.SendToCoordinator(EncodeControl(message));
}

void Worker::Stop(std::string reason, SnapshotId way_out) {
  if (phase_ == Phase::kStopped) return;
  phase_ = Phase::kStopped;
  restore_at_.reset();
  reason_ = std::move(reason);
  way_out_ = way_out;
  Tell(ControlKind::kFailed, way_out_, reason_);
}

void Worker::Must(const Status& status) {
  if (!status.ok()) Stop(status.error().message);
}

void Worker::OnFrame(std::string bytes) {
  if (phase_ == Phase::kBooting || phase_ == Phase::kStopped) return;
  auto keeper = std::make_shared<const std::string>(std::move(bytes));
  const auto frame = OpenFrame(*keeper);
  if (!frame.ok()) return Stop(frame.error().message);
  if (!inbox_.Passes(frame->header)) return;
  if (frame->header.kind == FrameKind::kData) {
    OnData(*frame, std::move(keeper));
  } else {
    OnPeer(*frame);
  }
}

void Worker::OnData(const FrameView& frame, std::shared_ptr<const std::string> keeper) {
  if (frame.header.colour > colour_) Step({ProtocolEvent::Kind::kColourAhead, frame.header.colour});
  auto run = inbox_.Admit(frame, std::move(keeper));
  if (!run) return;
  counters_.received += run->count;
  queue_.PushRun(std::move(*run));
  CheckDrained();
}

void Worker::OnPeer(const FrameView& frame) {
  const auto& header = frame.header;
  switch (header.kind) {
    case FrameKind::kMark:
      inbox_.NoteMark(header.source, header.colour, ReadPositions(frame.payload));
      Step({ProtocolEvent::Kind::kMark, header.colour});
      return CheckDrained();
    case FrameKind::kAck:
      return outbox_.Acknowledged(header.source, ReadPositions(frame.payload));
    case FrameKind::kResume:
      return OnResumeRequest(header.source, ReadPositions(frame.payload));
    case FrameKind::kPressure:
      pressed_[header.source.value] = header.count != 0;
      return;
    case FrameKind::kData:
      return;
  }
}

void Worker::OnResumeRequest(WorkerId peer, const LanePositions& positions) {
  if (!HOLDFAST_MUTANT("pressure-outlives-peer")) pressed_[peer.value] = false;
  if (pressing_) outbox_.SendPressure(peer, true);  // It has forgotten.
  if (!traits_.effect_log) return;
  outbox_.Acknowledged(peer, positions);
  outbox_.Resend(peer);
  const bool mutant = HOLDFAST_MUTANT("resume-acknowledges-too-much");
  outbox_.SendPositions(peer, FrameKind::kAck, mutant ? inbox_.consumed(peer) : acked_[peer.value]);
}

void Worker::OnControl(std::string_view bytes) {
  const auto message = DecodeControl(bytes);
  if (!message.ok()) return Stop(message.error().message);
  if (message->kind == ControlKind::kRestore) return Restore(*message);
  const bool ours = message->world_line == world_line_ && message->incarnation == incarnation_;
  if (!ours || phase_ == Phase::kBooting || phase_ == Phase::kStopped) return;
  const auto index = message->snapshot.index;
  switch (message->kind) {
    case ControlKind::kStart:
      if (phase_ == Phase::kRestored) Start();
      return;
    case ControlKind::kTrigger:
      return Step({ProtocolEvent::Kind::kTrigger, index});
    case ControlKind::kResume:
      return Step({ProtocolEvent::Kind::kResume, index});
    case ControlKind::kAbort:
      return Step({ProtocolEvent::Kind::kAbort, index});
    case ControlKind::kComplete:
      return Complete(message->snapshot, SnapshotId::Unpack(message->number));
    default:
      return;
  }
}

bool Worker::MayReadIngress() const {
  if (queue_.messages() >= options_.queue_low || outbox_.retained_bytes() >= options_.max_retained_bytes ||
      gate_.bytes() >= options_.max_egress_bytes) {
    return false;
  }
  return std::find(pressed_.begin(), pressed_.end(), true) == pressed_.end();
}

void Worker::UpdatePressure() {
  const auto queued = queue_.messages();
  const bool press = pressing_ ? queued > options_.queue_low : queued > 2 * options_.queue_low;
  if (press == pressing_) return;
  pressing_ = press;
  for (std::uint16_t peer = 0; peer < options_.workers; ++peer) {
    if (WorkerId(peer) != options_.self) outbox_.SendPressure(WorkerId(peer), press);
  }
}

bool Worker::Run(std::size_t budget) {
  if (rejoin_sink_at_) RejoinSink();
  if (phase_ != Phase::kRunning || paused_ || queue_.congested()) return Rest();
  now_ = ports_.clock.AppNow();
  std::size_t done = RunAnswers(budget);
  done += RunDelayed(budget - std::min(done, budget));
  done += RunParked(budget - std::min(done, budget));
  done += RunQueue(budget - std::min(done, budget));
  if (MayReadIngress()) done += RunIngress(budget - std::min(done, budget));
  if (phase_ == Phase::kStopped) return false;  // Nothing of a failed unit may leave.
  outbox_.Flush();
  if (traits_.egress == EgressRelease::kImmediate) gate_.EmitNow();
  FlushLog();
  UpdatePressure();
  queue_.Balance();
  counters_.spilled = queue_.spilled();
  const bool sweeping = !expired_.empty() && SweepExpired();
  return done > 0 || sweeping;
}

bool Worker::SweepExpired() {
  const auto erased = expired_.Sweep(ports_.state, now_, kSweptPerTurn);
  if (erased.ok()) counters_.expired_rows += *erased;
  Must(erased.status());
  return !expired_.empty();
}

// What goes on while no units may run.
bool Worker::Rest() {
  if (restore_at_ && *restore_at_ <= ports_.clock.Now()) RestoreAgain();
  if (phase_ == Phase::kStopped) return false;
  if (HOLDFAST_MUTANT("pause-lets-timers-fire") && phase_ == Phase::kRunning) {
    now_ = ports_.clock.AppNow();
    RunDelayed(1);
    outbox_.Flush();
  }
  queue_.Balance();
  FlushLog();
  return false;
}

std::size_t Worker::RunAnswers(std::size_t budget) {
  std::size_t done = 0;
  for (; done < budget && !answers_.empty(); ++done) {
    const auto answer = std::move(answers_.front());
    answers_.pop_front();
    DeliverAnswer(answer);
  }
  return done;
}

std::size_t Worker::RunDelayed(std::size_t budget) {
  std::size_t done = 0;
  for (auto next = delayed_.Next(); done < budget && next && next->due <= now_; next = delayed_.Next()) {
    delayed_.PopNext();
    const auto row = DelayedRow(next->due, next->number);
    const auto stored = ports_.state.Get({next->group, kDelayedTable, row});
    if (!stored.ok()) {
      Must(stored.status());
      return done;
    }
    if (!stored->has_value()) continue;  // Cancelled.
    DelayedMessage message;
    HOLDFAST_CHECK(DecodeDelayed(**stored, message), "a delayed row of {} bytes does not parse", (*stored)->size());
    effects_.Clear();
    effects_.SendEncoded(message.envelope);
    ++counters_.delayed_fired;
    Commit({.input = {.kind = UnitInput::Kind::kDelayed, .group = next->group, .row = row},
            .now = now_,
            .effects = effects_.bytes()},
           {});
    ++done;
  }
  return done;
}

std::size_t Worker::RunParked(std::size_t budget) {
  if (parking_.empty()) return 0;
  std::size_t done = 0;
  for (; done < budget && phase_ == Phase::kRunning; ++done) {
    const auto due = parking_.Due(ports_.clock.Now());
    if (!due) break;
    const auto* waiting = parking_.Find({due->first, due->second});
    const auto row = NumberedRow(waiting->rows.front());
    const auto group = waiting->group;
    const auto stored = ports_.state.Get({group, kParkedTable, row});
    HOLDFAST_CHECK(stored.ok() && stored->has_value(), "parked row {} is gone", waiting->rows.front());
    envelope_buffer_ = **stored;
    RunUnit({.kind = UnitInput::Kind::kParked, .group = group, .row = row}, Parse(envelope_buffer_));
  }
  return done;
}

std::size_t Worker::RunQueue(std::size_t budget) {
  std::size_t done = 0;
  for (; done < budget && queue_.ready() > 0 && phase_ == Phase::kRunning; ++done) {
    while (queue_.peeked() < kPrefetchAhead && queue_.peeked() < queue_.ready()) PrefetchRow(Parse(queue_.Peek()));
    UnitInput input;
    const auto envelope = queue_.Front(input.source);
    input.kind = input.source.worker == options_.self ? UnitInput::Kind::kLocal : UnitInput::Kind::kChannel;
    RunUnit(input, Parse(envelope));
  }
  return done;
}

std::size_t Worker::RunIngress(std::size_t budget) {
  std::size_t done = 0;
  const auto partitions = options_.partitions.size();
  for (std::size_t i = 0; i < partitions && done < budget; ++i) {
    const auto partition = options_.partitions[next_partition_++ % partitions];
    const auto records = ports_.ingress.Poll(partition, std::min(budget - done, options_.ingress_batch));
    std::array<KeyGroup, kPrefetchAhead> groups;
    for (std::size_t next = 0, ahead = 0; next < records.size(); ++next, ++done) {
      if (phase_ != Phase::kRunning) return done;
      for (; ahead < std::min(next + kPrefetchAhead, records.size()); ++ahead) {
        groups[ahead % kPrefetchAhead] = PrefetchRow(records[ahead]);
      }
      RouteIngress(partition, records[next], groups[next % kPrefetchAhead]);
    }
  }
  return done;
}

void Worker::PrefetchRow(const EnvelopeView& message) {
  ports_.state.Prefetch({message.group, TableId(message.target.type.value), message.target.id});
}

KeyGroup Worker::PrefetchRow(const IngressRecord& record) {
  const auto group = KeyGroupOf(record.key, application_->max_parallelism());
  if (options_.owners[group.value] == options_.self && record.ingress < application_->ingresses().size()) {
    const auto& ingress = application_->ingresses()[record.ingress];
    ports_.state.Prefetch({group, TableId(ingress.target.value), record.key});
  }
  return group;
}

void Worker::RouteIngress(PartitionId partition, const IngressRecord& record, KeyGroup group) {
  if (record.ingress >= application_->ingresses().size() || record.key.size() > kMaxIdBytes) {
    return Stop(fmt::format("partition {} offset {}: ingress number {} or a key of {} bytes is not possible", partition,
                            record.offset, record.ingress, record.key.size()));
  }
  const auto& ingress = application_->ingresses()[record.ingress];
  const EnvelopeView message{{ingress.target, record.key}, {}, ingress.value_type, group, record.value};
  const UnitInput input{.kind = UnitInput::Kind::kIngress, .partition = partition, .offset = record.offset};
  if (options_.owners[group.value] == options_.self) return RunUnit(input, message);
  envelope_buffer_.clear();
  AppendEnvelope(envelope_buffer_, message);
  if (!traits_.effect_log) {
    Route(Lane::kIngress, envelope_buffer_, {});
    return Consume(input);
  }
  effects_.Clear();
  effects_.SendEncoded(envelope_buffer_);
  Commit({.input = input, .now = now_, .effects = effects_.bytes()}, {});
}

std::optional<Duration> Worker::NextWake() const {
  if (restore_at_) return std::max(*restore_at_ - ports_.clock.Now(), Duration::zero());
  std::optional<Duration> wake;
  if (rejoin_sink_at_) wake = std::max(*rejoin_sink_at_ - ports_.clock.Now(), Duration::zero());
  if (phase_ != Phase::kRunning || paused_ || queue_.congested()) return wake;
  const auto sooner = [&wake](Duration wait) { wake = wake ? std::min(*wake, wait) : wait; };
  if (const auto next = delayed_.Next()) sooner(std::min(next->due - ports_.clock.AppNow(), kLookAtClock));
  if (const auto retry = parking_.NextRetry()) sooner(*retry - ports_.clock.Now());
  if (wake && wake->count() < 0) wake = Duration::zero();
  return wake;
}

}  // namespace holdfast
