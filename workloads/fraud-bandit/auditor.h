// Conservation of transactions, labels and publications. On every line, where "in" is what the positions say and "open"
// is a transaction that is in and on its way to its manager, or with it:
//
//   version of an account     = its transactions in, less those whose query did not reach it = the amounts it knows
//   version of a merchant     = its transactions in, less those whose query did not reach it + the labels it knows
//   labels of a merchant      = its transactions in, less open ones and truths on their way; its frauds likewise
//   pulls of a classifier     = its transactions in, less open ones whose features did not reach it
//   version of a classifier   = its pulls + its transactions in, less open ones and rewards on their way
//   version of a model        = its publications in, less those on their way
//   units of a model          = these + the pulls of its arm by its accounts, less queries on their way
//
// An open transaction is in one place: on its way to its manager, or with it, and then each of its two features is
// asked for, on its way or there, and with both there its score is too. Its label, if that is in, is on its way or with
// the manager, and waits there also for a transaction that is not in. A transaction whose label is not in is open. One
// that is not open has left nothing but a truth and a reward on their way. Nothing is on its way from a unit that its
// sender does not remember.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "workloads/fraud-bandit/application.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/walked_input.h"

namespace holdfast::fraud_bandit {

class BanditAuditor final : public LineAuditor {
 public:
  BanditAuditor(std::shared_ptr<const Application> application, BanditInput input);

  void Position(PartitionId partition, std::uint64_t offset) override { walked_.MoveTo(partition, offset); }
  void Row(std::string_view function, std::string_view id, std::string_view record) override;
  void Message(const InTransit& message) override;
  void Judge(std::string_view line, Findings& findings) override;

 private:
  // Where a transaction, or what belongs to it, may be.
  enum Stage : std::size_t {
    kComing,
    kManaged,
    kHabitsAsked,
    kHabitsAnswered,
    kHabitsHeld,
    kRateAsked,
    kRateAnswered,
    kRateHeld,
    kChoiceAsked,
    kScoreAsked,
    kScoreAnswered,
    kScoreHeld,
    kLabelComing,
    kLabelHeld,
    kTruthComing,
    kRewardComing,
    kStages
  };
  using Stages = std::array<std::uint32_t, kStages>;
  // What an instance holds.
  template <class State>
  struct Instance {
    std::uint64_t version = 0;  // Of its units.
    std::uint64_t newest = 0;   // The latest version from which something is on its way.
    State state{};
    std::int64_t coming = 0;  // Models: publications and queries that are on their way.
    std::int64_t asking = 0;
  };
  // Of the transactions of an account or a merchant that are in.
  struct Due {
    std::int64_t transactions = 0;
    std::int64_t frauds = 0;
  };
  // Of these: those of which something did not get so far.
  struct Rest {
    Due open;
    std::int64_t habits = 0;   // Those whose query did not reach the account,
    std::int64_t rates = 0;    // the merchant,
    std::int64_t choices = 0;  // whose features did not reach the classifier;
    Due truths;                // and truths and rewards on their way.
    std::int64_t rewards = 0;
  };

  void Walk(PartitionId partition, std::uint64_t offset, int sign);
  // auditor.cc: what there is.
  void TakeManager(std::string_view id, std::string_view record);
  template <class State>
  void TakeInstance(std::vector<Instance<State>>& instances, std::string_view prefix, std::string_view function,
                    std::string_view state, std::string_view id, std::string_view record);
  template <class M, class Take>
  bool IfIs(const EnvelopeView& message, const Take& take) const;
  bool TakeToManager(const EnvelopeView& message);
  bool TakeFromManager(const EnvelopeView& message);
  bool TakeToModel(const EnvelopeView& message);
  // A transaction, or what belongs to it, is in `stage`, at an instance of this type. False, and trouble, if there is
  // no such transaction.
  enum class Whose : std::uint8_t { kManagers, kAccounts, kMerchants };
  bool Enter(const Place& place, Stage stage, std::string_view target, Whose whose);
  template <class MakeSentence>
  void Trouble(const MakeSentence& make_sentence) {
    if (trouble_.empty()) trouble_ = make_sentence();
  }
  // auditor_judge.cc: whether it adds up.
  template <class Wrong>
  void JudgeTransactions(const Wrong& wrong) const;
  template <class Wrong>
  void JudgeInstances(const Wrong& wrong) const;
  template <class Wrong>
  void JudgeModels(const Wrong& wrong) const;
  std::string WhyNot(const Place& place, const Stages& at) const;
  void SumUp();
  void Clear();

  const std::shared_ptr<const Application> application_;
  const BanditInput input_;
  std::vector<Due> due_by_account_;
  std::vector<Due> due_by_merchant_;
  std::vector<std::int64_t> due_by_model_;  // Publications.
  WalkedInput walked_;
  std::vector<Instance<Amounts>> accounts_;
  std::vector<Instance<Labels>> merchants_;
  std::vector<Instance<Arms>> classifiers_;
  std::vector<Instance<std::int64_t>> models_;
  std::vector<Rest> rest_by_account_;
  std::vector<Rest> rest_by_merchant_;
  std::map<Place, Stages> transactions_;  // Those that are somewhere.
  std::string trouble_;                   // The first thing that should not be there at all.
};

}  // namespace holdfast::fraud_bandit
