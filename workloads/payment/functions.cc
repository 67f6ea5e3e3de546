#include "workloads/payment/functions.h"

#include <algorithm>
#include <charconv>

namespace holdfast::payment {
namespace {

constexpr CancellationToken kIntervalToken{"interval"};

std::uint64_t HashWords(std::initializer_list<std::uint64_t> words) {
  return Hash64({reinterpret_cast<const char*>(words.begin()), words.size() * sizeof(std::uint64_t)});
}

std::uint64_t TokenOf(const Order& order) { return HashWords({order.secret, order.attempt}); }

std::uint64_t NumberOf(std::string_view user) {
  std::uint64_t number = 0;
  const auto digits = user.substr(std::min(user.size(), user.find('-') + 1));
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

Status Unexpected(const PaymentName& payment, std::string_view what) {
  return MakeError(ErrorCode::kInternal, "{} of payment {} of user {}, which does not wait for it", what,
                   payment.number, payment.user);
}

}  // namespace

Witness User::Link(Context& ctx, const Unit& unit) {
  const auto before = ctx.Get(witness);
  const auto at = ctx.Now().millis;
  const Witness link{before ? before->version + 1 : 1,
                     HashWords({before ? before->chain : Hash64(ctx.self().id), static_cast<std::uint64_t>(unit.deed),
                                unit.first, unit.second, static_cast<std::uint64_t>(at)}),
                     at};
  ctx.Set(witness, link);
  return link;
}

void User::Schedule(Context& ctx, Account& now, std::int64_t due, const Witness& link) {
  ++now.trigger;
  now.due = due;
  const std::chrono::milliseconds delay(std::max<std::int64_t>(0, due - ctx.Now().millis));
  ctx.SendAfter(delay, ctx.self(), IntervalEnd{now.trigger, due, link}, kIntervalToken);
}

void User::Tell(Context& ctx, const Unit& unit, const Account& now, const Witness& link) {
  ctx.Set(account, now);
  ctx.Emit(kUsers, ctx.self().id,
           {NumberOf(ctx.self().id), static_cast<std::uint32_t>(unit.deed), unit.first, unit.second, now, link});
}

void User::On(Context& ctx, const UserChange& change) {
  const Unit unit{change.gone ? Deed::kGone : Deed::kChanged, change.place.partition, change.place.offset};
  const auto link = Link(ctx, unit);
  auto now = ctx.Get(account).value_or(Account());
  const bool runs = now.left > 0;
  ++now.changes;
  if (!change.gone) now.price = change.price;
  now.left = change.gone ? 0 : terms_.intervals;
  if (change.gone && runs) ctx.Cancel(kIntervalToken);
  if (!change.gone && !runs) Schedule(ctx, now, ctx.Now().millis + terms_.interval.count(), link);
  Tell(ctx, unit, now, link);
}

void User::On(Context& ctx, const IntervalEnd& end) {
  auto now = ctx.Get(account).value_or(Account());
  const bool due = now.left > 0 && end.trigger == now.trigger;
  const Unit unit{due ? Deed::kBilled : Deed::kStale, end.trigger, static_cast<std::uint64_t>(end.due)};
  const auto link = Link(ctx, unit);
  if (due) {
    const PaymentName payment{NumberOf(ctx.self().id), now.made++};
    now.billed += now.price;
    ctx.Send(To<Payment>(PaymentId(payment)), Due{payment, now.price, link});
    // Counted from when it was due, so that an outage loses no interval.
    if (--now.left > 0) Schedule(ctx, now, end.due + terms_.interval.count(), link);
  }
  Tell(ctx, unit, now, link);
}

void User::On(Context& ctx, const Settlement& settlement) {
  const auto amount = static_cast<std::uint64_t>(settlement.amount);
  const Unit unit{settlement.paid ? Deed::kPaid : Deed::kWaived, settlement.payment.number, amount};
  const auto link = Link(ctx, unit);
  auto now = ctx.Get(account).value_or(Account());
  ++now.settled;
  (settlement.paid ? now.paid : now.waived) += settlement.amount;
  Tell(ctx, unit, now, link);
}

void Payment::Ask(Context& ctx, const Order& present, std::int64_t due) {
  ctx.Set(order, present);
  ctx.Emit(kRequests, ctx.self().id,
           {present.payment, present.attempt, present.amount, TokenOf(present), due, ctx.Now().millis});
}

Status Payment::On(Context& ctx, const Due& due) {
  if (ctx.Get(order)) return Unexpected(due.payment, "a second beginning");
  Ask(ctx, {due.payment, due.amount, due.user.chain, 0, true}, 0);
  return {};
}

Status Payment::On(Context& ctx, const Retry& retry) {
  auto present = ctx.Get(order);
  if (!present || present->asked || present->attempt != retry.attempt) {
    return Unexpected(retry.payment, fmt::format("attempt {}", retry.attempt));
  }
  present->asked = true;
  Ask(ctx, *present, retry.due);
  return {};
}

void Payment::On(Context& ctx, const Answer& answer) {
  const auto present = ctx.Get(order);
  if (!present || !present->asked || present->attempt != answer.attempt || TokenOf(*present) != answer.token) {
    return ctx.Emit(kStrays, ctx.self().id, {answer.number, answer.payment, answer.attempt, present.has_value()});
  }
  const bool last = present->attempt + 1 == patience_.attempts;
  if (!answer.charged && !last) return WaitAfter(ctx, *present, answer);
  ctx.Clear(order);
  ctx.Send(To<User>(UserId(present->payment.user)), Settlement{present->payment, present->amount, answer.charged});
  Tell(ctx, answer, answer.charged ? Verdict::kPaid : Verdict::kGivenUp, 0);
}

void Payment::WaitAfter(Context& ctx, Order present, const Answer& answer) {
  const auto delay = patience_.back_off * (1 << std::min(present.attempt, 20u));
  const auto due = ctx.Now().millis + delay.count();
  present.asked = false;
  ++present.attempt;
  ctx.Set(order, present);
  ctx.SendAfter(delay, ctx.self(), Retry{present.payment, present.attempt, due});
  Tell(ctx, answer, Verdict::kRefused, due);
}

void Payment::Tell(Context& ctx, const Answer& answer, Verdict verdict, std::int64_t retry) {
  ctx.Emit(
      kSteps, ctx.self().id,
      {answer.payment, answer.attempt, answer.number, static_cast<std::uint32_t>(verdict), retry, ctx.Now().millis});
}

}  // namespace holdfast::payment
