#include "workloads/random-programs/auditor.h"

#include <algorithm>

#include "core/model/async.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::random_programs {
namespace {

std::string StepName(const StepId& id) { return fmt::format("step {}/{}/{}", id.partition, id.offset, id.step); }

bool SameProgram(const StepId& a, const StepId& b) { return a.partition == b.partition && a.offset == b.offset; }

std::int64_t OwnSum(const Node& node) {
  std::int64_t sum = 0;
  for (const auto& command : node.commands) {
    if (static_cast<Verb>(command.verb) == Verb::kAdd) sum += static_cast<std::int64_t>(command.number);
  }
  return sum;
}

}  // namespace

ProgramAuditor::ProgramAuditor(std::shared_ptr<const Application> application, ProgramInput input)
    : application_(std::move(application)),
      input_(std::move(input)),
      step_type_(application_->ValueTypeOf<Step>().value()),
      outcome_type_(application_->ValueTypeOf<AsyncOutcome<Errand>>().value()),
      walked_(input_.partitions(),
              [this](PartitionId partition, std::uint64_t offset, int sign) {
                const auto sum = AddedBy(input_.At(partition, offset))[0];
                due_ += {sign * sum.least, sign * sum.most};
              }),
      versions_(2 * input_.options().instances) {}

std::vector<ProgramAuditor::Sum> ProgramAuditor::AddedBy(const Program& program) {
  std::vector<Sum> sums(program.size());
  for (auto step = program.size(); step-- > 0;) {
    const auto& node = program[step];
    const auto own = OwnSum(node);
    if (node.fate == Fate::kRuns) sums[step] += {own, own};
    if (node.fate == Fate::kRaces) sums[step] += {0, own};
    if (node.fate == Fate::kDies || node.fate == Fate::kNever) sums[step] = {};
    if (step > 0) sums[node.parent] += sums[step];
  }
  return sums;
}

Where ProgramAuditor::WhereIs(FunctionId function, std::string_view id) const {
  const auto& functions = application_->functions();
  const auto name = function.value < functions.size() ? std::string_view(functions[function.value].name) : "";
  const auto place = std::find(std::begin(kFunctions), std::end(kFunctions), name) - std::begin(kFunctions);
  const auto* prefix = place == kLockerFunction ? "locker-" : "instance-";
  return {static_cast<std::uint32_t>(place), NumberInId(id, prefix).value_or(~0ull)};
}

void ProgramAuditor::Row(std::string_view function, std::string_view id, std::string_view record) {
  const auto number = application_->FindFunction(function);
  const auto where = number.ok() ? WhereIs(*number, id) : Where{3, 0};
  if (where.function == kLockerFunction) return;
  if (where.function > kLockerFunction || where.instance >= input_.options().instances) {
    trouble_ = fmt::format("there can be no {} '{}'", function, id);
    return;
  }
  const auto& spec = application_->functions()[number->value];
  versions_[NumberOf(where)] = ReadState<Witness>(spec, record, "witness").value_or(Witness()).version;
  counts_ += ReadState<std::int64_t>(spec, record, "count").value_or(0);
}

bool ProgramAuditor::Read(const InTransit& message, OnItsWay& step) const {
  const auto& envelope = message.message;
  step.to = WhereIs(envelope.target.type, envelope.target.id);
  auto request_bytes = envelope.payload;
  if (message.where != InTransit::Where::kOperation && envelope.value_type == step_type_) {
    Step content;
    if (!Codec<Step>::Decode(envelope.payload, content)) return false;
    step.id = content.id;
    step.sender_version = content.origin.sender.version;
    return true;
  }
  if (message.where != InTransit::Where::kOperation) {
    RawAsyncOutcome outcome;
    if (envelope.value_type != outcome_type_ || !Codec<RawAsyncOutcome>::Decode(envelope.payload, outcome)) {
      return false;
    }
    request_bytes = outcome.request;
  }
  ErrandRequest request;
  if (!Codec<ErrandRequest>::Decode(request_bytes, request)) return false;
  step.id = request.id;
  step.sender_version = request.origin.sender.version;
  return true;
}

