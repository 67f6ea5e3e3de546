// Conservation of what programs add. Each step adds a number to the count of its address; so on every line
//
//   what all programs below the positions add = the counts of all addresses + what the steps on their way will add
//
// up to steps that race with their cancellation. Besides: a step is on its way once, to the address it is meant for,
// not while the step that sends it is on its way itself, never if it was cancelled at once, and not from a unit that
// its sender does not remember.
#pragma once

#include <memory>
#include <vector>

#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/walked_input.h"
#include "workloads/random-programs/application.h"

namespace holdfast::random_programs {

class ProgramAuditor final : public LineAuditor {
 public:
  ProgramAuditor(std::shared_ptr<const Application> application, ProgramInput input);

  void Position(PartitionId partition, std::uint64_t offset) override { walked_.MoveTo(partition, offset); }
  void Row(std::string_view function, std::string_view id, std::string_view record) override;
  void Message(const InTransit& message) override;
  void Judge(std::string_view line, Findings& findings) override;

 private:
  // At least and at most.
  struct Sum {
    std::int64_t least = 0;
    std::int64_t most = 0;
    Sum& operator+=(const Sum& more) { return least += more.least, most += more.most, *this; }
  };
  struct OnItsWay {
    StepId id;
    std::uint64_t sender_version = 0;
    Where to;
  };
  // What each step adds, with all that follow from it.
  static std::vector<Sum> AddedBy(const Program& program);
  bool Read(const InTransit& message, OnItsWay& step) const;
  Where WhereIs(FunctionId function, std::string_view id) const;
  std::size_t NumberOf(const Where& where) const {
    return where.function * input_.options().instances + where.instance;
  }
  // Adds up what is on its way; says what is wrong with it.
  template <class Wrong>
  Sum CheckOnItsWay(const Wrong& wrong);
  template <class Wrong>
  void CheckStep(const OnItsWay& step, const Program& program, const Wrong& wrong);
  bool IsOnItsWay(const StepId& id) const;
  void Clear();

  const std::shared_ptr<const Application> application_;
  const ProgramInput input_;
  const ValueTypeId step_type_;
  const ValueTypeId outcome_type_;
  Sum due_;  // What the programs in the line add.
  WalkedInput walked_;
  std::vector<std::uint64_t> versions_;  // By address.
  std::int64_t counts_ = 0;
  std::vector<OnItsWay> on_their_way_;
  std::string trouble_;  // The first thing that should not be there at all.
};

}  // namespace holdfast::random_programs
