// Worker: one unit, from a message to its effects.
#include <cstring>

#include "core/base/mutation.h"
#include "core/model/application_builder.h"
#include "core/runtime/row_ids.h"
#include "core/runtime/worker.h"

namespace holdfast {
namespace {

// A row of kAsyncTable: the operation, who waits for it, and what was asked.
struct AsyncRow {
  AsyncOperationId operation;
  AddressView self;
  std::string_view request;
};

std::string EncodeAsync(const AsyncRow& row) {
  std::string value;
  AppendFixed(value, row.operation.value);
  AppendFixed(value, row.self.type.value);
  AppendBytes(value, row.self.id);
  value.append(row.request);
  return value;
}

AsyncRow DecodeAsync(std::string_view value) {
  ByteReader reader(value);
  AsyncRow row;
  row.operation = AsyncOperationId(reader.Fixed<std::uint16_t>());
  row.self.type = FunctionId(reader.Fixed<std::uint16_t>());
  row.self.id = reader.Bytes();
  row.request = reader.rest();
  HOLDFAST_CHECK(reader.ok(), "an async row of {} bytes does not parse", value.size());
  return row;
}

KeyGroup GroupOf(std::string_view envelope) {
  std::uint16_t group;
  std::memcpy(&group, envelope.data() + 10, sizeof group);
  return KeyGroup(group);
}

}  // namespace

void Worker::RunUnit(const UnitInput& input, const EnvelopeView& message) {
  const bool retry = input.kind == UnitInput::Kind::kParked;
  if (!retry && parking_.Blocked(message.target) && !HOLDFAST_MUTANT("parked-overtaken")) return Park(input, message);
  const auto stored = ports_.state.Get({message.group, TableId(message.target.type.value), message.target.id});
  if (!stored.ok()) return Must(stored.status());
  const auto record = stored->value_or(std::string_view());
  const Invocation invocation{message.target, message.caller, message.value_type,  message.payload,
                              record,         now_,           ports_.random.Next()};
  effects_.Clear();
  const auto status = ports_.endpoint.Invoke(invocation, effects_);
  if (!status.ok()) return UnitFailed(input, message, status.error());
  ++counters_.units;
  Commit(
      {.input = input, .now = now_, .self = message.target, .self_group = message.group, .effects = effects_.bytes()},
      record);
}

EnvelopeView Worker::Parse(std::string_view envelope) const {
  EnvelopeView message;
  auto rest = envelope;
  HOLDFAST_CHECK(TakeEnvelope(rest, message) && message.target.type.value < application_->functions().size(),
                 "worker {}: a message of {} bytes does not parse", options_.self, envelope.size());
  return message;
}

void Worker::UnitFailed(const UnitInput& input, const EnvelopeView& message, const Error& error) {
  ++counters_.failed_attempts;
  const auto& function = application_->functions()[message.target.type.value];
  const auto* waiting = input.kind == UnitInput::Kind::kParked ? parking_.Find(message.target) : nullptr;
  const auto attempts = (waiting != nullptr ? waiting->attempts : 0) + 1;
  if (attempts >= function.policy.max_attempts) {
    if (function.policy.then == FailurePolicy::Then::kDeadLetter) return GiveUp(input, message, attempts, error);
    return Stop(fmt::format("{} '{}' failed {} times and its policy is to stop: {}", function.name, message.target.id,
                            attempts, error.message));
  }
  const std::string id(message.target.id);  // Parking takes the message out of the queue.
  if (waiting == nullptr) Park(input, message);
  parking_.Failed({message.target.type, id}, function.policy, ports_.clock.Now());
}

void Worker::Park(const UnitInput& input, const EnvelopeView& message) {
  std::string envelope;
  AppendEnvelope(envelope, message);
  Commit({.input = input, .outcome = LogRecord::Outcome::kParked, .now = now_, .effects = envelope}, {});
}

void Worker::GiveUp(const UnitInput& input, const EnvelopeView& message, std::uint32_t attempts, const Error& error) {
  ++counters_.units;
  ++counters_.dead_letters;
  std::string letter;
  Codec<DeadLetter>::Encode(
      {application_->functions()[message.target.type.value].name, message.target.id,
       application_->value_types()[message.value_type.value], message.payload, error.message, attempts},
      letter);
  effects_.Clear();
  effects_.Emit(EgressId(0), *application_->ValueTypeOf<DeadLetter>(), message.target.id, letter);
  Commit({.input = input, .now = now_, .effects = effects_.bytes()}, {});
}

void Worker::Commit(const LogRecord& record, std::string_view stored) {
  Lsn lsn;
  if (traits_.effect_log) {
    record_buffer_.clear();
    AppendLogRecord(record_buffer_, record);
    lsn = log_->Append(record_buffer_);
    ++counters_.log_records;
    counters_.log_bytes += record_buffer_.size();
  }
  Apply(record, stored, lsn);
}

void Worker::Apply(const LogRecord& record, std::string_view stored, Lsn lsn) {
  if (record.outcome == LogRecord::Outcome::kParked) {
    EnvelopeView message;
    auto rest = record.effects;
    HOLDFAST_CHECK(TakeEnvelope(rest, message), "a parked message does not parse");
    parking_.Add(message.target, message.group, next_row_);
    Must(ports_.state.Put({message.group, kParkedTable, NumberedRow(next_row_++)}, record.effects));
    return Consume(record.input);
  }
  bool changed = false;
  const auto merged = merger_.Merge(stored, record.effects, record.now, changed);
  if (changed) {
    const RowKey key{record.self_group, TableId(record.self.type.value), record.self.id};
    Must(merged.empty() ? ports_.state.Erase(key) : ports_.state.Put(key, merged));
  }
  for (const auto& effect : merger_.others()) ApplyOther(record, effect, lsn);
  Consume(record.input);
}

void Worker::ApplyOther(const LogRecord& record, const Effect& effect, Lsn lsn) {
  switch (effect.kind) {
    case Effect::Kind::kSetValue:
    case Effect::Kind::kClearValue:
    case Effect::Kind::kTouchValue:
      return;
    case Effect::Kind::kSend: {
      const bool forwarded = record.input.kind == UnitInput::Kind::kIngress && !record.self.valid();
      return Route(forwarded ? Lane::kIngress : Lane::kFunction, effect.envelope, lsn);
    }
    case Effect::Kind::kSendDelayed:
      return AddDelayed(record, effect);
    case Effect::Kind::kCancel:
      if (HOLDFAST_MUTANT("cancel-not-replayed") && replaying_) return;
      if (const auto entry = delayed_.TakeToken(record.self.id, effect.token)) {
        ++counters_.delayed_cancelled;
        Must(ports_.state.Erase({entry->group, kDelayedTable, DelayedRow(entry->due, entry->number)}));
      }
      return;
    case Effect::Kind::kEmit:
      ++counters_.egress_records;
      if (HOLDFAST_MUTANT("confirmed-position-off-by-one") && lsn.value == gate_.confirmed()) ++lsn.value;
      if (traits_.effect_log && lsn.value <= gate_.confirmed()) return;  // Replayed, and visible already.
      return gate_.Stage({effect.egress, effect.value_type, effect.token, effect.bytes});
    case Effect::Kind::kStartAsync:
      return StartAsync(record, effect);
  }
}

void Worker::Consume(const UnitInput& input) {
  switch (input.kind) {
    case UnitInput::Kind::kIngress:
      ++counters_.ingress_records;
      positions_[input.partition] = input.offset + 1;
      return;
    case UnitInput::Kind::kChannel:
      inbox_.NoteConsumed(input.source);
      if (!replaying_) queue_.Pop();
      return;
    case UnitInput::Kind::kLocal:
      return queue_.Pop();
    case UnitInput::Kind::kAsync:
      --async_pending_;
      return Must(ports_.state.Erase({input.group, kAsyncTable, input.row}));
    case UnitInput::Kind::kDelayed: {
      const RowKey key{input.group, kDelayedTable, input.row};
      const auto stored = ports_.state.Get(key);
      DelayedMessage message;
      if (stored.ok() && stored->has_value() && DecodeDelayed(**stored, message)) {
        delayed_.Fired(message.sender_id, message.token);
      }
      if (HOLDFAST_MUTANT("fired-timer-survives-replay") && replaying_) return;
      return Must(ports_.state.Erase(key));
    }
    case UnitInput::Kind::kParked: {
      const RowKey key{input.group, kParkedTable, input.row};
      const auto stored = ports_.state.Get(key);
      EnvelopeView message;
      HOLDFAST_CHECK(stored.ok() && stored->has_value(), "parked row {} is gone", ReadBigEndian(input.row));
      auto bytes = **stored;
      TakeEnvelope(bytes, message);
      parking_.Done(message.target);
      return Must(ports_.state.Erase(key));
    }
  }
}

void Worker::AddDelayed(const LogRecord& record, const Effect& effect) {
  const DelayedIndex::Entry entry{effect.time, next_row_++, record.self_group};
  Must(ports_.state.Put({entry.group, kDelayedTable, DelayedRow(entry.due, entry.number)},
                        EncodeDelayed({record.self.id, effect.token, effect.envelope})));
  if (const auto replaced = delayed_.Add(entry, record.self.id, effect.token)) {
    ++counters_.delayed_cancelled;
    Must(ports_.state.Erase({replaced->group, kDelayedTable, DelayedRow(replaced->due, replaced->number)}));
  }
}

void Worker::StartAsync(const LogRecord& record, const Effect& effect) {
  auto row = NumberedRow(next_row_++);
  ++async_pending_;
  Must(ports_.state.Put({record.self_group, kAsyncTable, row},
                        EncodeAsync({effect.operation, record.self, effect.bytes})));
  if (!replaying_) CallAsync(effect.operation, record.self_group, std::move(row), effect.bytes);
}

void Worker::CallAsync(AsyncOperationId operation, KeyGroup group, std::string row, std::string_view request) {
  const auto answered = [this, group, row = std::move(row)](const Result<std::string>& answer) {
    if (answer.ok()) {
      answers_.push_back({group, row, AsyncStatus::kSuccess, *answer});
    } else {
      answers_.push_back({group, row, AsyncStatus::kFailure, answer.error().message});
    }
  };
  if (HOLDFAST_MUTANT("answer-from-before-rollback"))
    return ports_.async.Start(operation, std::string(request), answered);
  ports_.async.Start(operation, std::string(request), Guarded(answered));
}

void Worker::DeliverAnswer(const AsyncAnswer& answer) {
  const auto stored = ports_.state.Get({answer.group, kAsyncTable, answer.row});
  if (!stored.ok()) return Must(stored.status());
  if (!stored->has_value()) return;
  const auto pending = DecodeAsync(**stored);
  const bool success = answer.status == AsyncStatus::kSuccess;
  ++counters_.async_outcomes;
  if (answer.status == AsyncStatus::kUnknown) ++counters_.async_unknown;
  std::string payload;
  Codec<RawAsyncOutcome>::Encode({static_cast<std::uint32_t>(answer.status), pending.request,
                                  success ? std::string_view(answer.text) : std::string_view(),
                                  success ? std::string_view() : std::string_view(answer.text)},
                                 payload);
  const auto type = application_->async_operations()[pending.operation.value].outcome_type;
  effects_.Clear();
  effects_.Send({pending.self, pending.self, type, answer.group, payload});
  Commit({.input = {.kind = UnitInput::Kind::kAsync, .group = answer.group, .row = answer.row},
          .now = now_,
          .effects = effects_.bytes()},
         {});
}

void Worker::Route(Lane lane, std::string_view envelope, Lsn lsn) {
  const auto owner = options_.owners[GroupOf(envelope).value];
  if (owner == options_.self) {
    ++counters_.sent_local;
    return queue_.PushLocal(envelope);
  }
  ++counters_.sent_remote;
  outbox_.Add(owner, lane, envelope, lsn);
}

}  // namespace holdfast
