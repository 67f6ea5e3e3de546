// The messages of fraud detection, and the numbers it computes.
//
// The two numbers in a witness's chain name the record its unit is about (partition, offset), or the call of the score
// service (call, attempt). Every unit of a counter or a merchant is told of on some egress, with the witness after it:
// a query in the decision it leads to, all others at once. So whoever sees the outputs can put the units of an instance
// in order and replay its state.
//
// Two numbers stand for what a model and a service would know. `Words` are hashed like those of a chain:
//
//   score of a merchant   = Hash64(Words: seed, Hash64(merchant), call) mod 101
//   a call's attempt fails if Hash64(Words: seed, Hash64(merchant), call, attempt) mod 100 < failing-calls
//   score of a transaction = low + Hash64(Words: seed, partition, offset, count, score of the merchant, amount)
//                                mod (101 - low), with low = min(count, 99)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "workloads/fraud-detection/witness.h"

namespace holdfast::fraud_detection {

enum class Deed : std::uint8_t {
  kConfirmed = 1,  // Counters: one more confirmed fraud.
  kExpired,        // One less: the window has passed it.
  kQueried,        // Counters and merchants: a transaction asked.
  kScored,         // Merchants: a call was answered,
  kFailed,         // or failed,
  kUnknown,        // or what became of it is not known.
};

// Comes in. To the manager of this transaction.
struct Transaction {
  Place place;
  std::string_view account;
  std::string_view merchant;
  std::int64_t amount = 0;
  std::string_view note;  // Ballast.
  HOLDFAST_MESSAGE("fraud-detection/Transaction", place, account, merchant, amount, note)
};
// Comes in: a fraud was confirmed. To the counter of its account.
struct Confirmation {
  Place place;
  HOLDFAST_MESSAGE("fraud-detection/Confirmation", place)
};

// A manager asks the counter of its account, and is answered.
struct CountQuery {
  Place transaction;
  HOLDFAST_MESSAGE("fraud-detection/CountQuery", transaction)
};
struct CountReply {
  Place transaction;
  std::int64_t count = 0;
  Witness counter{};
  HOLDFAST_MESSAGE("fraud-detection/CountReply", transaction, count, counter)
};
// A counter to itself, one window after it confirmed.
struct Expiry {
  Place confirmation;
  std::int64_t due = 0;
  Witness counter{};  // When it confirmed.
  HOLDFAST_MESSAGE("fraud-detection/Expiry", confirmation, due, counter)
};

// A manager asks the merchant of its transaction, and is answered: at once, or when the call that it had to wait for
// is.
struct ScoreQuery {
  Place transaction;
  HOLDFAST_MESSAGE("fraud-detection/ScoreQuery", transaction)
};
struct ScoreReply {
  Place transaction;
  std::int64_t score = 0;
  Witness asked{};     // After the unit that took the question,
  Witness answered{};  // and after the one that answered.
  HOLDFAST_MESSAGE("fraud-detection/ScoreReply", transaction, score, asked, answered)
};
// A transaction that waits for a call. A merchant keeps a list of them, each with its length before it.
struct Waiting {
  Place transaction;
  std::string_view manager;
  Witness asked{};
  HOLDFAST_MESSAGE("fraud-detection/Waiting", transaction, manager, asked)
};
// What a merchant remembers of its calls: how many it began, which attempt of the latest was made last, and how many
// outcomes came, failed ones among them.
struct Calls {
  std::uint64_t begun = 0;
  std::uint64_t attempt = 0;
  std::uint64_t outcomes = 0;
  HOLDFAST_MESSAGE("fraud-detection/Calls", begun, attempt, outcomes)
};
// The slow call to the score service.
struct ScoreCall {
  std::string_view merchant;
  std::uint64_t call = 0;     // From 1 on.
  std::uint64_t attempt = 0;  // Of this call, from 0 on.
  HOLDFAST_MESSAGE("fraud-detection/ScoreCall", merchant, call, attempt)
};
struct ServiceScore {
  std::int64_t score = 0;
  HOLDFAST_MESSAGE("fraud-detection/ServiceScore", score)
};
struct ScoreService {
  static constexpr std::string_view kName = "fraud-detection/score-service";
  using Request = ScoreCall;
  using Response = ServiceScore;
};

// A manager asks the model of its account, and is answered.
struct FeatureVector {
  Place transaction;
  std::int64_t count = 0;
  std::int64_t merchant_score = 0;
  std::int64_t amount = 0;
  HOLDFAST_MESSAGE("fraud-detection/FeatureVector", transaction, count, merchant_score, amount)
};
struct ModelReply {
  Place transaction;
  std::int64_t score = 0;
  HOLDFAST_MESSAGE("fraud-detection/ModelReply", transaction, score)
};

// What leaves. One decision for each transaction, with everything it stands on.
struct Decision {
  Place transaction;
  std::string_view account;
  std::string_view merchant;
  std::int64_t amount = 0;
  std::int64_t count = 0;
  Witness counter{};
  std::int64_t merchant_score = 0;
  Witness asked{};
  Witness answered{};
  std::int64_t score = 0;
  HOLDFAST_MESSAGE("fraud-detection/Decision", transaction, account, merchant, amount, count, counter, merchant_score,
                   asked, answered, score)
};
// One for each transaction whose score is above the threshold.
struct Alert {
  Place transaction;
  std::string_view account;
  std::int64_t amount = 0;
  std::int64_t score = 0;
  HOLDFAST_MESSAGE("fraud-detection/Alert", transaction, account, amount, score)
};
// A counter counted a confirmation, or takes it back.
struct CountChange {
  Place confirmation;
  std::string_view account;
  std::uint32_t deed = 0;
  std::int64_t due = 0;    // When it is to be taken back.
  std::int64_t count = 0;  // After it.
  Witness counter{};
  HOLDFAST_MESSAGE("fraud-detection/CountChange", confirmation, account, deed, due, count, counter)
};
// What became of a call.
struct CallOutcome {
  std::string_view merchant;
  std::uint64_t call = 0;
  std::uint64_t attempt = 0;
  std::uint32_t deed = 0;
  std::int64_t score = 0;  // Of a call that was answered.
  Witness witness{};
  HOLDFAST_MESSAGE("fraud-detection/CallOutcome", merchant, call, attempt, deed, score, witness)
};

inline constexpr std::string_view kTransactions = "fraud-detection/transactions";
inline constexpr std::string_view kConfirmed = "fraud-detection/confirmed";
// Keyed by the transaction's id, alerts by the account.
inline constexpr Egress<Decision> kDecisions{"fraud-detection/decisions"};
inline constexpr Egress<Alert> kAlerts{"fraud-detection/alerts"};
inline constexpr Egress<CountChange> kCounts{"fraud-detection/counts"};
inline constexpr Egress<CallOutcome> kCalls{"fraud-detection/calls"};

// The function types.
inline constexpr std::string_view kManager = "fraud-detection/transaction-manager";
inline constexpr std::string_view kCounter = "fraud-detection/fraud-counter";
inline constexpr std::string_view kMerchant = "fraud-detection/merchant";
inline constexpr std::string_view kModel = "fraud-detection/model";

}  // namespace holdfast::fraud_detection
