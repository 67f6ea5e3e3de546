// The fraud detection of the Stateful Functions talks. A manager per transaction asks the fraud counter of its account
// and its merchant at the same time, joins the answers to a feature vector, asks the model, decides, and leaves
// nothing.
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>

#include "core/model/function.h"
#include "workloads/fraud-detection/messages.h"

namespace holdfast::fraud_detection {

// The score service: what it knows of merchants is drawn from the seed. `fails` percent of its calls fail.
Result<ServiceScore> AskService(std::uint64_t seed, std::uint32_t fails, const ScoreCall& call);

class FraudCounter : public Function<FraudCounter> {
 public:
  static constexpr std::string_view kName = kCounter;
  using Handles = Messages<Confirmation, Expiry, CountQuery>;
  Value<std::int64_t> count{*this, "count"};  // None is zero.
  Value<Witness> witness{*this, "witness"};

  explicit FraudCounter(std::chrono::milliseconds window) : window_(window) {}

  void On(Context& ctx, const Confirmation& confirmation);
  void On(Context& ctx, const Expiry& expiry);
  void On(Context& ctx, const CountQuery& query);

 private:
  Witness Change(Context& ctx, Deed deed, const Place& confirmation, std::int64_t due);

  const std::chrono::milliseconds window_;
};

class Merchant : public Function<Merchant> {
 public:
  static constexpr std::string_view kName = kMerchant;
  using Handles = Messages<ScoreQuery, AsyncOutcome<ScoreService>>;
  Value<std::int64_t> score;
  Value<std::string> waiting{*this, "waiting"};
  Value<Calls> calls{*this, "calls"};
  Value<Witness> witness{*this, "witness"};

  explicit Merchant(std::chrono::milliseconds ttl) : score(*this, "score", Expire::AfterWrite(ttl)) {}

  void On(Context& ctx, const ScoreQuery& query);
  Status On(Context& ctx, const AsyncOutcome<ScoreService>& outcome);

 private:
  Status Answer(Context& ctx, std::int64_t found, const Witness& answered);
};

// Knows nothing but its seed, so an instance has no state.
class Model : public Function<Model> {
 public:
  static constexpr std::string_view kName = kModel;
  using Handles = Messages<FeatureVector>;

  explicit Model(std::uint64_t seed) : seed_(seed) {}

  void On(Context& ctx, const FeatureVector& features) const;

 private:
  const std::uint64_t seed_;
};

class TransactionManager : public Function<TransactionManager> {
 public:
  static constexpr std::string_view kName = kManager;
  using Handles = Messages<Transaction, CountReply, ScoreReply, ModelReply>;
  Value<Transaction> transaction{*this, "transaction"};
  Value<CountReply> count{*this, "count"};
  Value<ScoreReply> score{*this, "score"};

  explicit TransactionManager(std::int64_t threshold) : threshold_(threshold) {}

  void On(Context& ctx, const Transaction& message);
  Status On(Context& ctx, const CountReply& reply);
  Status On(Context& ctx, const ScoreReply& reply);
  Status On(Context& ctx, const ModelReply& reply);

 private:
  // Asks the model once both answers are there.
  Status Join(Context& ctx);

  const std::int64_t threshold_;
};

}  // namespace holdfast::fraud_detection
