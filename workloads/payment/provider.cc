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

std::uint64_t Provider::Draw(const Request& request, std::uint64_t what) const {
  return Mix64(Mix64(Mix64(seed_ ^ 0x9a1d) ^ Mix64(request.payment.user) ^ (request.payment.number << 8)) ^
               (std::uint64_t{request.attempt} << 32 | what));
}

bool Provider::Chance(const Request& request, std::uint64_t what, std::uint32_t percent) const {
  return Draw(request, what) % 100 < percent;
}

SteadyTime Provider::Later(SteadyTime now, const Request& request, std::uint64_t what) const {
  const bool slow = Chance(request, kSlow + what * kDraws, options_.slow_answers);
  const auto most = 2 * (slow ? options_.slow_time : options_.answer_time).count();
  const auto drawn = Draw(request, kTime + what * kDraws) % static_cast<std::uint64_t>(most + 1);
  return now + Duration(static_cast<std::int64_t>(drawn));
}

void Provider::Plan(SteadyTime at, std::uint64_t number, const Answer& answer) {
  Planned planned{answer.payment.user, PaymentId(answer.payment), {}};
  Codec<Answer>::Encode(answer, planned.value);
  planned_.emplace(std::pair(at, number), std::move(planned));
}

// Of another payment than the one asked for, of a user that there is not, or with a token that was not asked with.
Answer Provider::Unasked(const Request& request) const {
  const auto drawn = Draw(request, kWhatUnasked);
  auto payment = request.payment;
  if (drawn % 3 == 1) ++payment.number;
  if (drawn % 3 == 2) payment.user += input_.options().users;
  return {0, payment, drawn % 3 == 0 ? request.attempt : 0, Mix64(drawn), drawn % 2 == 0};
}

void Provider::Take(const EgressRecord& output, SteadyTime now) {
  Request request;
  if (output.egress != requests_ || !Codec<Request>::Decode(output.value, request)) return;
  const bool refused = Chance(request, kRefused, options_.refusals);
  const bool again = options_.idempotent && !known_.emplace(request.payment, request.attempt, request.token).second;
  const auto number = ledger_.size() * kCopies;
  Codec<LedgerEntry>::Encode(
      {request.payment, request.attempt, request.token, refused || again ? 0 : request.amount, refused},
      ledger_.emplace_back());
  Answer answer{number, request.payment, request.attempt, request.token, !refused};
  const auto at = Later(now, request, kFirst);
  Plan(at, number + kFirst, answer);
  if (Chance(request, kTwice, options_.second_answers)) {
    answer.number = number + kSecond;
    Plan(Later(at, request, kSecond), number + kSecond, answer);
  }
  if (!Chance(request, kUnasked, options_.unasked_answers)) return;
  answer = Unasked(request);
  answer.number = number + kNotAsked;
  Plan(Later(now, request, kNotAsked), number + kNotAsked, answer);
}

std::optional<SteadyTime> Provider::NextWake() const {
  if (planned_.empty()) return std::nullopt;
  return planned_.begin()->first.first;
}

void Provider::Act(SteadyTime now, const Append& append) {
  while (!planned_.empty() && planned_.begin()->first.first <= now) {
    const auto node = planned_.extract(planned_.begin());
    const auto& [user, key, value] = node.mapped();
    append(input_.AnswerPartition(user), {key, value, answers_});
  }
}

void Provider::ForEachEntry(const std::function<void(std::string_view entry)>& visit) const {
  for (const auto& entry : ledger_) visit(entry);
}

}  // namespace holdfast::payment
