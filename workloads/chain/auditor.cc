#include "workloads/chain/auditor.h"

#include <array>

#include "core/base/hash.h"
#include "workloads/oracles/state_reader.h"

namespace holdfast::chain {
namespace {

std::string Name(std::uint32_t partition, std::uint64_t offset) {
  return fmt::format("record {}/{}", partition, offset);
}

PartitionId IdOf(std::uint32_t partition) { return PartitionId(static_cast<std::uint16_t>(partition)); }

}  // namespace

ChainAuditor::ChainAuditor(std::shared_ptr<const Application> application, std::shared_ptr<const ChainInput> input)
    : application_(std::move(application)),
      input_(std::move(input)),
      start_type_(application_->ValueTypeOf<Start>().value()),
      walk_type_(application_->ValueTypeOf<Walk>().value()),
      answer_type_(application_->ValueTypeOf<Answer>().value()),
      due_(input_->routes().options().instances),
      walked_(input_->partitions(), [this](PartitionId partition, std::uint64_t offset,
                                           int sign) { AddRecord(due_, partition, offset, sign); }),
      found_(due_.size()) {}

void ChainAuditor::AddSteps(std::vector<Tally>& tallies, const Branch& branch, std::uint32_t first, int sign) const {
  const auto times = static_cast<std::uint64_t>(sign);
  input_->routes().ForEachStep(branch, [&](std::uint32_t step, std::uint64_t hop) {
    if (step < first) return;
    const std::array<std::uint64_t, 4> words{branch.partition.value, branch.offset, branch.branch, step};
    tallies[hop].visits += times;
    tallies[hop].digest += times * Hash64({reinterpret_cast<const char*>(words.data()), sizeof words});
  });
}

void ChainAuditor::AddRecord(std::vector<Tally>& tallies, PartitionId partition, std::uint64_t offset, int sign) const {
  Branch branch{partition, offset, 0};
  for (; branch.branch < input_->routes().options().fan_out; ++branch.branch) AddSteps(tallies, branch, 1, sign);
}

void ChainAuditor::Row(std::string_view function, std::string_view id, std::string_view record) {
  if (function == "chain/hop") return TakeHop(id, record);
  if (function == "chain/root") return TakeRoot(id, record);
  Blame([&] { return fmt::format("a state of '{}', which is no function", function); });
}

void ChainAuditor::TakeHop(std::string_view id, std::string_view record) {
  const auto hop = NumberInId(id, "hop-");
  if (!hop || *hop >= found_.size()) return Blame([&] { return fmt::format("there can be no '{}'", id); });
  const auto& spec = application_->functions()[application_->FindFunction("chain/hop").value().value];
  const auto tally = ReadState<Tally>(spec, record, "tally").value_or(Tally{});
  found_[*hop].visits += tally.visits;
  found_[*hop].digest += tally.digest;
}

void ChainAuditor::TakeRoot(std::string_view id, std::string_view record) {
  const auto dash = id.rfind('-');
  const auto partition = dash == id.npos ? std::nullopt : NumberInId(id.substr(0, dash), "root-");
  const auto offset = dash == id.npos ? std::nullopt : NumberInId(id.substr(dash), "-");
  if (!partition || !offset || *partition >= walked_.partitions()) {
    return Blame([&] { return fmt::format("there can be no '{}'", id); });
  }
  const auto& spec = application_->functions()[application_->FindFunction("chain/root").value().value];
  const auto join = ReadState<Join>(spec, record, "join");
  if (!join) return;
  auto& open = open_[{static_cast<std::uint32_t>(*partition), *offset}];
  if (open.waits) Blame([&] { return fmt::format("'{}' has two states", id); });
  open.waits = true;
  open.answers = join->answers;
}

void ChainAuditor::Message(const InTransit& transit) {
  const auto& message = transit.message;
  if (transit.where != InTransit::Where::kOperation) {
    if (message.value_type == start_type_) return TakeStart(message);
    if (message.value_type == walk_type_) return TakeWalk(message);
    if (message.value_type == answer_type_) return TakeAnswer(message);
  }
  Blame([] { return "something is on its way that nobody sends"; });
}

void ChainAuditor::TakeStart(const EnvelopeView& message) {
  Start start;
  if (!Codec<Start>::Decode(message.payload, start) || start.partition >= walked_.partitions()) {
    return Blame([] { return "a record does not parse"; });
  }
  auto& open = open_[{start.partition, start.offset}];
  if (open.starting) return Blame([&] { return Name(start.partition, start.offset) + " is on its way twice"; });
  open.starting = true;
  AddRecord(found_, IdOf(start.partition), start.offset, 1);
}

bool ChainAuditor::NoteBranch(std::uint32_t partition, std::uint64_t offset, std::uint32_t branch) {
  if (partition >= walked_.partitions() || branch >= input_->routes().options().fan_out) {
    Blame([&] { return fmt::format("{} has no branch {}", Name(partition, offset), branch); });
    return false;
  }
  if (!branches_.insert({partition, offset, branch}).second) {
    Blame([&] { return fmt::format("branch {} of {} is on its way twice", branch, Name(partition, offset)); });
  }
  ++open_[{partition, offset}].branches;
  return true;
}

void ChainAuditor::TakeWalk(const EnvelopeView& message) {
  Walk walk;
  if (!Codec<Walk>::Decode(message.payload, walk)) return Blame([] { return "a walk does not parse"; });
  if (!NoteBranch(walk.partition, walk.offset, walk.branch)) return;
  const Branch branch{IdOf(walk.partition), walk.offset, walk.branch};
  std::string receiver;
  input_->routes().ForEachStep(branch, [&](std::uint32_t step, std::uint64_t hop) {
    if (step == walk.step) receiver = Routes::HopId(hop);
  });
  if (message.target.id != receiver) {
    Blame([&] {
      return fmt::format("step {} of branch {} of {} is on its way to '{}', not to '{}'", walk.step, walk.branch,
                         Name(walk.partition, walk.offset), message.target.id, receiver);
    });
  }
  AddSteps(found_, branch, walk.step, 1);
}

void ChainAuditor::TakeAnswer(const EnvelopeView& message) {
  Answer answer;
  if (!Codec<Answer>::Decode(message.payload, answer)) return Blame([] { return "an answer does not parse"; });
  NoteBranch(answer.partition, answer.offset, answer.branch);
}

void ChainAuditor::JudgeOpen(const Place& place, const Open& open) {
  const auto& [partition, offset] = place;
  if (offset >= walked_.end(IdOf(partition))) {
    return Blame([&] { return Name(partition, offset) + " has consequences, but is beyond the positions: an orphan"; });
  }
  const std::uint64_t due = open.starting ? 0 : input_->routes().options().fan_out;
  if (open.waits == !open.starting && open.answers + open.branches == due) return;
  Blame([&] {
    return fmt::format("{} {} on its way, its root {}, has {} answers, and {} branches are on their way; it has {}",
                       Name(partition, offset), open.starting ? "is" : "is not", open.waits ? "waits" : "does not wait",
                       open.answers, open.branches, input_->routes().options().fan_out);
  });
}

void ChainAuditor::Judge(std::string_view line, Findings& findings) {
  walked_.EndOfLine();
  for (const auto& [place, open] : open_) JudgeOpen(place, open);
  for (std::size_t hop = 0; hop < due_.size(); ++hop) {
    const auto& [visits, digest] = due_[hop];
    if (found_[hop].visits == visits && found_[hop].digest == digest) continue;
    Blame([&] {
      return fmt::format("{} walks were to come by hop-{}; {} did or still will{}", visits, hop, found_[hop].visits,
                         found_[hop].visits == visits ? ", but others" : "");
    });
  }
  for (const auto& what : trouble_) {
    findings.Add(Damage::kInconsistentLine, [&] { return fmt::format("{}: {}", line, what); });
  }
  found_.assign(found_.size(), {});
  open_.clear();
  branches_.clear();
  trouble_.clear();
}

}  // namespace holdfast::chain
