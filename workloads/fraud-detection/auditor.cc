#include "workloads/fraud-detection/auditor.h"

#include "core/base/bytes.h"
#include "core/model/async.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::fraud_detection {

FraudAuditor::FraudAuditor(std::shared_ptr<const Application> application, FraudInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      due_by_account_(input_.options().accounts),
      due_by_merchant_(input_.options().merchants),
      walked_(input_.partitions(),
              [this](PartitionId partition, std::uint64_t offset, int sign) { Walk(partition, offset, sign); }),
      counters_(input_.options().accounts),
      merchants_(input_.options().merchants) {}

void FraudAuditor::Walk(PartitionId partition, std::uint64_t offset, int sign) {
  if (!input_.HoldsTransactions(partition)) {
    due_by_account_[input_.ConfirmedAt(partition, offset)].confirmations += sign;
    return;
  }
  const auto facts = input_.TransactionAt(partition, offset);
  due_by_account_[facts.account].transactions += sign;
  due_by_merchant_[facts.merchant] += sign;
}

// Of a transaction of the input; nothing, and trouble, if there is no such one.
std::optional<FraudInput::Facts> FraudAuditor::FactsOf(const Place& place) {
  const PartitionId partition(static_cast<std::uint16_t>(place.partition));
  if (place.partition < walked_.partitions() && input_.HoldsTransactions(partition)) {
    return input_.TransactionAt(partition, place.offset);
  }
  Trouble([&] { return fmt::format("there is no transaction {}/{}", place.partition, place.offset); });
  return std::nullopt;
}

FraudAuditor::Counter* FraudAuditor::CounterOf(std::string_view id) {
  const auto number = NumberInId(id, "account-");
  if (number && *number < counters_.size()) return &counters_[*number];
  Trouble([&] { return fmt::format("there can be no '{}'", id); });
  return nullptr;
}

FraudAuditor::Shop* FraudAuditor::ShopOf(std::string_view id) {
  const auto number = NumberInId(id, "merchant-");
  if (number && *number < merchants_.size()) return &merchants_[*number];
  Trouble([&] { return fmt::format("there can be no '{}'", id); });
  return nullptr;
}

// A transaction, or what belongs to it, is in `stage`, at `target`.
void FraudAuditor::Enter(const Place& place, Stage stage, std::string_view target, std::string_view meant) {
  ++transactions_[place][stage];
  if (target == meant) return;
  Trouble([&] {
    return fmt::format("something of transaction {}/{} is at '{}', not at '{}'", place.partition, place.offset, target,
                       meant);
  });
}

void FraudAuditor::Row(std::string_view function, std::string_view id, std::string_view record) {
  if (function == kManager) return TakeManager(id, record);
  if (function == kCounter) return TakeCounter(id, record);
  if (function == kMerchant) return TakeMerchant(id, record);
  Trouble([&] { return fmt::format("a state of '{}', which keeps none", function); });
}

void FraudAuditor::TakeManager(std::string_view id, std::string_view record) {
  const auto& spec = application_->functions()[application_->FindFunction(kManager).value().value];
  const auto transaction = ReadState<Transaction>(spec, record, "transaction");
  if (!transaction) return Trouble([&] { return fmt::format("'{}' has no transaction", id); });
  const auto& place = transaction->place;
  if (!FactsOf(place)) return;
  const auto meant = input_.TransactionId(PartitionId(static_cast<std::uint16_t>(place.partition)), place.offset);
  Enter(place, kManaged, id, meant);
  if (ReadState<CountReply>(spec, record, "count")) Enter(place, kCountHeld, id, meant);
  if (ReadState<ScoreReply>(spec, record, "score")) Enter(place, kScoreHeld, id, meant);
}

void FraudAuditor::TakeCounter(std::string_view id, std::string_view record) {
  auto* counter = CounterOf(id);
  if (counter == nullptr) return;
  const auto& spec = application_->functions()[application_->FindFunction(kCounter).value().value];
  counter->version = ReadState<Witness>(spec, record, "witness").value_or(Witness()).version;
  counter->count = ReadState<std::int64_t>(spec, record, "count").value_or(0);
}

void FraudAuditor::TakeMerchant(std::string_view id, std::string_view record) {
  auto* shop = ShopOf(id);
  if (shop == nullptr) return;
  const auto& spec = application_->functions()[application_->FindFunction(kMerchant).value().value];
  shop->version = ReadState<Witness>(spec, record, "witness").value_or(Witness()).version;
  shop->calls = ReadState<Calls>(spec, record, "calls").value_or(Calls());
  const auto list = ReadState<std::string>(spec, record, "waiting").value_or(std::string());
  ByteReader reader(list);
  while (!reader.AtEnd()) {
    Waiting one;
    const bool parses = Codec<Waiting>::Decode(reader.Bytes(), one) && reader.ok();
    const auto facts = parses ? FactsOf(one.transaction) : std::nullopt;
    if (!facts) return Trouble([&] { return fmt::format("the list of '{}' does not parse", id); });
    ++shop->waiting;
    Enter(one.transaction, kScoreWaited, id, input_.MerchantId(facts->merchant));
  }
}

void FraudAuditor::Message(const InTransit& message) {
  const auto& envelope = message.message;
  const bool operation = message.where == InTransit::Where::kOperation;
  const bool known = operation ? TakeCall(message)
                               : TakeTransactionMessage(envelope) || TakeAnswer(envelope) ||
                                     TakeCounterMessage(envelope) || TakeCall(message);
  if (!known) Trouble([] { return "something is on its way that does not parse, or that nobody sends"; });
}

// To whom a transaction's messages go.
bool FraudAuditor::TakeTransactionMessage(const EnvelopeView& message) {
  const auto type = message.value_type;
  const auto take = [&]<class M>(M content, Stage stage, const auto& place_of, const auto& target_of) {
    if (type != application_->ValueTypeOf<M>() || !Codec<M>::Decode(message.payload, content)) return false;
    const Place place = place_of(content);
    if (const auto facts = FactsOf(place)) Enter(place, stage, message.target.id, target_of(place, *facts));
    return true;
  };
  const auto of_transaction = [](const auto& content) { return content.transaction; };
  const auto manager = [](const Place& place, const FraudInput::Facts&) {
    return FraudInput::TransactionId(PartitionId(static_cast<std::uint16_t>(place.partition)), place.offset);
  };
  const auto account = [](const Place&, const FraudInput::Facts& facts) {
    return FraudInput::AccountId(facts.account);
  };
  const auto merchant = [](const Place&, const FraudInput::Facts& facts) {
    return FraudInput::MerchantId(facts.merchant);
  };
  return take(
             Transaction(), kComing, [](const Transaction& content) { return content.place; }, manager) ||
         take(CountQuery(), kCountAsked, of_transaction, account) ||
         take(ScoreQuery(), kScoreAsked, of_transaction, merchant) ||
         take(FeatureVector(), kModelAsked, of_transaction, account) ||
         take(ModelReply(), kModelAnswered, of_transaction, manager);
}

// Answers, which stand on a unit of who gave them.
bool FraudAuditor::TakeAnswer(const EnvelopeView& message) {
  const auto take = [&](const Place& place, Stage stage) {
    const auto meant = input_.TransactionId(PartitionId(static_cast<std::uint16_t>(place.partition)), place.offset);
    const auto facts = FactsOf(place);
    if (facts) Enter(place, stage, message.target.id, meant);
    return facts;
  };
  CountReply count;
  ScoreReply score;
  if (message.value_type == application_->ValueTypeOf<CountReply>() &&
      Codec<CountReply>::Decode(message.payload, count)) {
    if (const auto facts = take(count.transaction, kCountAnswered)) {
      auto& newest = counters_[facts->account].newest;
      newest = std::max(newest, count.counter.version);
    }
    return true;
  }
  if (message.value_type != application_->ValueTypeOf<ScoreReply>() ||
      !Codec<ScoreReply>::Decode(message.payload, score)) {
    return false;
  }
  if (const auto facts = take(score.transaction, kScoreAnswered)) {
    auto& newest = merchants_[facts->merchant].newest;
    newest = std::max(newest, score.answered.version);
  }
  return true;
}

bool FraudAuditor::TakeCounterMessage(const EnvelopeView& message) {
  Confirmation confirmation;
  Expiry expiry;
  if (message.value_type == application_->ValueTypeOf<Confirmation>() &&
      Codec<Confirmation>::Decode(message.payload, confirmation)) {
    if (auto* counter = CounterOf(message.target.id)) ++counter->coming;
    return true;
  }
  if (message.value_type != application_->ValueTypeOf<Expiry>() || !Codec<Expiry>::Decode(message.payload, expiry)) {
    return false;
  }
  if (auto* counter = CounterOf(message.target.id)) {
    ++counter->expiring;
    counter->newest = std::max(counter->newest, expiry.counter.version);
  }
  return true;
}

// A call under way, or its outcome.
bool FraudAuditor::TakeCall(const InTransit& message) {
  auto request = message.message.payload;
  RawAsyncOutcome outcome;
  if (message.where != InTransit::Where::kOperation) {
    if (message.message.value_type != application_->ValueTypeOf<AsyncOutcome<ScoreService>>() ||
        !Codec<RawAsyncOutcome>::Decode(message.message.payload, outcome)) {
      return false;
    }
    request = outcome.request;
  }
  ScoreCall call;
  if (!Codec<ScoreCall>::Decode(request, call)) return false;
  auto* shop = ShopOf(message.message.target.id);
  if (shop == nullptr) return true;
  ++shop->calling;
  shop->call = call.call;
  shop->attempt = call.attempt;
  return true;
}

void FraudAuditor::Clear() {
  counters_.assign(counters_.size(), {});
  merchants_.assign(merchants_.size(), {});
  transactions_.clear();
  trouble_.clear();
}

}  // namespace holdfast::fraud_detection
