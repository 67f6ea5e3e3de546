#include "workloads/chain/oracle.h"

#include <initializer_list>

#include "core/base/hash.h"
#include "core/model/application_builder.h"
#include "workloads/oracles/state_reader.h"
#include "workloads/oracles/strange_record.h"

namespace holdfast::chain {
namespace {

constexpr std::string_view kRoot = "chain/root";
constexpr std::string_view kHop = "chain/hop";

// The words follow each other in memory as the definition wants them: eight bytes each, little-endian.
std::uint64_t HashOf(std::initializer_list<std::uint64_t> words) {
  return Hash64({reinterpret_cast<const char*>(words.begin()), words.size() * sizeof(std::uint64_t)});
}

std::string Text(const Join& join) {
  return fmt::format("{} answers after {} steps with digest {:016x}", join.answers, join.steps, join.digest);
}

bool Same(const Join& a, const Join& b) { return a.answers == b.answers && a.steps == b.steps && a.digest == b.digest; }

std::string Name(const Outcome& outcome) {
  return fmt::format("the outcome of record {}/{}", outcome.partition, outcome.offset);
}

}  // namespace

ChainOracle::ChainOracle(std::shared_ptr<const Application> application, std::shared_ptr<const ChainInput> input)
    : application_(std::move(application)),
      input_(std::move(input)),
      outcomes_(application_->FindEgress(kOutcomes.name).value()),
      partitions_(input_->partitions()),
      tallies_(input_->routes().options().instances) {}

void ChainOracle::Offered(PartitionId partition, std::uint64_t end) {
  auto& offered = partitions_.at(partition.value).offered;
  offered = std::max(offered, end);
}

void ChainOracle::WalkTo(PartitionId partition, std::uint64_t end) {
  auto& due = partitions_[partition.value].due;
  while (due.end() < end) due.Add(Walk(partition, due.end()));
}

Join ChainOracle::Walk(PartitionId partition, std::uint64_t offset) {
  const auto& routes = input_->routes();
  const auto payload = Hash64(input_->PayloadAt(partition, offset));
  Join join;
  for (Branch branch{partition, offset, 0}; branch.branch < routes.options().fan_out; ++branch.branch) {
    auto hash = HashOf({partition.value, offset, branch.branch});
    routes.ForEachStep(branch, [&](std::uint32_t step, std::uint64_t hop) {
      hash = HashOf({hash, Hash64(Routes::HopId(hop)), step, payload});
      tallies_[hop].visits += 1;
      tallies_[hop].digest += HashOf({partition.value, offset, branch.branch, step});
      ++join.steps;
    });
    join.digest += hash;
    ++join.answers;
  }
  return join;
}

void ChainOracle::See(const EgressRecord& record) {
  if (record.egress != outcomes_) return AddStrangeRecord(record, findings_);
  Outcome outcome;
  if (!Codec<Outcome>::Decode(record.value, outcome)) {
    findings_.Add(Damage::kPhantom, [&] { return fmt::format("{} bytes that are no outcome", record.value.size()); });
    return;
  }
  if (outcome.partition >= partitions_.size() || outcome.offset >= partitions_[outcome.partition].offered) {
    findings_.Add(Damage::kPhantom, [&] { return Name(outcome) + ": no such record was offered"; });
    return;
  }
  SeeOutcome(outcome, record);
}

void ChainOracle::SeeOutcome(const Outcome& outcome, const EgressRecord& record) {
  const PartitionId id(static_cast<std::uint16_t>(outcome.partition));
  auto& partition = partitions_[id.value];
  WalkTo(id, outcome.offset + 1);
  switch (partition.marks.Mark(outcome.offset, record.value)) {
    case SeenMarks::Sight::kSame:
      return findings_.Add(Damage::kDuplicate, [&] { return Name(outcome) + " came again"; });
    case SeenMarks::Sight::kOther:
      return findings_.Add(Damage::kContradictory, [&] { return Name(outcome) + " came again with other content"; });
    case SeenMarks::Sight::kFirst:
      break;
  }
  const auto due = partition.due.Take(outcome.offset);
  HOLDFAST_CHECK(due.has_value(), "record {}/{} was never walked", id, outcome.offset);
  ++seen_;
  const auto root = Routes::RootId(id, outcome.offset);
  if (record.key == root && Same(outcome.joined, *due)) return;
  findings_.Add(Damage::kContradictory, [&] {
    return fmt::format("{} for '{}' joins {}; due were {} for '{}'", Name(outcome), record.key, Text(outcome.joined),
                       Text(*due), root);
  });
}

void ChainOracle::Finish() {
  for (std::uint16_t p = 0; p < partitions_.size(); ++p) {
    WalkTo(PartitionId(p), partitions_[p].offered);
    partitions_[p].due.ForEach([&](std::uint64_t offset, const Join&) {
      findings_.Add(Damage::kMissing, [&] { return fmt::format("no outcome of record {}/{}", p, offset); });
    });
  }
}

void ChainOracle::Wrong(std::string_view function, std::string_view id, std::string_view why) {
  findings_.Add(Damage::kWrongState, [&] { return fmt::format("{} '{}': {}", function, id, why); });
}

void ChainOracle::CheckTally(std::string_view id, std::string_view record, std::vector<bool>& found) {
  const auto hop = NumberInId(id, "hop-");
  if (!hop || *hop >= found.size()) return Wrong(kHop, id, "there is no such hop");
  if (found[*hop]) Wrong(kHop, id, "its state was found twice");
  found[*hop] = true;
  const auto& spec = application_->functions()[application_->FindFunction(kHop).value().value];
  const auto tally = ReadState<Tally>(spec, record, "tally").value_or(Tally{});
  const auto& due = tallies_[*hop];
  if (tally.visits != due.visits) {
    return Wrong(kHop, id, fmt::format("it counts {} walks of {}", tally.visits, due.visits));
  }
  if (tally.digest != due.digest) Wrong(kHop, id, fmt::format("its {} walks were others", tally.visits));
}

void ChainOracle::CheckState(const ForEachAddress& for_each) {
  std::vector<bool> found(tallies_.size());
  for_each([&](std::string_view function, std::string_view id, std::string_view record) {
    if (function == kHop) return CheckTally(id, record, found);
    Wrong(function, id, "it has state, though all is answered");
  });
  for (std::size_t hop = 0; hop < found.size(); ++hop) {
    if (found[hop] || tallies_[hop].visits == 0) continue;
    Wrong(kHop, Routes::HopId(hop), fmt::format("it has no state after {} walks", tallies_[hop].visits));
  }
}

Ledger ChainOracle::ledger() const {
  std::uint64_t expected = 0;
  for (const auto& partition : partitions_) expected += partition.offered;
  return findings_.LedgerOf(expected, seen_);
}

}  // namespace holdfast::chain
