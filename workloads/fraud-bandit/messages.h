// The messages of fraud detection with features and a bandit, and the numbers it computes.
//
// Accounts, merchants, classifiers and models keep a witness (witness.h) beside their state; the two numbers in its
// chain are the place of the transaction, or of the publication, that the unit is about. Every unit of these is told of
// on some egress, with the witness after it: what leads to a decision by that decision, all others at once.
//
// All numbers are whole. What an account knows of `count` amounts, with their sum and the sum of their squares:
//
//   mean      = sum / count, deviation = the largest d with d * d <= squares / count - mean * mean
//   since     = milliseconds from its unit before to this one
//
// The rate of a merchant is frauds * 1000 / labelled. With no amount, unit or label, each is 0. A classifier chooses
// for the n-th time (n = 1 + all pulls) with
//
//   draw      = Hash64(Words: seed, Hash64(account), n)
//   arm       = draw / 100 mod 5                                             if draw mod 100 < exploration
//             = the first with the greatest (rewards + 1) / (pulls + 1)      else
//
// where a pull counts at once and a reward when the label comes. What a model, and the world, would know:
//
//   score     = Hash64(Words: seed, arm, version, partition, offset, amount, count, mean, deviation, since, rate)
//                 mod (101 - 12 * ((arm + version) mod 5))
//   fraud     = Hash64(Words: seed, partition, offset) mod 100 < frauds
//   reward    = 1 if (score > threshold) is what the label says, else 0
//
// so arms differ in how often they suspect, and a new version may make another one the best.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "core/model/context.h"
#include "workloads/fraud-detection/witness.h"

