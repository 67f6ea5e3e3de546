#include "engines/two-tier/unit_runner.h"

#include <algorithm>

#include "core/model/application_builder.h"
#include "core/ports/egress.h"

namespace holdfast::two_tier {

namespace {

EnvelopeView Parse(std::string_view envelope) {
  EnvelopeView message;
  HOLDFAST_CHECK(TakeEnvelope(envelope, message), "a message of {} bytes does not parse", envelope.size());
  return message;
}

std::string AddressKey(const AddressView& address) { return fmt::format("{}/{}", address.type, address.id); }

OutboxRow OperationRow(const Effect& effect, const EnvelopeView& message) {
  OutboxRow row{.kind = OutboxRow::Kind::kOperation, .sender_id = std::string(message.target.id)};
  AppendFixed(row.body, effect.operation.value);
  AppendEnvelope(row.body, {message.target, message.target, effect.value_type, message.group, effect.bytes});
  return row;
}

}  // namespace

OperationCall ReadOperationCall(std::string_view body) {
  ByteReader reader(body);
  OperationCall call;
  call.operation = AsyncOperationId(reader.Fixed<std::uint16_t>());
  HOLDFAST_CHECK(reader.ok(), "an operation of {} bytes does not parse", body.size());
  call.self = Parse(reader.rest());
  return call;
}

std::string OutcomeEnvelope(const Application& application, const OperationCall& call,
                            const Result<std::string>& answer) {
  RawAsyncOutcome outcome;
  outcome.request = call.self.payload;
  outcome.status = static_cast<std::uint32_t>(answer.ok() ? AsyncStatus::kSuccess : AsyncStatus::kFailure);
  (answer.ok() ? outcome.response : outcome.reason) = answer.ok() ? *answer : answer.error().message;
  std::string payload, envelope;
  Codec<RawAsyncOutcome>::Encode(outcome, payload);
  const auto type = application.async_operations()[call.operation.value].outcome_type;
  AppendEnvelope(envelope, {call.self.target, call.self.target, type, call.self.group, payload});
  return envelope;
}

UnitRunner::UnitRunner(Options options, std::shared_ptr<const Application> application,
                       std::unique_ptr<Endpoint> endpoint, std::unique_ptr<DatabaseSession> session)
    : options_(options),
      application_(std::move(application)),
      endpoint_(std::move(endpoint)),
      session_(std::move(session)),
      random_(options.seed) {}

Result<UnitOutcome> UnitRunner::Run(const UnitInput& input, AppTime now) {
  const auto message = Parse(input.envelope);
  HOLDFAST_ASSIGN(const auto record, session_->Begin({input.consume, input.id, message.target, now}));
  if (!record) return UnitOutcome{.kind = UnitOutcome::Kind::kRepeated};
  const Invocation invocation{message.target, message.caller, message.value_type, message.payload, *record, now,
                              random_.Next()};
  effects_.Clear();
  const auto status = endpoint_->Invoke(invocation, effects_);
  if (!status.ok()) return Failed(message, now, status.error());
  if (!attempts_.empty()) attempts_.erase(AddressKey(message.target));
  return Commit(message, *record, now);
}

Result<UnitOutcome> UnitRunner::Failed(const EnvelopeView& message, AppTime now, const Error& error) {
  const auto& function = application_->functions()[message.target.type.value];
  const auto& policy = function.policy;
  const auto address = AddressKey(message.target);
  const auto attempts = ++attempts_[address];
  if (attempts < policy.max_attempts) {
    session_->Abort();
    const auto doubled = policy.backoff * (1 << std::min<std::uint32_t>(attempts - 1, 20));
    return UnitOutcome{.kind = UnitOutcome::Kind::kFailed, .retry_after = std::min(doubled, policy.max_backoff)};
  }
  attempts_.erase(address);
  if (policy.then == FailurePolicy::Then::kFail) {
    session_->Abort();
    return MakeError(ErrorCode::kRefused, "{} '{}' failed {} times and its policy is to stop: {}", function.name,
                     message.target.id, attempts, error.message);
  }
  std::string letter;
  Codec<DeadLetter>::Encode({function.name, message.target.id, application_->value_types()[message.value_type.value],
                             message.payload, error.message, attempts},
                            letter);
  effects_.Clear();
  effects_.Emit(EgressId(0), *application_->ValueTypeOf<DeadLetter>(), message.target.id, letter);
  HOLDFAST_ASSIGN(auto outcome, Commit(message, {}, now));
  outcome.dead_letter = true;
  return outcome;
}

Result<UnitOutcome> UnitRunner::Commit(const EnvelopeView& message, std::string_view record, AppTime now) {
  UnitOutcome outcome;
  UnitEnd end{.owner = options_.owner};
  bool changed = false;
  const auto merged = merger_.Merge(record, effects_.bytes(), now, changed);
  if (changed) {
    end.record = std::string(merged);
    if (!merged.empty()) end.expires = LiveUntil(merged);
  }
  for (const auto& effect : merger_.others()) Place(effect, message, end, outcome);
  HOLDFAST_ASSIGN(const auto ids, session_->Commit(end));
  if (!options_.outbox) return outcome;
  auto id = ids.begin();
  for (auto& change : end.changes) {
    if (change.kind == UnitChange::Kind::kEmit) outcome.emitted = true;
    if (change.kind != UnitChange::Kind::kInsert) continue;
    change.row.id = *id++;
    if (change.row.due == AppTime{}) outcome.rows.push_back(std::move(change.row));
  }
  return outcome;
}

void UnitRunner::Place(const Effect& effect, const EnvelopeView& message, UnitEnd& end, UnitOutcome& outcome) {
  const auto insert = [&end](OutboxRow row) {
    end.changes.push_back({.kind = UnitChange::Kind::kInsert, .row = std::move(row)});
  };
  const auto dispatch = [&](OutboxRow row) {
    if (options_.outbox) return insert(std::move(row));
    outcome.rows.push_back(std::move(row));
  };
  const std::string sender(message.target.id);
  switch (effect.kind) {
    case Effect::Kind::kSetValue:
    case Effect::Kind::kClearValue:
    case Effect::Kind::kTouchValue:
      return;
    case Effect::Kind::kSend:
      return dispatch({.sender_id = sender, .body = std::string(effect.envelope)});
    case Effect::Kind::kSendDelayed:
      return insert({.due = effect.time,
                     .sender_id = sender,
                     .token = std::string(effect.token),
                     .body = std::string(effect.envelope)});
    case Effect::Kind::kCancel:
      end.changes.push_back(
          {.kind = UnitChange::Kind::kCancel, .row = {.sender_id = sender, .token = std::string(effect.token)}});
      return;
    case Effect::Kind::kEmit: {
      std::string record;
      AppendEgressRecord(record, {effect.egress, effect.value_type, effect.token, effect.bytes});
      if (!options_.outbox) {
        outcome.egress += record;
        return;
      }
      end.changes.push_back({.kind = UnitChange::Kind::kEmit, .egress_record = std::move(record)});
      return;
    }
    case Effect::Kind::kStartAsync:
      return dispatch(OperationRow(effect, message));
  }
}

}  // namespace holdfast::two_tier
