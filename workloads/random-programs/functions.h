// The interpreter of random programs: a unit carries out the commands its message brings.
#pragma once

#include <map>

#include "core/model/function.h"
#include "workloads/random-programs/messages.h"

namespace holdfast::random_programs {

// How long the expiring values live.
struct Lifetimes {
  std::chrono::milliseconds lease{10};
  std::chrono::milliseconds idle{10};
};

// Counts the failed attempts of steps that are to fail a few times first. It is the one thing here that is not state:
// attempts are not, so a process that comes back may fail as often again, and never oftener in one life.
class Attempts {
 public:
  // True if this attempt of a step that is to fail `times` times must fail too.
  bool MustFail(const StepId& id, std::uint64_t times);

 private:
  std::map<StepId, std::uint64_t> failed_;
};

// The witness after the unit of `receipt`; see messages.h.
Witness Link(const std::optional<Witness>& before, const Receipt& receipt);
// What a step that is to fail says. By every second number it says so by an exception.
Status FailOnPurpose(const StepId& id);
// What the operation does.
Result<ErrandResponse> RunErrand(const ErrandRequest& request);

// One unit under way: what it will tell of itself, and how many messages it has sent.
struct Unit {
  Receipt receipt;
  std::uint32_t sent = 0;
  // Of its next message.
  Origin Next(std::int64_t due = 0) { return {receipt.witness, sent++, due}; }
};

template <class Self>
class Interpreter : public Function<Self> {
 public:
  using Handles = Messages<Step, AsyncOutcome<Errand>>;
  Value<Witness> witness{*this, "witness"};
  Value<std::int64_t> count{*this, "count"};
  Value<std::int64_t> lease;
  Value<std::int64_t> idle;

  explicit Interpreter(const Lifetimes& lifetimes)
      : lease(*this, "lease", Expire::AfterWrite(lifetimes.lease)),
        idle(*this, "idle", Expire::AfterInvoke(lifetimes.idle)) {}

  Status On(Context& ctx, const Step& step);
  Status On(Context& ctx, const AsyncOutcome<Errand>& outcome);

 private:
  Unit Begin(Context& ctx, const StepId& id, const Origin& origin, std::uint32_t attempt, Outcome outcome) const;
  Status CarryOut(Context& ctx, Unit& unit, std::string_view commands);
  Status CarryOut(Context& ctx, Unit& unit, const Command& command);
  void SendAfter(Context& ctx, Unit& unit, const Command& command) const;
  void Finish(Context& ctx, const Unit& unit) const;

  Attempts attempts_;
};

class Alpha : public Interpreter<Alpha> {
 public:
  static constexpr std::string_view kName = kFunctions[0];
  using Interpreter::Interpreter;
};
class Beta : public Interpreter<Beta> {
 public:
  static constexpr std::string_view kName = kFunctions[1];
  using Interpreter::Interpreter;
};

// Holds one item for one step, until it is taken.
class Locker : public Function<Locker> {
 public:
  static constexpr std::string_view kName = kFunctions[kLockerFunction];
  using Handles = Messages<Step>;
  Value<std::int64_t> item{*this, "item"};
  Status On(Context& ctx, const Step& step);
};

}  // namespace holdfast::random_programs
