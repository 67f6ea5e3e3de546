// Whether what a line holds adds up.
#include <algorithm>
#include <numeric>

#include "workloads/fraud-bandit/auditor.h"

namespace holdfast::fraud_bandit {
namespace {

std::uint64_t PullsOf(const Arms& arms) {
  std::uint64_t pulls = 0;
  for (const auto& arm : arms.arms) pulls += arm.pulls;
  return pulls;
}

}  // namespace

// What of the transactions that are in did not get everywhere.
void BanditAuditor::SumUp() {
  for (const auto& [place, at] : transactions_) {
    const auto facts = input_.TransactionAt(place);
    const bool open = at[kComing] + at[kManaged] > 0;
    const bool chosen = at[kScoreAsked] + at[kScoreAnswered] + at[kScoreHeld] > 0;
    for (auto* rest : {&rest_by_account_[facts.account], &rest_by_merchant_[facts.merchant]}) {
      rest->open.transactions += open;
      rest->open.frauds += open && facts.fraud;
      rest->habits += at[kComing] + at[kHabitsAsked];
      rest->rates += at[kComing] + at[kRateAsked];
      rest->choices += open && !chosen;
      rest->truths.transactions += at[kTruthComing];
      if (facts.fraud) rest->truths.frauds += at[kTruthComing];
      rest->rewards += at[kRewardComing];
    }
  }
}

// What is wrong with a transaction of which something is there; empty if nothing is.
std::string BanditAuditor::WhyNot(const Place& place, const Stages& at) const {
  const PartitionId partition(static_cast<std::uint16_t>(place.partition));
  const bool in = place.offset < walked_.end(partition);
  const bool label_in = place.offset < walked_.end(input_.LabelsOf(partition));
  const auto open = at[kComing] + at[kManaged];
  const auto labels = at[kLabelComing] + at[kLabelHeld];
  const auto all = std::accumulate(at.begin(), at.end(), 0u);
  const auto taught = at[kTruthComing] + at[kRewardComing];
  if (open > 1) return fmt::format("is in {} places", open);
  if (!in && all > labels) return "is there, and is not below the positions";
  if (in && !label_in && open == 0) return "has no label, and is nowhere";
  const std::uint32_t labels_due = label_in && (open > 0 || !in) ? 1 : 0;
  if (labels != labels_due) return fmt::format("has its label in {} places, not in {}", labels, labels_due);
  if (at[kComing] > 0 && all > open + labels) return "is on its way, and more of it";
  if (open == 0) {
    if (all == labels + taught && at[kTruthComing] <= 1 && at[kRewardComing] <= 1) return {};
    return "has no manager, and something of it is there: an orphan";
  }
  if (at[kComing] > 0) return {};
  const auto habits = at[kHabitsAsked] + at[kHabitsAnswered] + at[kHabitsHeld];
  const auto rate = at[kRateAsked] + at[kRateAnswered] + at[kRateHeld];
  const auto score = at[kChoiceAsked] + at[kScoreAsked] + at[kScoreAnswered] + at[kScoreHeld];
  const std::uint32_t score_due = at[kHabitsHeld] == 1 && at[kRateHeld] == 1;
  if (habits != 1 || rate != 1 || score != score_due) {
    return fmt::format("has its habits in {} places, its rate in {}, its score in {} of {}", habits, rate, score,
                       score_due);
  }
  if (taught > 0) return "teaches already, and still has a manager";
  if (at[kScoreHeld] > 0 && at[kLabelHeld] > 0) return "has decision and label, and does not teach";
  return {};
}

template <class Wrong>
void BanditAuditor::JudgeTransactions(const Wrong& wrong) const {
  for (const auto& [place, at] : transactions_) {
    const auto why = WhyNot(place, at);
    if (!why.empty()) wrong(fmt::format("transaction {}/{} {}", place.partition, place.offset, why));
  }
  for (std::uint16_t p = 0; p < input_.options().transaction_partitions; ++p) {
    const auto bought = walked_.end(PartitionId(p));
    const auto labelled = walked_.end(input_.LabelsOf(PartitionId(p)));
    for (auto offset = std::min(bought, labelled); offset < std::max(bought, labelled); ++offset) {
      if (transactions_.contains({p, offset})) continue;
      wrong(fmt::format("transaction {}/{}, or its label, is in, and is nowhere", p, offset));
    }
  }
}

template <class Wrong>
void BanditAuditor::JudgeInstances(const Wrong& wrong) const {
  for (std::uint64_t i = 0; i < accounts_.size(); ++i) {
    const auto due = due_by_account_[i].transactions;
    const auto& rest = rest_by_account_[i];
    const auto& account = accounts_[i];
    const auto& classifier = classifiers_[i];
    const auto asked = due - rest.habits;
    const auto pulls = due - rest.choices;
    const auto rewards = due - rest.open.transactions - rest.rewards;
    const auto pulled = PullsOf(classifier.state);
    if (static_cast<std::int64_t>(account.version) != asked || account.state.count != asked) {
      wrong(fmt::format("account-{} has handled {} units and knows {} amounts; {} queries have reached it", i,
                        account.version, account.state.count, asked));
    }
    if (static_cast<std::int64_t>(pulled) != pulls ||
        static_cast<std::int64_t>(classifier.version) != pulls + rewards) {
      wrong(
          fmt::format("the classifier of account-{} has handled {} units and pulled {} times; {} transactions and {} "
                      "rewards have reached it",
                      i, classifier.version, pulled, pulls, rewards));
    }
    if (account.newest > account.version || classifier.newest > classifier.version) {
      wrong(fmt::format("something is on its way from a unit that account-{} has not handled: an orphan", i));
    }
  }
  for (std::uint64_t i = 0; i < merchants_.size(); ++i) {
    const auto& merchant = merchants_[i];
    const auto& due = due_by_merchant_[i];
    const auto& rest = rest_by_merchant_[i];
    const auto asked = due.transactions - rest.rates;
    const auto labelled = due.transactions - rest.open.transactions - rest.truths.transactions;
    const auto frauds = due.frauds - rest.open.frauds - rest.truths.frauds;
    if (static_cast<std::int64_t>(merchant.version) != asked + labelled || merchant.state != Labels{labelled, frauds}) {
      wrong(
          fmt::format("merchant-{} has handled {} units and knows {} frauds of {}; {} queries have reached it, and "
                      "labels with {} frauds of {}",
                      i, merchant.version, merchant.state.frauds, merchant.state.labelled, asked, frauds, labelled));
    }
    if (merchant.newest > merchant.version) {
      wrong(fmt::format("something is on its way from a unit that merchant-{} has not handled: an orphan", i));
    }
  }
}

template <class Wrong>
void BanditAuditor::JudgeModels(const Wrong& wrong) const {
  std::vector<std::int64_t> pulls(models_.size());
  for (std::uint64_t i = 0; i < classifiers_.size(); ++i) {
    for (std::uint32_t arm = 0; arm < kArms; ++arm) {
      pulls[input_.ModelOf(i, arm)] += static_cast<std::int64_t>(classifiers_[i].state.arms[arm].pulls);
    }
  }
  for (std::uint64_t i = 0; i < models_.size(); ++i) {
    const auto& model = models_[i];
    const auto published = due_by_model_[i] - model.coming;
    const auto scored = pulls[i] - model.asking;
    if (model.state != published || static_cast<std::int64_t>(model.version) != published + scored) {
      wrong(
          fmt::format("model-{} is of version {} and has handled {} units; {} publications and {} queries have "
                      "reached it",
                      i, model.state, model.version, published, scored));
    }
    if (model.newest > model.version) {
      wrong(fmt::format("something is on its way from a unit that model-{} has not handled: an orphan", i));
    }
  }
}

void BanditAuditor::Judge(std::string_view line, Findings& findings) {
  walked_.EndOfLine();
  const auto wrong = [&](std::string_view what) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, what); });
  };
  if (!trouble_.empty()) wrong(trouble_);
  SumUp();
  JudgeTransactions(wrong);
  JudgeInstances(wrong);
  JudgeModels(wrong);
  Clear();
}

}  // namespace holdfast::fraud_bandit
