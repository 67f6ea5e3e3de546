#include "workloads/fraud-bandit/functions.h"

#include "core/base/hash.h"

namespace holdfast::fraud_bandit {
namespace {

using fraud_detection::HashWords;
using fraud_detection::Link;

Status NobodyAsked(const Place& place, std::string_view what) {
  return MakeError(ErrorCode::kInternal, "{} of transaction {}/{}, which does not wait for it", what, place.partition,
                   place.offset);
}

std::uint64_t Word(std::int64_t number) { return static_cast<std::uint64_t>(number); }

// The largest whole number whose square is not above `square`, by Newton's steps from above.
std::int64_t RootOf(std::int64_t square) {
  if (square < 2) return square;
  auto root = square / 2;
  for (auto next = (root + square / root) / 2; next < root; next = (root + square / root) / 2) root = next;
  return root;
}

Habits HabitsOf(const Amounts& known, std::int64_t since) {
  if (known.count == 0) return {};
  const auto mean = known.sum / known.count;
  return {known.count, mean, RootOf(known.squares / known.count - mean * mean), since};
}

std::int64_t ScoreOf(std::uint64_t seed, std::uint32_t arm, std::int64_t version, const FeatureVector& features) {
  const auto& habits = features.habits;
  const auto drawn = HashWords({seed, arm, Word(version), features.transaction.partition, features.transaction.offset,
                                Word(features.amount), Word(habits.count), Word(habits.mean), Word(habits.deviation),
                                Word(habits.since), Word(features.rate)});
  return static_cast<std::int64_t>(drawn % (101 - 12 * ((arm + Word(version)) % kArms)));
}

}  // namespace

void Account::On(Context& ctx, const HabitsQuery& query) {
  const auto before = ctx.Get(witness);
  const auto link = Link(before, ctx, Deed::kSpent, query.transaction.partition, query.transaction.offset);
  auto known = ctx.Get(amounts).value_or(Amounts());
  ctx.Reply(HabitsReply{query.transaction, HabitsOf(known, before ? link.at - before->at : 0), link});
  ++known.count;
  known.sum += query.amount;
  known.squares += query.amount * query.amount;
  ctx.Set(amounts, known);
  ctx.Set(witness, link);
}

void Merchant::On(Context& ctx, const RateQuery& query) {
  const auto link = Link(ctx.Get(witness), ctx, Deed::kRated, query.transaction.partition, query.transaction.offset);
  const auto known = ctx.Get(labels).value_or(Labels());
  ctx.Reply(RateReply{query.transaction, known.labelled == 0 ? 0 : known.frauds * 1000 / known.labelled, link});
  ctx.Set(witness, link);
}

void Merchant::On(Context& ctx, const Truth& truth) {
  const auto& place = truth.transaction;
  const auto link = Link(ctx.Get(witness), ctx, Deed::kLabelled, place.partition, place.offset);
  auto known = ctx.Get(labels).value_or(Labels());
  ++known.labelled;
  known.frauds += truth.fraud;
  ctx.Emit(kRates, ctx.self().id, {place, truth.fraud, known, link});
  ctx.Set(labels, known);
  ctx.Set(witness, link);
}

std::uint32_t ChooseArm(const BanditRules& rules, std::string_view account, const Arms& known) {
  std::uint64_t number = 1;
  for (const auto& arm : known.arms) number += arm.pulls;
  const auto draw = HashWords({rules.seed, Hash64(account), number});
  if (draw % 100 < rules.exploration) return static_cast<std::uint32_t>(draw / 100 % kArms);
  std::uint32_t best = 0;
  for (std::uint32_t i = 1; i < kArms; ++i) {
    const auto& [pulls, rewards] = known.arms[i];
    if ((rewards + 1) * (known.arms[best].pulls + 1) > (known.arms[best].rewards + 1) * (pulls + 1)) best = i;
  }
  return best;
}

void Classifier::On(Context& ctx, const FeatureVector& features) {
  const auto& place = features.transaction;
  const auto link = Link(ctx.Get(witness), ctx, Deed::kChose, place.partition, place.offset);
  auto known = ctx.Get(arms).value_or(Arms());
  const auto arm = ChooseArm(rules_, ctx.self().id, known);
  ++known.arms[arm].pulls;
  ctx.Set(arms, known);
  ctx.Set(witness, link);
  const auto model = arm * rules_.replicas + Hash64(ctx.self().id) % rules_.replicas;
  ctx.Send(To<Model>(fmt::format("model-{}", model)), ScoreQuery{features, ctx.caller().id, arm, link});
}

Status Classifier::On(Context& ctx, const Reward& reward) {
  const auto& place = reward.transaction;
  if (reward.arm >= kArms) return MakeError(ErrorCode::kInvalidArgument, "there is no arm {}", reward.arm);
  const auto link = Link(ctx.Get(witness), ctx, Deed::kRewarded, place.partition, place.offset);
  auto known = ctx.Get(arms).value_or(Arms());
  known.arms[reward.arm].rewards += reward.reward;
  ctx.Emit(kLessons, ctx.self().id, {place, reward.arm, reward.reward, known.arms[reward.arm], link});
  ctx.Set(arms, known);
  ctx.Set(witness, link);
  return {};
}

void Model::On(Context& ctx, const ScoreQuery& query) {
  const auto& place = query.features.transaction;
  const auto link = Link(ctx.Get(witness), ctx, Deed::kScored, place.partition, place.offset);
  const auto used = ctx.Get(version).value_or(0);
  ctx.Set(witness, link);
  ctx.Send(To<TransactionManager>(query.manager),
           Score{place, query.arm, query.classifier, used, link, ScoreOf(seed_, query.arm, used, query.features)});
}

void Model::On(Context& ctx, const Publication& publication) {
  const auto& place = publication.place;
  const auto link = Link(ctx.Get(witness), ctx, Deed::kPublished, place.partition, place.offset);
  ctx.Set(version, publication.version);
  ctx.Set(witness, link);
  ctx.Emit(kSwaps, ctx.self().id, {place, publication.version, link});
}

void TransactionManager::On(Context& ctx, const Transaction& message) {
  ctx.Set(transaction, message);
  ctx.Send(To<Account>(message.account), HabitsQuery{message.place, message.amount});
  ctx.Send(To<Merchant>(message.merchant), RateQuery{message.place});
}

Status TransactionManager::On(Context& ctx, const HabitsReply& reply) {
  if (ctx.Get(habits)) return NobodyAsked(reply.transaction, "an account's habits");
  ctx.Set(habits, reply);
  return Join(ctx);
}

Status TransactionManager::On(Context& ctx, const RateReply& reply) {
  if (ctx.Get(rate)) return NobodyAsked(reply.transaction, "a merchant's rate");
  ctx.Set(rate, reply);
  return Join(ctx);
}

Status TransactionManager::Join(Context& ctx) {
  const auto subject = ctx.Get(transaction);
  const auto spender = ctx.Get(habits);
  const auto seller = ctx.Get(rate);
  if (!subject) return NobodyAsked(spender ? spender->transaction : seller->transaction, "a feature");
  if (!spender || !seller) return {};
  ctx.Send(To<Classifier>(subject->account),
           FeatureVector{subject->place, subject->amount, spender->habits, seller->rate});
  return {};
}

Status TransactionManager::On(Context& ctx, const Score& reply) {
  const auto subject = ctx.Get(transaction);
  const auto spender = ctx.Get(habits);
  const auto seller = ctx.Get(rate);
  if (!subject || !spender || !seller || ctx.Get(score)) return NobodyAsked(reply.transaction, "a score");
  ctx.Emit(kDecisions, ctx.self().id,
           {subject->place, subject->account, subject->merchant, subject->amount, spender->habits, spender->account,
            seller->rate, seller->merchant, reply.arm, reply.classifier, reply.version, reply.model, reply.score});
  ctx.Set(score, reply);
  Learn(ctx);
  return {};
}

Status TransactionManager::On(Context& ctx, const Label& message) {
  if (ctx.Get(label)) return NobodyAsked(message.transaction, "a label");
  ctx.Set(label, message);
  Learn(ctx);
  return {};
}

void TransactionManager::Learn(Context& ctx) {
  const auto subject = ctx.Get(transaction);
  const auto decided = ctx.Get(score);
  const auto truth = ctx.Get(label);
  if (!subject || !decided || !truth) return;
  const bool right = (decided->score > threshold_) == truth->fraud;
  ctx.Send(To<Merchant>(subject->merchant), Truth{subject->place, truth->fraud});
  ctx.Send(To<Classifier>(subject->account), Reward{subject->place, decided->arm, right ? 1u : 0u});
  ctx.Clear(transaction);
  ctx.Clear(habits);
  ctx.Clear(rate);
  ctx.Clear(score);
  ctx.Clear(label);
}

}  // namespace holdfast::fraud_bandit
