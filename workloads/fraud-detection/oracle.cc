#include "workloads/fraud-detection/oracle.h"

#include "core/base/hash.h"
#include "core/model/application_builder.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::fraud_detection {
namespace {

// A confirmation that was due so long before the latest time seen must have been taken back, in milliseconds: outputs
// of different workers become visible at different times.
constexpr std::int64_t kGrace = 2'000;

std::string Name(std::string_view what, const Place& place) {
  return fmt::format("{} {}/{}", what, place.partition, place.offset);
}

PartitionId PartitionOf(const Place& place) { return PartitionId(static_cast<std::uint16_t>(place.partition)); }

std::int64_t ExpectedScore(std::uint64_t seed, const Decision& decision) {
  const std::uint64_t words[] = {seed,
                                 decision.transaction.partition,
                                 decision.transaction.offset,
                                 static_cast<std::uint64_t>(decision.count),
                                 static_cast<std::uint64_t>(decision.merchant_score),
                                 static_cast<std::uint64_t>(decision.amount)};
  const auto low = std::min<std::int64_t>(decision.count, 99);
  const auto span = static_cast<std::uint64_t>(101 - low);
  return low + static_cast<std::int64_t>(Hash64({reinterpret_cast<const char*>(words), sizeof words}) % span);
}

}  // namespace

FraudOracle::FraudOracle(std::shared_ptr<const Application> application, FraudInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      decisions_(application_->FindEgress(kDecisions.name).value()),
      alerts_(application_->FindEgress(kAlerts.name).value()),
      counts_(application_->FindEgress(kCounts.name).value()),
      calls_(application_->FindEgress(kCalls.name).value()),
      partitions_(input_.partitions()),
      accounts_(input_.options().accounts),
      merchants_(input_.options().merchants),
      counter_units_(accounts_.size()),
      merchant_units_(merchants_.size()) {}

void FraudOracle::Offered(PartitionId partition, std::uint64_t end) {
  auto& part = partitions_.at(partition.value);
  const bool transactions = input_.HoldsTransactions(partition);
  for (; part.end() < end; ++expected_) transactions ? part.runs.Add({}) : part.confirmed.Add({});
}

bool FraudOracle::Offers(const Place& place, bool transactions) const {
  return place.partition < partitions_.size() && input_.HoldsTransactions(PartitionOf(place)) == transactions &&
         place.offset < partitions_[place.partition].end();
}

void FraudOracle::See(const EgressRecord& record) {
  if (record.egress == decisions_) return SeeDecision(record);
  if (record.egress == alerts_) return SeeAlert(record);
  if (record.egress == counts_) return SeeCount(record);
  if (record.egress == calls_) return SeeOutcome(record);
  SeeOther(record);
}

void FraudOracle::SeeOther(const EgressRecord& record) {
  DeadLetter letter;
  const bool dead = record.egress == EgressId(0) && Codec<DeadLetter>::Decode(record.value, letter);
  Blame(Damage::kPhantom, [&] {
    return dead ? fmt::format("'{}' gave up a message to '{}': {}", letter.function, letter.id, letter.reason)
                : fmt::format("a record on egress number {} that is none of its kind", record.egress);
  });
}

bool FraudOracle::IsFirst(SeenMarks& marks, const Place& place, std::string_view what, const EgressRecord& record) {
  const auto sight = marks.Mark(place.offset, record.value);
  if (sight == SeenMarks::Sight::kFirst) return true;
  const bool same = sight == SeenMarks::Sight::kSame;
  Blame(same ? Damage::kDuplicate : Damage::kContradictory,
        [&] { return fmt::format("{} came again{}", Name(what, place), same ? "" : " with other content"); });
  return false;
}

void FraudOracle::SeeDecision(const EgressRecord& record) {
  Decision decision;
  if (!Codec<Decision>::Decode(record.value, decision)) return SeeOther(record);
  const auto& place = decision.transaction;
  if (!Offers(place, true)) {
    return Blame(Damage::kPhantom, [&] { return Name("the decision on transaction", place) + ": it was not offered"; });
  }
  if (!IsFirst(partitions_[place.partition].first, place, "the decision on transaction", record)) return;
  ++seen_;
  CheckDecision(decision, record.key);
  Decide(decision);
  const auto facts = input_.TransactionAt(PartitionOf(place), place.offset);
  TellCounter(facts.account, {Deed::kQueried, place.partition, place.offset, decision.counter, decision.count});
  TellMerchant(facts.merchant, {Deed::kQueried, place.partition, place.offset, decision.asked, decision.merchant_score,
                                decision.answered});
}

void FraudOracle::CheckDecision(const Decision& decision, std::string_view key) {
  const auto& place = decision.transaction;
  const auto facts = input_.TransactionAt(PartitionOf(place), place.offset);
  const auto account = input_.AccountId(facts.account);
  const auto merchant = input_.MerchantId(facts.merchant);
  if (decision.account != account || decision.merchant != merchant || decision.amount != facts.amount ||
      key != input_.TransactionId(PartitionOf(place), place.offset)) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} is about {} of '{}' at '{}' with key '{}', not {} of '{}' at '{}'",
                         Name("the decision on transaction", place), decision.amount, decision.account,
                         decision.merchant, key, facts.amount, account, merchant);
    });
  }
  const auto score = ExpectedScore(input_.seed(), decision);
  if (decision.score == score) return;
  Blame(Damage::kContradictory, [&] {
    return fmt::format("{} has score {}; for count {}, merchant's score {} and amount {} it is {}",
                       Name("the decision on transaction", place), decision.score, decision.count,
                       decision.merchant_score, decision.amount, score);
  });
}

