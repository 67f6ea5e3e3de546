// The joint check: the state a run ends with must be the one its outputs came from.
#include "workloads/fraud-detection/oracle.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::fraud_detection {
namespace {

// A run at rest waits no more for what is due so long after the latest time seen, in milliseconds.
constexpr std::int64_t kFar = 10'000;

// The instances of one function type: that each is found once, and ends where its chain does.
class Roll {
 public:
  Roll(const Application& application, std::string_view function, std::string_view prefix, const UnitOrder& units,
       Findings& findings)
      : spec_(application.functions()[application.FindFunction(function).value().value]),
        prefix_(prefix),
        units_(units),
        found_(units.instances()),
        findings_(findings) {}

  // The number of the instance; nothing, and a finding, if there can be no such instance.
  std::optional<std::uint64_t> Enter(std::string_view id, std::string_view record) {
    const auto number = NumberInId(id, prefix_);
    if (!number || *number >= found_.size()) return Wrong(id, "there is no such instance"), std::nullopt;
    if (found_[*number]) Wrong(id, "its state was found twice");
    found_[*number] = true;
    const auto witness = Get<Witness>(record, "witness");
    const auto& due = units_.latest(*number);
    if (witness != due) {
      Wrong(id, fmt::format("it ends at version {} with chain {:016x}, its outputs at version {} with chain {:016x}",
                            witness.version, witness.chain, due.version, due.chain));
    }
    return number;
  }
  template <class T>
  T Get(std::string_view record, std::string_view state) const {
    return ReadState<T>(spec_, record, state).value_or(T{});
  }
  void MustAllBeFound() {
    for (std::uint64_t i = 0; i < found_.size(); ++i) {
      if (found_[i] || units_.latest(i).version == 0) continue;
      Wrong(fmt::format("{}{}", prefix_, i), fmt::format("no state after {} units", units_.latest(i).version));
    }
  }
  void Wrong(std::string_view id, std::string_view why) {
    findings_.Add(Damage::kWrongState, [&] { return fmt::format("{} '{}': {}", spec_.name, id, why); });
  }

 private:
  const FunctionSpec& spec_;
  const std::string_view prefix_;
  const UnitOrder& units_;
  std::vector<bool> found_;
  Findings& findings_;
};

}  // namespace

void FraudOracle::CheckState(const ForEachAddress& for_each) {
  Roll counters(*application_, kCounter, "account-", counter_units_, findings_);
  Roll merchants(*application_, kMerchant, "merchant-", merchant_units_, findings_);
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
