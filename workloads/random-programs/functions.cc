#include "workloads/random-programs/functions.h"

#include <array>

namespace holdfast::random_programs {
namespace {

std::string Name(const StepId& id) { return fmt::format("{}/{}/{}", id.partition, id.offset, id.step); }

// Tokens of different programs must not meet at one address.
std::string TokenOf(const StepId& id, std::uint32_t token) {
  return fmt::format("{}/{}:{}", id.partition, id.offset, token);
}

void SendTo(Context& ctx, const Command& command, const Step& step) {
  if (command.target_function == 0) return ctx.Send(To<Alpha>(command.target_id), step);
  if (command.target_function == 1) return ctx.Send(To<Beta>(command.target_id), step);
  ctx.Send(ToName{kFunctions[kLockerFunction], command.target_id}, step);
}

StepId StepOf(const Unit& unit, const Command& command) {
  return {unit.receipt.id.partition, unit.receipt.id.offset, command.step};
}

}  // namespace

bool Attempts::MustFail(const StepId& id, std::uint64_t times) {
  if (times == kAlways) return true;
  auto& failed = failed_[id];
  if (failed < times) return ++failed, true;
  failed_.erase(id);
  return false;
}

Witness Link(const std::optional<Witness>& before, const Receipt& receipt) {
  const auto start = before ? before->chain : Hash64(fmt::format("{}/{}", receipt.function, receipt.self));
  const std::array<std::uint64_t, 11> words{start,
                                            receipt.id.partition,
                                            receipt.id.offset,
                                            receipt.id.step,
                                            receipt.attempt,
                                            receipt.outcome,
                                            receipt.origin.sender.version,
                                            receipt.origin.sender.chain,
                                            receipt.origin.place,
                                            static_cast<std::uint64_t>(receipt.origin.due),
                                            static_cast<std::uint64_t>(receipt.now)};
  return {before ? before->version + 1 : 1, Hash64({reinterpret_cast<const char*>(words.data()), sizeof words})};
}

Status FailOnPurpose(const StepId& id) {
  const auto words = fmt::format("step {} fails on purpose", Name(id));
  if (id.step % 4 == 0) throw FunctionError(words);  // Seldom: unwinding takes longer than all the rest of the unit.
  return MakeError(ErrorCode::kInternal, "{}", words);
}

Result<ErrandResponse> RunErrand(const ErrandRequest& request) {
  if (request.fails) return MakeError(ErrorCode::kInternal, "the errand of step {} fails on purpose", Name(request.id));
  return ErrandResponse{request.id};
}

template <class Self>
Unit Interpreter<Self>::Begin(Context& ctx, const StepId& id, const Origin& origin, std::uint32_t attempt,
                              Outcome outcome) const {
  Unit unit;
  auto& receipt = unit.receipt;
  receipt.id = id;
  receipt.attempt = attempt;
  receipt.outcome = static_cast<std::uint32_t>(outcome);
  receipt.function = Self::kName;
  receipt.self = ctx.self().id;
  receipt.caller_function = ctx.caller().type.value;
  receipt.caller = ctx.caller().id;
  receipt.origin = origin;
  receipt.now = ctx.Now().millis;
  receipt.count = ctx.Get(count).value_or(0);
  receipt.lease = ctx.Get(lease).value_or(0);
  receipt.idle = ctx.Get(idle).value_or(0);
  receipt.witness = Link(ctx.Get(witness), receipt);
  ctx.Set(witness, receipt.witness);
  return unit;
}

template <class Self>
void Interpreter<Self>::Finish(Context& ctx, const Unit& unit) const {
  if (unit.receipt.count != ctx.Get(count).value_or(0)) ctx.Set(count, unit.receipt.count);
  ctx.Emit(kReceipts, ctx.self().id, unit.receipt);
}

template <class Self>
Status Interpreter<Self>::On(Context& ctx, const Step& step) {
  auto unit = Begin(ctx, step.id, step.origin, 0, Outcome::kMessage);
  HOLDFAST_TRY(CarryOut(ctx, unit, step.commands));
  if (step.hops > 0) {
    const StepId next{step.id.partition, step.id.offset, step.id.step + 1};
    ctx.Reply(Step{next, unit.Next(), step.hops - 1, {}});
  }
  Finish(ctx, unit);
  return {};
}

template <class Self>
Status Interpreter<Self>::On(Context& ctx, const AsyncOutcome<Errand>& outcome) {
  const auto& request = outcome.request;
  const auto what = outcome.status == AsyncStatus::kUnknown   ? Outcome::kUnknown
                    : outcome.status == AsyncStatus::kSuccess ? Outcome::kSuccess
                                                              : Outcome::kFailure;
  if (what == Outcome::kSuccess && outcome.response.id != request.id) {
    return MakeError(ErrorCode::kInternal, "the errand of step {} was answered for {}", Name(request.id),
                     Name(outcome.response.id));
  }
  auto unit = Begin(ctx, request.id, request.origin, request.attempt, what);
  if (what == Outcome::kUnknown) {
    ctx.StartAsync<Errand>({request.id, unit.Next(), request.attempt + 1, request.fails, request.commands});
  } else {
    HOLDFAST_TRY(CarryOut(ctx, unit, request.commands));
  }
  Finish(ctx, unit);
  return {};
}

template <class Self>
Status Interpreter<Self>::CarryOut(Context& ctx, Unit& unit, std::string_view commands) {
  ByteReader reader(commands);
  Command command;
  while (TakeCommand(reader, command)) HOLDFAST_TRY(CarryOut(ctx, unit, command));
  if (reader.AtEnd()) return {};
  return MakeError(ErrorCode::kInvalidArgument, "step {}: a command does not parse", Name(unit.receipt.id));
}

template <class Self>
Status Interpreter<Self>::CarryOut(Context& ctx, Unit& unit, const Command& command) {
  auto& receipt = unit.receipt;
  const auto child = [&] { return Step{StepOf(unit, command), unit.Next(), command.hops, command.commands}; };
  const auto version = static_cast<std::int64_t>(receipt.witness.version);
  switch (static_cast<Verb>(command.verb)) {
    case Verb::kAdd:
      receipt.count += static_cast<std::int64_t>(command.number);
      return {};
    case Verb::kSend:
      SendTo(ctx, command, child());
      return {};
    case Verb::kReply:
      ctx.Reply(child());
      return {};
    case Verb::kSendSelf:
      ctx.Send(ctx.self(), child());
      return {};
    case Verb::kSendAfter:
      SendAfter(ctx, unit, command);
      return {};
    case Verb::kCancel:
      ctx.Cancel({TokenOf(receipt.id, command.token)});
      return {};
    case Verb::kStartAsync:
      ctx.StartAsync<Errand>({StepOf(unit, command), unit.Next(), 0, command.number != 0, command.commands});
      return {};
    case Verb::kNote:
      ctx.Emit(kNotes, ctx.self().id, {receipt.id, static_cast<std::uint32_t>(command.number), receipt.witness});
      return {};
    case Verb::kLease:
      ctx.Set(lease, version);
      return {};
    case Verb::kIdle:
      ctx.Set(idle, version);
      return {};
    case Verb::kClear:
      ctx.Clear(lease);
      ctx.Clear(idle);
      return {};
    case Verb::kFail:
      if (attempts_.MustFail(receipt.id, command.number)) return FailOnPurpose(receipt.id);
      return {};
    default:
      return MakeError(ErrorCode::kInvalidArgument, "{} knows no command {}", Self::kName, command.verb);
  }
}

template <class Self>
void Interpreter<Self>::SendAfter(Context& ctx, Unit& unit, const Command& command) const {
  const auto due = ctx.Now().millis + command.delay;
  const Step step{StepOf(unit, command), unit.Next(due), command.hops, command.commands};
  const std::chrono::milliseconds delay(command.delay);
  const auto token = command.token == 0 ? std::string() : TokenOf(unit.receipt.id, command.token);
  if (command.target_function == 0) return ctx.SendAfter(delay, To<Alpha>(command.target_id), step, {token});
  ctx.SendAfter(delay, To<Beta>(command.target_id), step, {token});
}

template class Interpreter<Alpha>;
template class Interpreter<Beta>;

Status Locker::On(Context& ctx, const Step& step) {
  Receipt receipt{.id = step.id,
                  .function = kName,
                  .self = ctx.self().id,
                  .caller_function = ctx.caller().type.value,
                  .caller = ctx.caller().id,
                  .origin = step.origin,
                  .now = ctx.Now().millis,
                  .item = ctx.Get(item).value_or(0)};
  ByteReader reader(step.commands);
  Command command;
  while (TakeCommand(reader, command)) {
    if (static_cast<Verb>(command.verb) == Verb::kPut) ctx.Set(item, std::int64_t{step.id.step});
    if (static_cast<Verb>(command.verb) == Verb::kTake) ctx.Clear(item);
  }
  if (!reader.AtEnd()) return MakeError(ErrorCode::kInvalidArgument, "step {}: no commands", Name(step.id));
  ctx.Emit(kReceipts, ctx.self().id, receipt);
  return {};
}

}  // namespace holdfast::random_programs
