// The messages of payment, what the payment provider writes down, and the witness every user keeps.
//
// A witness is a hash chain over all units of a user: (version, chain, at), where version counts the units, chain folds
// them in, each on top of the one before, and `at` is the application time of the latest:
//
//   chain(0) = Hash64(the user's id)
//   chain(n) = Hash64(the eight-byte little-endian words: chain(n - 1), what unit n did, two numbers, its time)
//
// The two numbers are those of what the unit is about: the place of a change, the number and time of a trigger, or the
// number and amount of a payment. Each unit is told of by an output, with the account it left.
//
// A request carries a token that nobody could know beforehand, and an answer is one to it only if it carries the same:
//
//   token of attempt a = Hash64(Words: chain of the unit that made the payment, a)
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "core/model/context.h"

namespace holdfast::payment {

struct Witness {
  std::uint64_t version = 0;
  std::uint64_t chain = 0;
  std::int64_t at = 0;
  friend bool operator==(const Witness&, const Witness&) = default;
  HOLDFAST_MESSAGE("payment/Witness", version, chain, at)
};

// Names a change of a user: where it stands in the ingress.
struct Place {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  friend auto operator<=>(const Place&, const Place&) = default;
  HOLDFAST_MESSAGE("payment/Place", partition, offset)
};

// The payment number `number` of a user, from 0 on.
struct PaymentName {
  std::uint64_t user = 0;
  std::uint64_t number = 0;
  friend auto operator<=>(const PaymentName&, const PaymentName&) = default;
  HOLDFAST_MESSAGE("payment/PaymentName", user, number)
};

// Names of instances: "user-17" and "payment-17-3".
inline std::string UserId(std::uint64_t user) { return fmt::format("user-{}", user); }
inline std::string PaymentId(const PaymentName& payment) {
  return fmt::format("payment-{}-{}", payment.user, payment.number);
}

// Comes in, as captured from the table of users: the row as it is now, or that it is gone.
struct UserChange {
  Place place;
  bool gone = false;
  std::int64_t price = 0;  // For each billing interval.
  HOLDFAST_MESSAGE("payment/UserChange", place, gone, price)
};

// A user to itself, at the end of a billing interval.
struct IntervalEnd {
  std::uint64_t trigger = 0;
  std::int64_t due = 0;
  Witness user{};  // When it was scheduled.
  HOLDFAST_MESSAGE("payment/IntervalEnd", trigger, due, user)
};
// A user to a new payment.
struct Due {
  PaymentName payment;
  std::int64_t amount = 0;
  Witness user{};
  HOLDFAST_MESSAGE("payment/Due", payment, amount, user)
};
// A payment to itself, after it was refused.
struct Retry {
  PaymentName payment;
  std::uint32_t attempt = 0;
  std::int64_t due = 0;
  HOLDFAST_MESSAGE("payment/Retry", payment, attempt, due)
};
// A payment to its user, when it is over.
struct Settlement {
  PaymentName payment;
  std::int64_t amount = 0;
  bool paid = false;
  HOLDFAST_MESSAGE("payment/Settlement", payment, amount, paid)
};

// To the provider: charge the user, once.
struct Request {
  PaymentName payment;
  std::uint32_t attempt = 0;
  std::int64_t amount = 0;
  std::uint64_t token = 0;
  std::int64_t due = 0;  // A repeated attempt waited for this.
  std::int64_t at = 0;
  HOLDFAST_MESSAGE("payment/Request", payment, attempt, amount, token, due, at)
};
// From the provider.
struct Answer {
  std::uint64_t number = 0;  // Of all its answers.
  PaymentName payment;
  std::uint32_t attempt = 0;
  std::uint64_t token = 0;
  bool charged = false;
  HOLDFAST_MESSAGE("payment/Answer", number, payment, attempt, token, charged)
};
// The provider's ledger holds one for each request that reached it, in their order.
struct LedgerEntry {
  PaymentName payment;
  std::uint32_t attempt = 0;
  std::uint64_t token = 0;
  std::int64_t charged = 0;  // None if it was refused, or known from before.
  bool refused = false;
  HOLDFAST_MESSAGE("payment/LedgerEntry", payment, attempt, token, charged, refused)
};

// A user's subscription, and what became of the money.
struct Account {
  std::int64_t price = 0;
  std::uint64_t left = 0;     // Intervals to bill; a trigger is scheduled if any is left.
  std::uint64_t trigger = 0;  // Number of the latest,
  std::int64_t due = 0;       // and its time.
  std::uint64_t changes = 0;
  std::uint64_t made = 0;     // Payments,
  std::uint64_t settled = 0;  // and how many of them are over.
  std::int64_t billed = 0;    // The sum of those made;
  std::int64_t paid = 0;      // of it, what was charged
  std::int64_t waived = 0;    // and what was given up.
  friend bool operator==(const Account&, const Account&) = default;
  HOLDFAST_MESSAGE("payment/Account", price, left, trigger, due, changes, made, settled, billed, paid, waived)
};
// What a payment remembers.
struct Order {
  PaymentName payment;
  std::int64_t amount = 0;
  std::uint64_t secret = 0;  // The chain of the unit that made it.
  std::uint32_t attempt = 0;
  bool asked = false;  // Waits for an answer to this attempt; else for the time to make it.
  HOLDFAST_MESSAGE("payment/Order", payment, amount, secret, attempt, asked)
};

// What leaves. One for each unit of a user.
enum class Deed : std::uint8_t {
  kChanged = 1,
  kGone,
  kBilled,  // An interval ended, and a payment was made.
  kStale,   // A trigger came that had been called off.
  kPaid,    // A payment was made good,
  kWaived,  // or given up.
};
struct UserUnit {
  std::uint64_t user = 0;
  std::uint32_t deed = 0;
  std::uint64_t first = 0;  // The two numbers of its link.
  std::uint64_t second = 0;
  Account account;  // After it.
  Witness witness{};
  HOLDFAST_MESSAGE("payment/UserUnit", user, deed, first, second, account, witness)
};
// One for each answer that a payment waited for.
enum class Verdict : std::uint8_t { kPaid = 1, kRefused, kGivenUp };
struct Step {
  PaymentName payment;
  std::uint32_t attempt = 0;
  std::uint64_t answer = 0;
  std::uint32_t verdict = 0;
  std::int64_t retry = 0;  // When, if it was refused.
  std::int64_t at = 0;
  HOLDFAST_MESSAGE("payment/Step", payment, attempt, answer, verdict, retry, at)
};
// One for each answer that nobody waited for.
struct Stray {
  std::uint64_t answer = 0;
  PaymentName payment;
  std::uint32_t attempt = 0;
  bool known = false;  // The payment is under way.
  HOLDFAST_MESSAGE("payment/Stray", answer, payment, attempt, known)
};

inline constexpr std::string_view kUserChanges = "payment/user-changes";
inline constexpr std::string_view kAnswers = "payment/answers";
// Keyed by the instance that emits.
inline constexpr Egress<Request> kRequests{"payment/requests"};
inline constexpr Egress<UserUnit> kUsers{"payment/users"};
inline constexpr Egress<Step> kSteps{"payment/steps"};
inline constexpr Egress<Stray> kStrays{"payment/strays"};

// The function types.
inline constexpr std::string_view kUser = "payment/user";
inline constexpr std::string_view kPayment = "payment/payment";

}  // namespace holdfast::payment
