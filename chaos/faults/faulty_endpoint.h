// A host of functions whose answers are lost, damaged or late when its injector says so. The function has run by then:
// what fails is the way back, so it runs once more. It takes no attempt that would be a message's last, and leaves
// alone an address that has ever failed by itself: which messages are given up is the functions' own doing, and an
// oracle that knows the functions knows it. Works over any endpoint.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "chaos/faults/fault_injector.h"
#include "core/ports/endpoint.h"

namespace holdfast {

// Used by one worker. `faults` outlives it.
class FaultyEndpoint final : public Endpoint {
 public:
  struct Hooks {
    // What the runtime asks of effects before it believes them (transports/hosts/check_effects.h). A damaged answer
    // that it lets through is a broken check.
    std::function<Status(const AddressView& self, std::string_view effects)> check;
    // Told of each call that a fault befell.
    std::function<void(Fault fault, const AddressView& self)> tell;
  };
  FaultyEndpoint(std::unique_ptr<Endpoint> inner, std::shared_ptr<const Application> application, FaultInjector& faults,
                 Hooks hooks)
      : inner_(std::move(inner)), application_(std::move(application)), faults_(faults), hooks_(std::move(hooks)) {}

  Status Invoke(const Invocation& invocation, EffectsBuilder& effects) override;

 private:
  using Key = std::pair<FunctionId, std::string>;
  // True if the address is not to be left alone, and one more failure is not the last that its policy allows.
  bool MayFail(const AddressView& self) const;
  void Damage(const AddressView& self, EffectsBuilder& effects);

  const std::unique_ptr<Endpoint> inner_;
  const std::shared_ptr<const Application> application_;
  FaultInjector& faults_;
  const Hooks hooks_;
  std::map<Key, std::uint32_t> failed_;  // How often in a row, of addresses whose last call failed.
  std::set<Key> failed_by_itself_;
  std::uint64_t damaged_ = 0;
};

}  // namespace holdfast
