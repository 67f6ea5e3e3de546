#include "workloads/fraud-detection/functions.h"

#include <array>

namespace holdfast::fraud_detection {
namespace {

Status NobodyAsked(const Place& place, std::string_view what) {
  return MakeError(ErrorCode::kInternal, "{} for transaction {}/{}, which does not wait for it", what, place.partition,
                   place.offset);
}

}  // namespace

Result<ServiceScore> AskService(std::uint64_t seed, std::uint32_t fails, const ScoreCall& call) {
  const auto merchant = Hash64(call.merchant);
  if (HashWords({seed, merchant, call.call, call.attempt}) % 100 < fails) {
    return MakeError(ErrorCode::kUnavailable, "the score service fails on purpose");
  }
  return ServiceScore{static_cast<std::int64_t>(HashWords({seed, merchant, call.call}) % 101)};
}

Witness FraudCounter::Change(Context& ctx, Deed deed, const Place& confirmation, std::int64_t due) {
  const auto now = ctx.Get(count).value_or(0) + (deed == Deed::kConfirmed ? 1 : -1);
  const auto link = Link(ctx.Get(witness), ctx, deed, confirmation.partition, confirmation.offset);
  ctx.Set(witness, link);
  if (now == 0) {
    ctx.Clear(count);
  } else {
    ctx.Set(count, now);
  }
  ctx.Emit(kCounts, ctx.self().id, {confirmation, ctx.self().id, static_cast<std::uint32_t>(deed), due, now, link});
  return link;
}

void FraudCounter::On(Context& ctx, const Confirmation& confirmation) {
  const auto due = ctx.Now().millis + window_.count();
  const auto link = Change(ctx, Deed::kConfirmed, confirmation.place, due);
  ctx.SendAfter(window_, ctx.self(), Expiry{confirmation.place, due, link});
}

void FraudCounter::On(Context& ctx, const Expiry& expiry) {
  Change(ctx, Deed::kExpired, expiry.confirmation, expiry.due);
}

void FraudCounter::On(Context& ctx, const CountQuery& query) {
  const auto& place = query.transaction;
  const auto link = Link(ctx.Get(witness), ctx, Deed::kQueried, place.partition, place.offset);
  ctx.Set(witness, link);
  ctx.Reply(CountReply{place, ctx.Get(count).value_or(0), link});
}

void Merchant::On(Context& ctx, const ScoreQuery& query) {
  const auto& place = query.transaction;
  const auto link = Link(ctx.Get(witness), ctx, Deed::kQueried, place.partition, place.offset);
  ctx.Set(witness, link);
  if (const auto known = ctx.Get(score)) return ctx.Reply(ScoreReply{place, *known, link, link});
  auto list = ctx.Get(waiting).value_or(std::string());
  if (list.empty()) {
    auto book = ctx.Get(calls).value_or(Calls());
    book.attempt = 0;
    ctx.StartAsync<ScoreService>({ctx.self().id, ++book.begun, book.attempt});
    ctx.Set(calls, book);
  }
  std::string entry;
  Codec<Waiting>::Encode({place, ctx.caller().id, link}, entry);
  AppendBytes(list, entry);
  ctx.Set(waiting, list);
}

Status Merchant::On(Context& ctx, const AsyncOutcome<ScoreService>& outcome) {
  const auto& call = outcome.request;
  const bool scored = outcome.status == AsyncStatus::kSuccess;
  const auto deed = scored ? Deed::kScored : outcome.status == AsyncStatus::kFailure ? Deed::kFailed : Deed::kUnknown;
  const auto link = Link(ctx.Get(witness), ctx, deed, call.call, call.attempt);
  ctx.Set(witness, link);
  auto book = ctx.Get(calls).value_or(Calls());
  ++book.outcomes;
  if (!scored) ++book.attempt;
  ctx.Set(calls, book);
  ctx.Emit(kCalls, ctx.self().id,
           {ctx.self().id, call.call, call.attempt, static_cast<std::uint32_t>(deed), outcome.response.score, link});
  if (scored) return Answer(ctx, outcome.response.score, link);
  ctx.StartAsync<ScoreService>({ctx.self().id, book.begun, book.attempt});
  return {};
}

Status Merchant::Answer(Context& ctx, std::int64_t found, const Witness& answered) {
  ctx.Set(score, found);
  const auto list = ctx.Get(waiting).value_or(std::string());
  ByteReader reader(list);
  while (!reader.AtEnd()) {
    Waiting one;
    if (!Codec<Waiting>::Decode(reader.Bytes(), one) || !reader.ok()) {
      return MakeError(ErrorCode::kInternal, "{}: who waits for call is not readable", ctx.self().id);
    }
    ctx.Send(To<TransactionManager>(one.manager), ScoreReply{one.transaction, found, one.asked, answered});
  }
  ctx.Clear(waiting);
  return {};
}

void Model::On(Context& ctx, const FeatureVector& features) const {
  const auto low = std::min<std::int64_t>(features.count, 99);
  const auto drawn = HashWords(
      {seed_, features.transaction.partition, features.transaction.offset, static_cast<std::uint64_t>(features.count),
       static_cast<std::uint64_t>(features.merchant_score), static_cast<std::uint64_t>(features.amount)});
  const auto above = static_cast<std::int64_t>(drawn % static_cast<std::uint64_t>(101 - low));
  ctx.Reply(ModelReply{features.transaction, low + above});
}

void TransactionManager::On(Context& ctx, const Transaction& message) {
  ctx.Set(transaction, message);
  ctx.Send(To<FraudCounter>(message.account), CountQuery{message.place});
  ctx.Send(To<Merchant>(message.merchant), ScoreQuery{message.place});
}

Status TransactionManager::On(Context& ctx, const CountReply& reply) {
  if (ctx.Get(count)) return NobodyAsked(reply.transaction, "a count");
  ctx.Set(count, reply);
  return Join(ctx);
}

Status TransactionManager::On(Context& ctx, const ScoreReply& reply) {
  if (ctx.Get(score)) return NobodyAsked(reply.transaction, "a merchant's score");
  ctx.Set(score, reply);
  return Join(ctx);
}

Status TransactionManager::Join(Context& ctx) {
  const auto subject = ctx.Get(transaction);
  const auto counted = ctx.Get(count);
  const auto scored = ctx.Get(score);
  if (!subject) return NobodyAsked(counted ? counted->transaction : scored->transaction, "an answer");
  if (!counted || !scored) return {};
  ctx.Send(To<Model>(subject->account), FeatureVector{subject->place, counted->count, scored->score, subject->amount});
  return {};
}

Status TransactionManager::On(Context& ctx, const ModelReply& reply) {
  const auto subject = ctx.Get(transaction);
  const auto counted = ctx.Get(count);
  const auto scored = ctx.Get(score);
  if (!subject || !counted || !scored) return NobodyAsked(reply.transaction, "the model's score");
  ctx.Emit(kDecisions, ctx.self().id,
           {subject->place, subject->account, subject->merchant, subject->amount, counted->count, counted->counter,
            scored->score, scored->asked, scored->answered, reply.score});
  if (reply.score > threshold_) {
    ctx.Emit(kAlerts, subject->account, {subject->place, subject->account, subject->amount, reply.score});
  }
  ctx.Clear(transaction);
  ctx.Clear(count);
  ctx.Clear(score);
  return {};
}

}  // namespace holdfast::fraud_detection