namespace holdfast::fraud_bandit {

using fraud_detection::Place;
using fraud_detection::Witness;

inline constexpr std::uint32_t kArms = 5;

enum class Deed : std::uint8_t {
  kSpent = 1,  // Accounts: a transaction asked, and is part of what the next one sees.
  kRated,      // Merchants: a transaction asked,
  kLabelled,   // or its label came.
  kChose,      // Classifiers: an arm was chosen,
  kRewarded,   // or learned from.
  kScored,     // Models: a transaction was scored,
  kPublished,  // or a new version came.
};

// What an account knew before a transaction.
struct Habits {
  std::int64_t count = 0;
  std::int64_t mean = 0;
  std::int64_t deviation = 0;
  std::int64_t since = 0;
  friend bool operator==(const Habits&, const Habits&) = default;
  HOLDFAST_MESSAGE("fraud-bandit/Habits", count, mean, deviation, since)
};

// Comes in. To the manager of this transaction.
struct Transaction {
  Place place;
  std::string_view account;
  std::string_view merchant;
  std::int64_t amount = 0;
  std::string_view note;  // Ballast.
  HOLDFAST_MESSAGE("fraud-bandit/Transaction", place, account, merchant, amount, note)
};
// Comes in: what a transaction was in truth. To its manager, who may not know it yet.
struct Label {
  Place transaction;
  bool fraud = false;
  HOLDFAST_MESSAGE("fraud-bandit/Label", transaction, fraud)
};
// Comes in: from now on a model is of this version. It begins with version 0.
struct Publication {
  Place place;
  std::int64_t version = 0;
  HOLDFAST_MESSAGE("fraud-bandit/Publication", place, version)
};

// A manager asks its account and its merchant, and is answered.
struct HabitsQuery {
  Place transaction;
  std::int64_t amount = 0;
  HOLDFAST_MESSAGE("fraud-bandit/HabitsQuery", transaction, amount)
};
struct HabitsReply {
  Place transaction;
  Habits habits{};
  Witness account{};
  HOLDFAST_MESSAGE("fraud-bandit/HabitsReply", transaction, habits, account)
};
struct RateQuery {
  Place transaction;
  HOLDFAST_MESSAGE("fraud-bandit/RateQuery", transaction)
};
struct RateReply {
  Place transaction;
  std::int64_t rate = 0;  // Frauds in a thousand.
  Witness merchant{};
  HOLDFAST_MESSAGE("fraud-bandit/RateReply", transaction, rate, merchant)
};

// A manager to the classifier of its account, which passes it on to the model it chose, which answers the manager.
struct FeatureVector {
  Place transaction;
  std::int64_t amount = 0;
  Habits habits{};
  std::int64_t rate = 0;
  HOLDFAST_MESSAGE("fraud-bandit/FeatureVector", transaction, amount, habits, rate)
};
struct ScoreQuery {
  FeatureVector features{};
  std::string_view manager;
  std::uint32_t arm = 0;
  Witness classifier{};
  HOLDFAST_MESSAGE("fraud-bandit/ScoreQuery", features, manager, arm, classifier)
};
struct Score {
  Place transaction;
  std::uint32_t arm = 0;
  Witness classifier{};
  std::int64_t version = 0;  // Of the model,
  Witness model{};           // and its units.
  std::int64_t score = 0;
  HOLDFAST_MESSAGE("fraud-bandit/Score", transaction, arm, classifier, version, model, score)
};

// A manager that has both decision and label: to the merchant, and to the classifier.
struct Truth {
  Place transaction;
  bool fraud = false;
  HOLDFAST_MESSAGE("fraud-bandit/Truth", transaction, fraud)
};
struct Reward {
  Place transaction;
  std::uint32_t arm = 0;
  std::uint32_t reward = 0;
  HOLDFAST_MESSAGE("fraud-bandit/Reward", transaction, arm, reward)
};

// What accounts, merchants and classifiers keep. A model keeps its version.
struct Amounts {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  friend bool operator==(const Amounts&, const Amounts&) = default;
  HOLDFAST_MESSAGE("fraud-bandit/Amounts", count, sum, squares)
};
struct Labels {
  std::int64_t labelled = 0;
  std::int64_t frauds = 0;
  friend bool operator==(const Labels&, const Labels&) = default;
  HOLDFAST_MESSAGE("fraud-bandit/Labels", labelled, frauds)
};
struct Arm {
  std::uint64_t pulls = 0;
  std::uint64_t rewards = 0;
  friend bool operator==(const Arm&, const Arm&) = default;
  HOLDFAST_MESSAGE("fraud-bandit/Arm", pulls, rewards)
};
struct Arms {
  std::array<Arm, kArms> arms{};
  friend bool operator==(const Arms&, const Arms&) = default;
  static constexpr std::string_view kTypeName = "fraud-bandit/Arms";
  auto HoldfastFields() { return std::tie(arms[0], arms[1], arms[2], arms[3], arms[4]); }
  auto HoldfastFields() const { return std::tie(arms[0], arms[1], arms[2], arms[3], arms[4]); }
};

// What leaves. One decision for each transaction, with everything it stands on.
struct Decision {
  Place transaction;
  std::string_view account;
  std::string_view merchant;
  std::int64_t amount = 0;
  Habits habits{};
  Witness spender{};  // The account,
  std::int64_t rate = 0;
  Witness seller{};  // the merchant,
  std::uint32_t arm = 0;
  Witness classifier{};
  std::int64_t version = 0;
  Witness model{};
  std::int64_t score = 0;
  HOLDFAST_MESSAGE("fraud-bandit/Decision", transaction, account, merchant, amount, habits, spender, rate, seller, arm,
                   classifier, version, model, score)
};
// A classifier learned: what it knows of the arm after it.
struct Lesson {
  Place transaction;
  std::uint32_t arm = 0;
  std::uint32_t reward = 0;
  Arm after{};
  Witness classifier{};
  HOLDFAST_MESSAGE("fraud-bandit/Lesson", transaction, arm, reward, after, classifier)
};
// A merchant learned.
struct RateChange {
  Place transaction;
  bool fraud = false;
  Labels after{};
  Witness merchant{};
  HOLDFAST_MESSAGE("fraud-bandit/RateChange", transaction, fraud, after, merchant)
};
// A model is of another version.
struct Swap {
  Place publication;
  std::int64_t version = 0;
  Witness model{};
  HOLDFAST_MESSAGE("fraud-bandit/Swap", publication, version, model)
};

inline constexpr std::string_view kTransactions = "fraud-bandit/transactions";
inline constexpr std::string_view kFeedback = "fraud-bandit/feedback";
inline constexpr std::string_view kModels = "fraud-bandit/models";
// Keyed by the transaction's id, all others by that of who tells.
inline constexpr Egress<Decision> kDecisions{"fraud-bandit/decisions"};
inline constexpr Egress<Lesson> kLessons{"fraud-bandit/lessons"};
inline constexpr Egress<RateChange> kRates{"fraud-bandit/rates"};
inline constexpr Egress<Swap> kSwaps{"fraud-bandit/swaps"};

// The function types.
inline constexpr std::string_view kManager = "fraud-bandit/transaction-manager";
inline constexpr std::string_view kAccount = "fraud-bandit/account";
inline constexpr std::string_view kMerchant = "fraud-bandit/merchant";
inline constexpr std::string_view kClassifier = "fraud-bandit/classifier";
inline constexpr std::string_view kModel = "fraud-bandit/model";

}  // namespace holdfast::fraud_bandit
