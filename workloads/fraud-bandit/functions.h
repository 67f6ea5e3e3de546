// Fraud detection that learns. A manager per transaction asks its account and its merchant for features, hands them to
// the classifier of the account, which chooses one of five models by a bandit of its own, whose score comes back to the
// manager, which decides. It waits then for the label of its transaction, or has had it already; what that teaches goes
// to the merchant and to the classifier, and the manager leaves nothing.
#pragma once

#include "core/model/function.h"
#include "workloads/fraud-bandit/messages.h"

namespace holdfast::fraud_bandit {

class Account : public Function<Account> {
 public:
  static constexpr std::string_view kName = kAccount;
  using Handles = Messages<HabitsQuery>;
  Value<Amounts> amounts{*this, "amounts"};
  Value<Witness> witness{*this, "witness"};

  void On(Context& ctx, const HabitsQuery& query);
};

class Merchant : public Function<Merchant> {
 public:
  static constexpr std::string_view kName = kMerchant;
  using Handles = Messages<RateQuery, Truth>;
  Value<Labels> labels{*this, "labels"};
  Value<Witness> witness{*this, "witness"};

  void On(Context& ctx, const RateQuery& query);
  void On(Context& ctx, const Truth& truth);
};

// What a classifier's choices depend on besides its state.
struct BanditRules {
  std::uint64_t seed = 0;
  std::uint32_t exploration = 0;  // Percent of the choices made at random.
  std::uint64_t replicas = 1;     // Instances of each model.
};
// The arm of the next choice; see messages.h.
std::uint32_t ChooseArm(const BanditRules& rules, std::string_view account, const Arms& known);

class Classifier : public Function<Classifier> {
 public:
  static constexpr std::string_view kName = kClassifier;
  using Handles = Messages<FeatureVector, Reward>;
  Value<Arms> arms{*this, "arms"};
  Value<Witness> witness{*this, "witness"};

  explicit Classifier(const BanditRules& rules) : rules_(rules) {}

  void On(Context& ctx, const FeatureVector& features);
  // kInvalidArgument if there is no such arm.
  Status On(Context& ctx, const Reward& reward);

 private:
  const BanditRules rules_;
};

class Model : public Function<Model> {
 public:
  static constexpr std::string_view kName = kModel;
  using Handles = Messages<ScoreQuery, Publication>;
  Value<std::int64_t> version{*this, "version"};
  Value<Witness> witness{*this, "witness"};

  explicit Model(std::uint64_t seed) : seed_(seed) {}

  void On(Context& ctx, const ScoreQuery& query);
  void On(Context& ctx, const Publication& publication);

 private:
  const std::uint64_t seed_;
};

class TransactionManager : public Function<TransactionManager> {
 public:
  static constexpr std::string_view kName = kManager;
  using Handles = Messages<Transaction, Label, HabitsReply, RateReply, Score>;
  Value<Transaction> transaction{*this, "transaction"};
  Value<HabitsReply> habits{*this, "habits"};
  Value<RateReply> rate{*this, "rate"};
  Value<Score> score{*this, "score"};
  Value<Label> label{*this, "label"};

  explicit TransactionManager(std::int64_t threshold) : threshold_(threshold) {}

  void On(Context& ctx, const Transaction& message);
  // All others: kInternal if nobody waits for the message.
  Status On(Context& ctx, const Label& message);
  Status On(Context& ctx, const HabitsReply& reply);
  Status On(Context& ctx, const RateReply& reply);
  Status On(Context& ctx, const Score& reply);

 private:
  // Asks for a score once both features are there.
  Status Join(Context& ctx);
  // Teaches, and is done, once decision and label are there.
  void Learn(Context& ctx);

  const std::int64_t threshold_;
};

}  // namespace holdfast::fraud_bandit
