// Decides, call by call, whether a port misbehaves: by chance from a seed, or at the nth call exactly. The
// faulty decorators beside this file ask it; what slowness means is up to whoever makes it, so the same decorators
// serve in simulation (virtual time passes) and for real (the thread sleeps).
//
//   FaultInjector faults(seed, {.fail = 0.01, .slow = 0.1, .delay = 20ms}, [&](Duration d) { clock.Pass(d); });
//   FaultyObjectStore store(real_store, faults);
//   faults.Change({});  // From now on all is well.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast {

enum class Fault : unsigned char {
  kNone,
  kFail,        // Not carried out; kUnavailable.
  kFull,        // Not carried out; kExhausted. Calls that read are spared.
  kLoseAnswer,  // Carried out, but answered with kUnavailable.
  kSlow,        // Carried out after the delay.
  kWrongReply,  // Of a function: what it answers is damaged.
};

// Chances per call; their sum is at most 1.
struct FaultChances {
  double fail = 0;
  double full = 0;
  double lose_answer = 0;
  double slow = 0;
  double wrong_reply = 0;
  Duration delay{};  // Of a slow call.
};

// Where an injector's chances come from, if somebody else decides as the run goes on. Both may be called by any thread.
struct FaultFeed {
  std::function<FaultChances()> now;     // Asked before each call.
  std::function<void(Fault fault)> met;  // Told of each call that met a fault.
};

struct ScriptedFault {
  std::uint64_t call;  // Counted from 1, over all calls that ask this injector.
  Fault fault;
};

// Thread-safe. Outlives the decorators that ask it.
class FaultInjector {
 public:
  using Sleep = std::function<void(Duration)>;

  FaultInjector(std::uint64_t seed, FaultChances chances, Sleep sleep);
  FaultInjector(std::uint64_t seed, Sleep sleep, FaultFeed feed);

  // Replaces the chances; the draws go on.
  void Change(FaultChances chances);
  // Adds faults at given calls, which go before chance.
  void Script(std::vector<ScriptedFault> faults);

  // Carries out `call`, which returns a Status or Result, or what is left of it. `verb` and `name` appear in the error.
  template <class Call>
  auto Read(std::string_view verb, std::string_view name, Call call) -> decltype(call()) {
    return Apply(Next(false), verb, name, std::move(call));
  }
  template <class Call>
  auto Write(std::string_view verb, std::string_view name, Call call) -> decltype(call()) {
    return Apply(Next(true), verb, name, std::move(call));
  }

  // For decorators that carry out faults themselves: the next call's fault. Has slept already if it is kSlow.
  Fault Next(bool writes);

  std::uint64_t calls() const;
  // Calls that met a fault. A run in which this stays zero has tested nothing.
  std::uint64_t injected() const;

 private:
  template <class Call>
  static auto Apply(Fault fault, std::string_view verb, std::string_view name, Call call) -> decltype(call()) {
    if (fault == Fault::kFail || fault == Fault::kFull) return ErrorOf(fault, verb, name);
    auto outcome = call();
    if (fault == Fault::kLoseAnswer) return ErrorOf(fault, verb, name);
    return outcome;
  }
  static Error ErrorOf(Fault fault, std::string_view verb, std::string_view name);
  Fault Draw();

  const Sleep sleep_;
  const std::optional<FaultFeed> feed_;
  mutable std::mutex mutex_;
  Random random_;
  FaultChances chances_;
  std::vector<ScriptedFault> script_;
  std::uint64_t calls_ = 0;
  std::uint64_t injected_ = 0;
};

}  // namespace holdfast
