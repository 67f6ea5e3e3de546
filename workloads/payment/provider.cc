#include "workloads/payment/provider.h"

#include "workloads/payment/functions.h"

namespace holdfast::payment {
namespace {

// What is drawn of a request.
enum Draws : std::uint64_t { kRefused, kSlow, kTime, kTwice, kUnasked, kWhatUnasked, kDraws };
// Answers to one request: the numbers of all answers are those of the ledger's entries, times this.
enum Copy : std::uint64_t { kFirst, kSecond, kNotAsked, kCopies };

}  // namespace

Provider::Provider(std::uint64_t seed, const PaymentInput& input)
    : seed_(seed),
      options_(input.options().provider),
      input_(input),
      requests_(input.requests()),
      answers_(input.answers()) {}

std::uint64_t Provider::Draw(const LedgerEntry& of, std::uint64_t what) const {
  return Mix64(Mix64(Mix64(seed_ ^ 0x9a1d) ^ Mix64(of.payment.user) ^ (of.payment.number << 8)) ^
               (std::uint64_t{of.attempt} << 32 | what));
}

bool Provider::Chance(const LedgerEntry& of, std::uint64_t what, std::uint32_t percent) const {
  return Draw(of, what) % 100 < percent;
}

SteadyTime Provider::Later(SteadyTime now, const LedgerEntry& of, std::uint64_t what) const {
  const bool slow = Chance(of, kSlow + what * kDraws, options_.slow_answers);
  const auto most = 2 * (slow ? options_.slow_time : options_.answer_time).count();
  const auto drawn = Draw(of, kTime + what * kDraws) % static_cast<std::uint64_t>(most + 1);
  return now + Duration(static_cast<std::int64_t>(drawn));
}

void Provider::Plan(SteadyTime at, std::uint64_t number, const Answer& answer) {
  Planned planned{answer.payment.user, PaymentId(answer.payment), {}};
  Codec<Answer>::Encode(answer, planned.value);
  planned_.emplace(std::pair(at, number), std::move(planned));
}

// Of another payment than the one asked for, of a user that there is not, or with a token that was not asked with.
Answer Provider::Unasked(const LedgerEntry& of) const {
  const auto drawn = Draw(of, kWhatUnasked);
  auto payment = of.payment;
  if (drawn % 3 == 1) ++payment.number;
  if (drawn % 3 == 2) payment.user += input_.options().users;
  return {0, payment, drawn % 3 == 0 ? of.attempt : 0, Mix64(drawn), drawn % 2 == 0};
}

void Provider::Take(const EgressRecord& output, SteadyTime now) {
  Request request;
  if (output.egress != requests_ || !Codec<Request>::Decode(output.value, request)) return;
  LedgerEntry entry{request.payment, request.attempt, request.token, request.amount, false};
  const bool again = options_.idempotent && known_.contains({entry.payment, entry.attempt, entry.token});
  entry.refused = Chance(entry, kRefused, options_.refusals);
  if (entry.refused || again) entry.charged = 0;
  Book(entry, now);
}

void Provider::Recall(std::string_view bytes, SteadyTime now) {
  LedgerEntry entry;
  HOLDFAST_CHECK(Codec<LedgerEntry>::Decode(bytes, entry), "entry {} of the ledger", ledger_.size());
  Book(entry, now);
}

void Provider::Book(const LedgerEntry& entry, SteadyTime now) {
  known_.emplace(entry.payment, entry.attempt, entry.token);
  const auto number = ledger_.size() * kCopies;
  Codec<LedgerEntry>::Encode(entry, ledger_.emplace_back());
  Answer answer{number, entry.payment, entry.attempt, entry.token, !entry.refused};
  const auto at = Later(now, entry, kFirst);
  Plan(at, number + kFirst, answer);
  if (Chance(entry, kTwice, options_.second_answers)) {
    answer.number = number + kSecond;
    Plan(Later(at, entry, kSecond), number + kSecond, answer);
  }
  if (!Chance(entry, kUnasked, options_.unasked_answers)) return;
  answer = Unasked(entry);
  answer.number = number + kNotAsked;
  Plan(Later(now, entry, kNotAsked), number + kNotAsked, answer);
}

std::optional<SteadyTime> Provider::NextWake() const {
  if (planned_.empty()) return std::nullopt;
  return planned_.begin()->first.first;
}

void Provider::Act(SteadyTime now, const Append& append) {
  while (!planned_.empty() && planned_.begin()->first.first <= now) {
    const auto node = planned_.extract(planned_.begin());
    const auto& [user, key, value] = node.mapped();
    append(node.key().second, input_.AnswerPartition(user), {key, value, answers_});
  }
}

}  // namespace holdfast::payment
