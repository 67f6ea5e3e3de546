// The joint check: the state a run ends with must be the one its receipts lead to.
#include "workloads/oracles/state_reader.h"
#include "workloads/random-programs/oracle.h"

namespace holdfast::random_programs {
namespace {

// Reads the values of one function type.
class Reader {
 public:
  Reader(const FunctionSpec& spec, std::string_view record) : spec_(spec), record_(record) {}
  template <class T>
  T Get(std::string_view state) const {
    return ReadState<T>(spec_, record_, state).value_or(T{});
  }

 private:
  const FunctionSpec& spec_;
  std::string_view record_;
};

}  // namespace

void ProgramOracle::CheckState(const ForEachAddress& for_each) {
  std::vector<bool> found(addresses_.size());
  const auto wrong = [this](std::string_view function, std::string_view id, const std::string& why) {
    findings_.Add(Damage::kWrongState, [&] { return fmt::format("{} '{}': {}", function, id, why); });
  };
  for_each([&](std::string_view function, std::string_view id, std::string_view record) {
    const auto place = std::find(std::begin(kFunctions), std::end(kFunctions), function);
    const Where where{static_cast<std::uint32_t>(place - std::begin(kFunctions)),
                      NumberInId(id, "instance-").value_or(~0ull)};
    if (where.function >= kLockerFunction) return wrong(function, id, "state, where none should be left");
    if (where.instance >= input_.options().instances) return wrong(function, id, "there is no such instance");
    if (found[NumberOf(where)]) wrong(function, id, "its state was found twice");
    found[NumberOf(where)] = true;
    const auto& address = addresses_[NumberOf(where)];
    const Reader state(application_->functions()[functions_[where.function].value], record);
    const auto witness = state.Get<Witness>("witness");
    if (witness != address.witness) {
      wrong(function, id,
            fmt::format("it ends at version {} with chain {:016x}, its receipts at version {} with chain {:016x}",
                        witness.version, witness.chain, address.witness.version, address.witness.chain));
    }
    const auto count = state.Get<std::int64_t>("count");
    const auto lease = state.Get<std::int64_t>("lease");
    const auto idle = state.Get<std::int64_t>("idle");
    const auto lease_due = address.lease.At(address.last_unit);
    const auto idle_due = address.idle.At(address.last_unit);
    if (count != address.count || lease != lease_due || idle != idle_due) {
      wrong(function, id,
            fmt::format("it ends with count {}, lease {}, idle {}; its receipts with {}, {}, {}", count, lease, idle,
                        address.count, lease_due, idle_due));
    }
  });
  for (std::size_t i = 0; i < addresses_.size(); ++i) {
    const auto instances = input_.options().instances;
    if (found[i] || addresses_[i].witness.version == 0) continue;
    wrong(kFunctions[i / instances], IdOf({0, i % instances}),
          fmt::format("no state after {} units", addresses_[i].witness.version));
  }
}

}  // namespace holdfast::random_programs
