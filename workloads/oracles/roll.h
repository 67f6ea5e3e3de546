// The joint check of one function type whose instances keep a witness (version, chain) in the state "witness": each is
// found once, and ends where the units that its outputs told of do.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "workloads/oracles/findings.h"
#include "workloads/oracles/state_reader.h"
#include "workloads/oracles/unit_order.h"

namespace holdfast {

template <class Told>
class Roll {
 public:
  Roll(const Application& application, std::string_view function, std::string_view prefix, const UnitOrder<Told>& units,
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
    const auto witness = Get<typename UnitOrder<Told>::Witness>(record, "witness");
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
  const UnitOrder<Told>& units_;
  std::vector<bool> found_;
  Findings& findings_;
};

}  // namespace holdfast
