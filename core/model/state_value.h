// A named, typed value of a function's state, with an optional time to live. Declare it as a member of the function;
// read and write it through the context:
//
//   Value<std::int64_t> visits{*this, "visits", Expire::AfterWrite(24h)};
//   ...
//   ctx.Set(visits, ctx.Get(visits).value_or(0) + 1);
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/model/effects.h"
#include "core/model/message.h"

namespace holdfast {

// When a value vanishes. A value past its time is never returned, whether or not its bytes are still there.
struct Expire {
  enum class Mode : std::uint8_t { kNever, kAfterWrite, kAfterInvoke };
  Mode mode = Mode::kNever;
  std::chrono::milliseconds after{0};

  static constexpr Expire Never() { return {}; }
  // Counts from the last write.
  static constexpr Expire AfterWrite(std::chrono::milliseconds after) { return {Mode::kAfterWrite, after}; }
  // Counts from the last unit at the address, whether or not it wrote.
  static constexpr Expire AfterInvoke(std::chrono::milliseconds after) { return {Mode::kAfterInvoke, after}; }
};

struct StateSpec {
  std::string name;
  std::string type_name;
  Expire expire;
};

// What a value registers itself with: the function it is a member of.
class StateOwner {
 public:
  const std::vector<StateSpec>& states() const { return states_; }

 private:
  template <class T>
  friend class Value;
  StateSlot AddState(StateSpec spec) {
    HOLDFAST_CHECK(states_.size() < kMaxStateSlots, "a function has at most {} state values", kMaxStateSlots);
    for (const auto& other : states_) HOLDFAST_CHECK(other.name != spec.name, "state '{}' declared twice", spec.name);
    states_.push_back(std::move(spec));
    return StateSlot(static_cast<std::uint8_t>(states_.size() - 1));
  }
  std::vector<StateSpec> states_;
};

template <class T>
class Value {
 public:
  static_assert(Message<T>,
                "a state value holds a HOLDFAST_MESSAGE struct, bool, int32, int64, float, double or string");

  Value(StateOwner& owner, std::string name, Expire expire = Expire::Never())
      : expire_(expire), slot_(owner.AddState({std::move(name), Codec<T>::Name(), expire})) {}
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  StateSlot slot() const { return slot_; }
  Expire expire() const { return expire_; }

 private:
  Expire expire_;
  StateSlot slot_;
};

}  // namespace holdfast
