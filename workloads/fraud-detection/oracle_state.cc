// The joint check: the state a run ends with must be the one its outputs came from.
#include "workloads/fraud-detection/oracle.h"
#include "workloads/oracles/roll.h"

namespace holdfast::fraud_detection {
namespace {

// A run at rest waits no more for what is due so long after the latest time seen, in milliseconds.
constexpr std::int64_t kFar = 10'000;

}  // namespace

void FraudOracle::CheckState(const ForEachAddress& for_each) {
  Roll<Told> counters(*application_, kCounter, "account-", counter_units_, findings_);
  Roll<Told> merchants(*application_, kMerchant, "merchant-", merchant_units_, findings_);
  const auto check_counter = [&](std::string_view id, std::string_view record) {
    const auto number = counters.Enter(id, record);
    const auto count = counters.Get<std::int64_t>(record, "count");
    if (!number || count == accounts_[*number].count) return;
    counters.Wrong(id, fmt::format("it counts {}, its outputs {}", count, accounts_[*number].count));
  };
  const auto check_merchant = [&](std::string_view id, std::string_view record) {
    const auto number = merchants.Enter(id, record);
    if (!number) return;
    const auto& due = merchants_[*number];
    const auto score = merchants.Get<std::int64_t>(record, "score");
    const auto last_unit = merchant_units_.latest(*number).at;
    const auto score_due = due.Live(last_unit) ? due.score : 0;
    if (score != score_due) merchants.Wrong(id, fmt::format("it holds score {}, not {}", score, score_due));
    const auto calls = merchants.Get<Calls>(record, "calls").begun;
    if (calls != due.calls) merchants.Wrong(id, fmt::format("it made {} calls, not {}", calls, due.calls));
    if (!merchants.Get<std::string>(record, "waiting").empty() || due.under_way) {
      merchants.Wrong(id, "somebody waits for a call that is under way no more");
    }
  };
  for_each([&](std::string_view function, std::string_view id, std::string_view record) {
    if (function == kCounter) return check_counter(id, record);
    if (function == kMerchant) return check_merchant(id, record);
    Blame(Damage::kWrongState, [&] { return fmt::format("{} '{}': state, where none should be left", function, id); });
  });
  counters.MustAllBeFound();
  merchants.MustAllBeFound();
  for (std::uint16_t p = 0; p < partitions_.size(); ++p) {
    partitions_[p].confirmed.ForEach([&](std::uint64_t offset, const Confirmed& confirmed) {
      const bool due = clocks_disagree_ || confirmed.due <= latest_ + kFar;
      if (!confirmed.counted || !due) return;  // Missing already, or still to come.
      Blame(Damage::kWrongState, [&] {
        return fmt::format("confirmation {}/{} of '{}' was due at {}, and still counts", p, offset,
                           input_.AccountId(input_.ConfirmedAt(PartitionId(p), offset)), confirmed.due);
      });
    });
  }
}

}  // namespace holdfast::fraud_detection
