// The joint check: the state a run ends with must be the one its emails came from.
#include "workloads/greeter/oracle.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::greeter {
namespace {

constexpr std::string_view kGreeter = "greeter/greeter";
constexpr std::string_view kEmailSender = "greeter/email-sender";

// What the states of one function type ought to be, by the number in their ids.
class Roll {
 public:
  Roll(const Application& application, std::string_view function, std::string_view id_prefix, std::size_t size,
       Findings& findings)
      : spec_(application.functions()[application.FindFunction(function).value().value]),
        prefix_(id_prefix),
        found_(size),
        findings_(findings) {}

  // The number of the instance; nothing, and a finding, if there can be no such instance.
  std::optional<std::size_t> NumberOf(std::string_view id) {
    const auto number = NumberInId(id, prefix_);
    if (!number || *number >= found_.size()) {
      Wrong(id, "there is no such instance");
      return std::nullopt;
    }
    if (found_[*number]) Wrong(id, "its state was found twice");
    found_[*number] = true;
    return number;
  }

  template <class T>
  std::optional<T> Get(std::string_view record, std::string_view state) const {
    return ReadState<T>(spec_, record, state);
  }

  void Compare(std::string_view id, std::string_view record, const Witness& expected) {
    const auto state = Get<Witness>(record, "witness");
    if (!state) return Wrong(id, "it has no witness");
    if (state->version < expected.version) {
      return Wrong(id, fmt::format("it ends at version {}, but version {} had consequences: state was lost behind "
                                   "visible output",
                                   state->version, expected.version));
    }
    if (state->version > expected.version) {
      return Wrong(id, fmt::format("it ends at version {}, but only {} inputs are accounted for: inputs were handled "
                                   "twice, or their output is not visible",
                                   state->version, expected.version));
    }
    if (state->chain != expected.chain) {
      Wrong(id, fmt::format("it has {} inputs as it should, but they were others, or in another order, than those "
                            "whose output is visible",
                            state->version));
    }
  }

  void MustAllBeFound(const std::function<const Witness&(std::size_t)>& expected) {
    for (std::size_t i = 0; i < found_.size(); ++i) {
      if (found_[i] || expected(i).version == 0) continue;
      Wrong(fmt::format("{}{}", prefix_, i), fmt::format("it has no state after {} inputs", expected(i).version));
    }
  }

  void Wrong(std::string_view id, std::string_view why) {
    findings_.Add(Damage::kWrongState, [&] { return fmt::format("{} '{}': {}", spec_.name, id, why); });
  }

 private:
  const FunctionSpec& spec_;
  std::string_view prefix_;
  std::vector<bool> found_;
  Findings& findings_;
};

}  // namespace

void GreeterOracle::CheckState(const ForEachAddress& for_each) {
  Roll users(*application_, kGreeter, "user-", users_.size(), findings_);
  Roll senders(*application_, kEmailSender, "box-", senders_.size(), findings_);
  for_each([&](std::string_view function, std::string_view id, std::string_view record) {
    if (function != kGreeter && function != kEmailSender) {
      findings_.Add(Damage::kWrongState, [&] { return fmt::format("state of '{}', which keeps none", function); });
      return;
    }
    auto& roll = function == kGreeter ? users : senders;
    const auto number = roll.NumberOf(id);
    if (!number) return;
    const auto& expected = function == kGreeter ? users_[*number].expected : senders_[*number];
    roll.Compare(id, record, expected);
    if (function != kGreeter) return;
    const auto visits = roll.Get<std::int64_t>(record, "visits").value_or(0);
    if (static_cast<std::uint64_t>(visits) == expected.version) return;
    roll.Wrong(id, fmt::format("it counts {} visits of {}", visits, expected.version));
  });
  users.MustAllBeFound([&](std::size_t i) -> const Witness& { return users_[i].expected; });
  senders.MustAllBeFound([&](std::size_t i) -> const Witness& { return senders_[i]; });
}

}  // namespace holdfast::greeter