void FraudOracle::Decide(const Decision& decision) {
  const auto& place = decision.transaction;
  auto* run = partitions_[place.partition].runs.Find(place.offset);
  HOLDFAST_CHECK(run != nullptr && !run->decided, "transaction {}/{}", place.partition, place.offset);
  run->decided = true;
  const bool alert = decision.score > input_.options().threshold;
  expected_ += alert;
  seen_ += alert && run->alerted;
  if (run->alerted && !(alert && run->score == decision.score)) {
    Blame(alert ? Damage::kContradictory : Damage::kPhantom, [&] {
      return fmt::format("{} with score {}, and the decision has {}", Name("an alert for transaction", place),
                         run->score, decision.score);
    });
  }
  run->score = decision.score;
  CloseRun(place, *run);
}

// A transaction that has shown all it must is forgotten.
void FraudOracle::CloseRun(const Place& place, const Run& run) {
  if (!run.decided || (run.score > input_.options().threshold && !run.alerted)) return;
  partitions_[place.partition].runs.Take(place.offset);
}

void FraudOracle::SeeAlert(const EgressRecord& record) {
  Alert alert;
  if (!Codec<Alert>::Decode(record.value, alert)) return SeeOther(record);
  const auto& place = alert.transaction;
  const auto name = [&] { return Name("the alert for transaction", place); };
  if (!Offers(place, true)) return Blame(Damage::kPhantom, [&] { return name() + ": it was not offered"; });
  auto& partition = partitions_[place.partition];
  if (!IsFirst(partition.second, place, "the alert for transaction", record)) return;
  auto* run = partition.runs.Find(place.offset);
  if (run == nullptr)
    return Blame(Damage::kPhantom, [&] { return name() + ", whose score is not above the threshold"; });
  const auto facts = input_.TransactionAt(PartitionOf(place), place.offset);
  const auto account = input_.AccountId(facts.account);
  const bool score_fits = run->decided ? alert.score == run->score : alert.score > input_.options().threshold;
  if (alert.account != account || record.key != account || alert.amount != facts.amount || !score_fits) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} is about {} of '{}' with key '{}' and score {}", name(), alert.amount, alert.account,
                         record.key, alert.score);
    });
  }
  run->alerted = true;
  seen_ += run->decided;
  if (!run->decided) run->score = alert.score;
  CloseRun(place, *run);
}

