#include "workloads/fraud-bandit/auditor.h"

#include <algorithm>

#include "workloads/oracles/state_reader.h"

namespace holdfast::fraud_bandit {
namespace {

using Stream = BanditInput::Stream;

}  // namespace

BanditAuditor::BanditAuditor(std::shared_ptr<const Application> application, BanditInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      due_by_account_(input_.options().accounts),
      due_by_merchant_(input_.options().merchants),
      due_by_model_(input_.models()),
      walked_(input_.partitions(),
              [this](PartitionId partition, std::uint64_t offset, int sign) { Walk(partition, offset, sign); }) {
  Clear();
}

void BanditAuditor::Walk(PartitionId partition, std::uint64_t offset, int sign) {
  const Place place{partition.value, offset};
  const auto stream = input_.StreamOf(partition);
  if (stream == Stream::kReleased) due_by_model_[input_.PublicationAt(place).model] += sign;
  if (stream != Stream::kBought) return;
  const auto facts = input_.TransactionAt(place);
  for (auto* due : {&due_by_account_[facts.account], &due_by_merchant_[facts.merchant]}) {
    due->transactions += sign;
    if (facts.fraud) due->frauds += sign;
  }
}

bool BanditAuditor::Enter(const Place& place, Stage stage, std::string_view target, Whose whose) {
  if (!input_.Holds(Stream::kBought, place)) {
    Trouble([&] { return fmt::format("there is no transaction {}/{}", place.partition, place.offset); });
    return false;
  }
  ++transactions_[place][stage];
  const auto facts = input_.TransactionAt(place);
  const auto meant = whose == Whose::kManagers   ? BanditInput::TransactionId(place)
                     : whose == Whose::kAccounts ? BanditInput::AccountId(facts.account)
                                                 : BanditInput::MerchantId(facts.merchant);
  if (target == meant) return true;
  Trouble([&] {
    return fmt::format("something of transaction {}/{} is at '{}', not at '{}'", place.partition, place.offset, target,
                       meant);
  });
  return true;
}

void BanditAuditor::Row(std::string_view function, std::string_view id, std::string_view record) {
  if (function == kManager) return TakeManager(id, record);
  if (function == kAccount) return TakeInstance(accounts_, "account-", function, "amounts", id, record);
  if (function == kMerchant) return TakeInstance(merchants_, "merchant-", function, "labels", id, record);
  if (function == kClassifier) return TakeInstance(classifiers_, "account-", function, "arms", id, record);
  if (function == kModel) return TakeInstance(models_, "model-", function, "version", id, record);
  Trouble([&] { return fmt::format("a state of '{}', which keeps none", function); });
}

void BanditAuditor::TakeManager(std::string_view id, std::string_view record) {
  const auto& spec = application_->functions()[application_->FindFunction(kManager).value().value];
  const auto enter = [&](const auto& place, Stage stage) { return Enter(place, stage, id, Whose::kManagers); };
  const auto label = ReadState<Label>(spec, record, "label");
  const auto transaction = ReadState<Transaction>(spec, record, "transaction");
  if (label) enter(label->transaction, kLabelHeld);
  if (!transaction) {
    if (!label) Trouble([&] { return fmt::format("'{}' has no transaction", id); });
    return;
  }
  const auto& place = transaction->place;
  if (!enter(place, kManaged)) return;
  if (ReadState<HabitsReply>(spec, record, "habits")) enter(place, kHabitsHeld);
  if (ReadState<RateReply>(spec, record, "rate")) enter(place, kRateHeld);
  if (ReadState<Score>(spec, record, "score")) enter(place, kScoreHeld);
}

template <class State>
void BanditAuditor::TakeInstance(std::vector<Instance<State>>& instances, std::string_view prefix,
                                 std::string_view function, std::string_view state, std::string_view id,
                                 std::string_view record) {
  const auto number = NumberInId(id, prefix);
  if (!number || *number >= instances.size()) {
    return Trouble([&] { return fmt::format("there can be no '{}'", id); });
  }
  const auto& spec = application_->functions()[application_->FindFunction(function).value().value];
  auto& instance = instances[*number];
  instance.version = ReadState<Witness>(spec, record, "witness").value_or(Witness()).version;
  instance.state = ReadState<State>(spec, record, state).value_or(State());
}

void BanditAuditor::Message(const InTransit& message) {
  const auto& envelope = message.message;
  const bool known = message.where != InTransit::Where::kOperation &&
                     (TakeToManager(envelope) || TakeFromManager(envelope) || TakeToModel(envelope));
  if (!known) Trouble([] { return "something is on its way that does not parse, or that nobody sends"; });
}

// If `message` is an M: gives it to `take`.
template <class M, class Take>
bool BanditAuditor::IfIs(const EnvelopeView& message, const Take& take) const {
  M content;
  if (message.value_type != application_->ValueTypeOf<M>() || !Codec<M>::Decode(message.payload, content)) return false;
  take(content);
  return true;
}

bool BanditAuditor::TakeToManager(const EnvelopeView& message) {
  const auto enter = [&](const Place& place, Stage stage) {
    return Enter(place, stage, message.target.id, Whose::kManagers);
  };
  const auto from = [](auto& instance, const Witness& witness) {
    instance.newest = std::max(instance.newest, witness.version);
  };
  return IfIs<Transaction>(message, [&](const auto& content) { enter(content.place, kComing); }) ||
         IfIs<Label>(message, [&](const auto& content) { enter(content.transaction, kLabelComing); }) ||
         IfIs<HabitsReply>(message,
                           [&](const auto& content) {
                             if (!enter(content.transaction, kHabitsAnswered)) return;
                             from(accounts_[input_.TransactionAt(content.transaction).account], content.account);
                           }) ||
         IfIs<RateReply>(message,
                         [&](const auto& content) {
                           if (!enter(content.transaction, kRateAnswered)) return;
                           from(merchants_[input_.TransactionAt(content.transaction).merchant], content.merchant);
                         }) ||
         IfIs<Score>(message, [&](const auto& content) {
           if (!enter(content.transaction, kScoreAnswered)) return;
           const auto account = input_.TransactionAt(content.transaction).account;
           from(classifiers_[account], content.classifier);
           if (content.arm < kArms) from(models_[input_.ModelOf(account, content.arm)], content.model);
         });
}

bool BanditAuditor::TakeFromManager(const EnvelopeView& message) {
  const auto enter = [&](Stage stage, Whose whose) {
    return [this, &message, stage, whose](const auto& content) {
      Enter(content.transaction, stage, message.target.id, whose);
    };
  };
  return IfIs<HabitsQuery>(message, enter(kHabitsAsked, Whose::kAccounts)) ||
         IfIs<RateQuery>(message, enter(kRateAsked, Whose::kMerchants)) ||
         IfIs<FeatureVector>(message, enter(kChoiceAsked, Whose::kAccounts)) ||
         IfIs<Truth>(message, enter(kTruthComing, Whose::kMerchants)) ||
         IfIs<Reward>(message, enter(kRewardComing, Whose::kAccounts));
}

bool BanditAuditor::TakeToModel(const EnvelopeView& message) {
  const auto number = NumberInId(message.target.id, "model-");
  auto* model = number && *number < models_.size() ? &models_[*number] : nullptr;
  const auto strange = [&](bool fits) {
    if (!fits) Trouble([&] { return fmt::format("a message to '{}' is none for it", message.target.id); });
  };
  return IfIs<Publication>(message,
                           [&](const auto& content) {
                             strange(model != nullptr && input_.Holds(Stream::kReleased, content.place) &&
                                     input_.PublicationAt(content.place).model == *number);
                             if (model != nullptr) ++model->coming;
                           }) ||
         IfIs<ScoreQuery>(message, [&](const auto& content) {
           const auto& place = content.features.transaction;
           if (!Enter(place, kScoreAsked, content.manager, Whose::kManagers)) return;
           const auto account = input_.TransactionAt(place).account;
           strange(model != nullptr && content.arm < kArms && input_.ModelOf(account, content.arm) == *number);
           if (model != nullptr) ++model->asking;
           auto& newest = classifiers_[account].newest;
           newest = std::max(newest, content.classifier.version);
         });
}

void BanditAuditor::Clear() {
  accounts_.assign(input_.options().accounts, {});
  classifiers_.assign(input_.options().accounts, {});
  merchants_.assign(input_.options().merchants, {});
  models_.assign(input_.models(), {});
  rest_by_account_.assign(input_.options().accounts, {});
  rest_by_merchant_.assign(input_.options().merchants, {});
  transactions_.clear();
  trouble_.clear();
}

}  // namespace holdfast::fraud_bandit
