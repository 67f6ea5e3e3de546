// Whether what a line holds adds up.
#include "workloads/fraud-detection/auditor.h"

namespace holdfast::fraud_detection {

template <class Wrong>
void FraudAuditor::JudgeTransactions(const Wrong& wrong) const {
  for (const auto& [place, at] : transactions_) {
    const PartitionId partition(static_cast<std::uint16_t>(place.partition));
    const auto name = fmt::format("transaction {}/{}", place.partition, place.offset);
    if (place.offset >= walked_.end(partition)) {
      wrong(fmt::format("something of {} is there, which is not below the positions", name));
      continue;
    }
    std::uint32_t all = 0;
    for (const auto count : at) all += count;
    if (at[kComing] > 0) {
      if (all > 1) wrong(fmt::format("{} is on its way, and {} more of it", name, all - 1));
      continue;
    }
    if (at[kManaged] == 0) {
      wrong(fmt::format("{} has no manager, and something of it is on its way: an orphan", name));
      continue;
    }
    const auto count = at[kCountAsked] + at[kCountAnswered] + at[kCountHeld];
    const auto score = at[kScoreAsked] + at[kScoreWaited] + at[kScoreAnswered] + at[kScoreHeld];
    const auto model = at[kModelAsked] + at[kModelAnswered];
    const std::uint32_t model_due = at[kCountHeld] == 1 && at[kScoreHeld] == 1;
    if (at[kManaged] == 1 && count == 1 && score == 1 && model == model_due) continue;
    wrong(
        fmt::format("{} has {} manager, its count is in {} places, its merchant's score in {}, and the model is asked "
                    "{} times of {}",
                    name, at[kManaged], count, score, model, model_due));
  }
}

template <class Wrong>
void FraudAuditor::JudgeCounters(const Wrong& wrong) const {
  for (std::uint64_t i = 0; i < counters_.size(); ++i) {
    const auto& counter = counters_[i];
    const auto& due = due_by_account_[i];
    const auto queries = due.transactions - counter.asking;
    const auto confirmed = due.confirmations - counter.coming;
    const auto expired = confirmed - counter.expiring;
    if (static_cast<std::int64_t>(counter.version) != queries + confirmed + expired) {
      wrong(fmt::format("account-{} has handled {} units; {} queries, {} confirmations and {} expiries have reached it",
                        i, counter.version, queries, confirmed, expired));
    }
    if (counter.count != counter.expiring) {
      wrong(fmt::format("account-{} counts {}, and {} expiries are on their way", i, counter.count, counter.expiring));
    }
    if (counter.newest > counter.version) {
      wrong(fmt::format("something is on its way from unit {} of account-{}, which has handled {}: an orphan",
                        counter.newest, i, counter.version));
    }
  }
}

template <class Wrong>
void FraudAuditor::JudgeMerchants(const Wrong& wrong) const {
  for (std::uint64_t i = 0; i < merchants_.size(); ++i) {
    const auto& shop = merchants_[i];
    const auto queries = due_by_merchant_[i] - shop.asking;
    if (static_cast<std::int64_t>(shop.version - shop.calls.outcomes) != queries) {
      wrong(fmt::format("merchant-{} has handled {} units, {} of them outcomes; {} queries have reached it", i,
                        shop.version, shop.calls.outcomes, queries));
    }
    const bool waits = shop.waiting > 0;
    const bool latest = shop.call == shop.calls.begun && shop.attempt == shop.calls.attempt;
    if (shop.calling != (waits ? 1 : 0) || (waits && !latest)) {
      wrong(fmt::format(
          "at merchant-{} {} wait for attempt {} of call {}, and {} calls are on their way, the last one is "
          "attempt {} of call {}",
          i, shop.waiting, shop.calls.attempt, shop.calls.begun, shop.calling, shop.attempt, shop.call));
    }
    if (shop.newest > shop.version) {
      wrong(fmt::format("something is on its way from unit {} of merchant-{}, which has handled {}: an orphan",
                        shop.newest, i, shop.version));
    }
  }
}

void FraudAuditor::Judge(std::string_view line, Findings& findings) {
  walked_.EndOfLine();
  const auto wrong = [&](std::string_view what) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, what); });
  };
  if (!trouble_.empty()) wrong(trouble_);
  for (const auto& [place, at] : transactions_) {
    const auto facts = input_.TransactionAt(PartitionId(static_cast<std::uint16_t>(place.partition)), place.offset);
    counters_[facts.account].asking += at[kComing] + at[kCountAsked];
    merchants_[facts.merchant].asking += at[kComing] + at[kScoreAsked];
  }
  JudgeTransactions(wrong);
  JudgeCounters(wrong);
  JudgeMerchants(wrong);
  Clear();
}

}  // namespace holdfast::fraud_detection