void FraudOracle::SeeCount(const EgressRecord& record) {
  CountChange change;
  if (!Codec<CountChange>::Decode(record.value, change)) return SeeOther(record);
  const auto& place = change.confirmation;
  const auto deed = static_cast<Deed>(change.deed);
  const bool expired = deed == Deed::kExpired;
  if ((!expired && deed != Deed::kConfirmed) || !Offers(place, false)) {
    return Blame(Damage::kPhantom,
                 [&] { return Name("a change of a count for confirmation", place) + ": it was not offered"; });
  }
  auto& partition = partitions_[place.partition];
  const auto* what = expired ? "taking back confirmation" : "counting confirmation";
  if (!IsFirst(expired ? partition.second : partition.first, place, what, record)) return;
  ++seen_;
  expected_ += expired;
  CheckCount(change, record.key);
  CountOrExpire(change);
  const auto account = input_.ConfirmedAt(PartitionOf(place), place.offset);
  auto& shown = accounts_[account].shown;
  if (change.counter.version < shown) {
    Blame(Damage::kOutOfOrder, [&] {
      return fmt::format("{} is version {} of '{}', and came after version {}", Name(what, place),
                         change.counter.version, change.account, shown);
    });
  }
  shown = std::max(shown, change.counter.version);
  TellCounter(account, {deed, place.partition, place.offset, change.counter, change.count});
}

void FraudOracle::CheckCount(const CountChange& change, std::string_view key) {
  const auto& place = change.confirmation;
  const auto account = input_.AccountId(input_.ConfirmedAt(PartitionOf(place), place.offset));
  if (change.account != account || key != account) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} of '{}' changed the count of '{}' with key '{}'", Name("confirmation", place), account,
                         change.account, key);
    });
  }
  const bool expired = static_cast<Deed>(change.deed) == Deed::kExpired;
  if (expired && change.counter.at < change.due && !clocks_disagree_) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} was taken back {} ms before it was due", Name("confirmation", place),
                         change.due - change.counter.at);
    });
  }
  if (!expired && change.due != change.counter.at + input_.options().window.count()) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} was counted at {} and is due at {}", Name("confirmation", place), change.counter.at,
                         change.due);
    });
  }
}

void FraudOracle::CountOrExpire(const CountChange& change) {
  const auto& place = change.confirmation;
  auto& partition = partitions_[place.partition];
  auto* confirmed = partition.confirmed.Find(place.offset);
  HOLDFAST_CHECK(confirmed != nullptr, "confirmation {}/{}", place.partition, place.offset);
  const bool second = confirmed->counted || confirmed->expired;
  if (second && confirmed->due != change.due) {
    Blame(Damage::kContradictory, [&] {
      return fmt::format("{} was due at {} and at {}", Name("confirmation", place), confirmed->due, change.due);
    });
  }
  confirmed->due = change.due;
  (static_cast<Deed>(change.deed) == Deed::kExpired ? confirmed->expired : confirmed->counted) = true;
  if (second) partition.confirmed.Take(place.offset);
}

void FraudOracle::SeeOutcome(const EgressRecord& record) {
  CallOutcome outcome;
  if (!Codec<CallOutcome>::Decode(record.value, outcome)) return SeeOther(record);
  const auto number = NumberInId(outcome.merchant, "merchant-");
  const auto deed = static_cast<Deed>(outcome.deed);
  const bool deed_fits = deed == Deed::kScored || deed == Deed::kFailed || deed == Deed::kUnknown;
  if (!number || *number >= merchants_.size() || !deed_fits || record.key != outcome.merchant) {
    return Blame(Damage::kPhantom, [&] {
      return fmt::format("an outcome of deed {} at '{}' with key '{}'", outcome.deed, outcome.merchant, record.key);
    });
  }
  TellMerchant(*number, {deed, outcome.call, outcome.attempt, outcome.witness, outcome.score});
}

void FraudOracle::Finish() {
  FinishUnits();
  for (std::uint16_t p = 0; p < partitions_.size(); ++p) {
    partitions_[p].runs.ForEach([&](std::uint64_t offset, const Run& run) {
      Blame(Damage::kMissing, [&] {
        return Name(run.decided ? "no alert for transaction" : "no decision on transaction", {p, offset});
      });
    });
    partitions_[p].confirmed.ForEach([&](std::uint64_t offset, const Confirmed& confirmed) {
      if (confirmed.counted && (clocks_disagree_ || confirmed.due + kGrace >= latest_)) return;
      expected_ += confirmed.counted;
      Blame(Damage::kMissing, [&] {
        return Name(confirmed.counted ? "never taken back: confirmation" : "never counted: confirmation", {p, offset});
      });
    });
  }
}

Ledger FraudOracle::ledger() const { return findings_.LedgerOf(expected_, seen_); }

}  // namespace holdfast::fraud_detection
