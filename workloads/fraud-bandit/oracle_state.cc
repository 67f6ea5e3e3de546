// The joint check: the state a run ends with must be the one its outputs came from.
#include <algorithm>
#include <set>

#include "workloads/fraud-bandit/oracle.h"
#include "workloads/oracles/roll.h"

namespace holdfast::fraud_bandit {
namespace {

// Compares what an instance holds in state `name` with what its outputs say.
template <class State, class States>
void Compare(Roll<Told>& roll, const States& due, std::string_view name, std::string_view id, std::string_view record) {
  const auto number = roll.Enter(id, record);
  if (!number || roll.template Get<State>(record, name) == due[*number]) return;
  roll.Wrong(id, fmt::format("its {} are not those of its outputs", name));
}

}  // namespace

void BanditOracle::CheckState(const ForEachAddress& for_each) {
  Roll<Told> accounts(*application_, kAccount, accounts_.id_prefix, accounts_.units, findings_);
  Roll<Told> merchants(*application_, kMerchant, merchants_.id_prefix, merchants_.units, findings_);
  Roll<Told> classifiers(*application_, kClassifier, classifiers_.id_prefix, classifiers_.units, findings_);
  Roll<Told> models(*application_, kModel, models_.id_prefix, models_.units, findings_);
  std::set<Place> waiting;
  for_each([&](std::string_view function, std::string_view id, std::string_view record) {
    if (function == kAccount) return Compare<Amounts>(accounts, accounts_.states, "amounts", id, record);
    if (function == kMerchant) return Compare<Labels>(merchants, merchants_.states, "labels", id, record);
    if (function == kClassifier) return Compare<Arms>(classifiers, classifiers_.states, "arms", id, record);
    if (function == kModel) return Compare<std::int64_t>(models, models_.states, "version", id, record);
    if (const auto place = CheckManager(id, record)) waiting.insert(*place);
  });
  accounts.MustAllBeFound();
  merchants.MustAllBeFound();
  classifiers.MustAllBeFound();
  models.MustAllBeFound();
  CheckWaiting(waiting);
}

// The transaction of a manager that rightly waits for the other half of what it needs.
std::optional<Place> BanditOracle::CheckManager(std::string_view id, std::string_view record) {
  const auto& spec = application_->functions()[application_->FindFunction(kManager).value().value];
  const auto bought = ReadState<Transaction>(spec, record, "transaction");
  const auto label = ReadState<Label>(spec, record, "label");
  const auto place = bought ? bought->place : label ? label->transaction : Place{~std::uint32_t{0}, 0};
  const bool known = input_.Holds(BanditInput::Stream::kBought, place) && id == BanditInput::TransactionId(place);
  const auto partition = PartitionId(static_cast<std::uint16_t>(place.partition));
  const bool undecided = bought && !ReadState<Score>(spec, record, "score");
  if (known && !undecided && bought.has_value() == (place.offset < partitions_[place.partition].end) &&
      label.has_value() == (place.offset < partitions_[input_.LabelsOf(partition).value].end) && !(bought && label)) {
    return place;
  }
  Blame(Damage::kWrongState, [&] { return fmt::format("'{}': state, where none should be left", id); });
  return std::nullopt;
}

// Of a transaction without label, and of a label without transaction, a manager must know.
void BanditOracle::CheckWaiting(const std::set<Place>& waiting) {
  for (std::uint16_t p = 0; p < input_.options().transaction_partitions; ++p) {
    const auto [first, last] =
        std::minmax({partitions_[p].end, partitions_[input_.LabelsOf(PartitionId(p)).value].end});
    for (auto offset = first; offset < last; ++offset) {
      if (waiting.contains({p, offset})) continue;
      Blame(Damage::kWrongState, [&] {
        return fmt::format("nobody knows of transaction {}/{}, of which the other half was not offered", p, offset);
      });
    }
  }
}

}  // namespace holdfast::fraud_bandit