void ProgramAuditor::Message(const InTransit& message) {
  OnItsWay step;
  if (!Read(message, step)) {
    trouble_ = "something is on its way that does not parse, or that nobody sends";
  } else if (step.id.partition >= walked_.partitions()) {
    trouble_ = fmt::format("{} is on its way, and there is no such partition", StepName(step.id));
  } else {
    on_their_way_.push_back(step);
  }
}

bool ProgramAuditor::IsOnItsWay(const StepId& id) const {
  return std::ranges::binary_search(on_their_way_, id, {}, &OnItsWay::id);
}

template <class Wrong>
void ProgramAuditor::CheckStep(const OnItsWay& step, const Program& program, const Wrong& wrong) {
  const auto& node = program[step.id.step];
  const auto name = StepName(step.id);
  if (step.to != node.where) wrong(fmt::format("{} is on its way to a wrong address", name));
  if (node.fate == Fate::kNever) wrong(fmt::format("{} is on its way, and it was cancelled, or never sent", name));
  if (step.id.step == 0) return;
  const auto& sender = node.arrival == Arrival::kOutcome ? node.where : program[node.parent].where;
  const auto remembered = versions_[NumberOf(sender)];
  if (step.sender_version > remembered) {
    wrong(fmt::format("{} is on its way from unit {} of {} {}, which has made {}: an orphan", name, step.sender_version,
                      kFunctions[sender.function], IdOf(sender), remembered));
  }
  for (auto above = step.id; above.step != 0;) {
    above.step = program[above.step].parent;
    if (IsOnItsWay(above))
      return wrong(fmt::format("{} is on its way, and so is {}, which sends it", name, StepName(above)));
  }
}

template <class Wrong>
ProgramAuditor::Sum ProgramAuditor::CheckOnItsWay(const Wrong& wrong) {
  std::ranges::sort(on_their_way_, {}, &OnItsWay::id);
  Sum sum;
  Program program;
  std::vector<Sum> added;
  for (std::size_t i = 0; i < on_their_way_.size(); ++i) {
    const auto& step = on_their_way_[i];
    const PartitionId partition(static_cast<std::uint16_t>(step.id.partition));
    if (step.id.offset >= walked_.end(partition)) {
      wrong(fmt::format("{} is on its way, and its program has not begun", StepName(step.id)));
      continue;
    }
    // Steps of one program stand together.
    if (added.empty() || !SameProgram(on_their_way_[i - 1].id, step.id)) {
      program = input_.At(partition, step.id.offset);
      added = AddedBy(program);
    }
    if (step.id.step >= program.size()) {
      wrong(fmt::format("{} is on its way, and there is no such step", StepName(step.id)));
      continue;
    }
    if (i > 0 && on_their_way_[i - 1].id == step.id) wrong(fmt::format("{} is on its way twice", StepName(step.id)));
    CheckStep(step, program, wrong);
    sum += added[step.id.step];
  }
  return sum;
}

void ProgramAuditor::Judge(std::string_view line, Findings& findings) {
  walked_.EndOfLine();
  const auto wrong = [&](std::string_view what) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, what); });
  };
  if (!trouble_.empty()) wrong(trouble_);
  const auto coming = CheckOnItsWay(wrong);
  if (counts_ + coming.most < due_.least || counts_ + coming.least > due_.most) {
    wrong(fmt::format("the programs add {} to {}; the counts are {} in all, and {} to {} is on its way", due_.least,
                      due_.most, counts_, coming.least, coming.most));
  }
  Clear();
}

void ProgramAuditor::Clear() {
  versions_.assign(versions_.size(), 0);
  counts_ = 0;
  on_their_way_.clear();
  trouble_.clear();
}

}  // namespace holdfast::random_programs
