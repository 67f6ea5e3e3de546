#include "workloads/suite/runner/answers.h"

#include <algorithm>

namespace holdfast {

Answers::Answers(const PointObservation& seen, Oracle& oracle, ElleHistory* history) : seen_(seen), history_(history) {
  const auto& generator = *seen.generator;
  for (std::uint16_t p = 0; p < generator.offered_partitions(); ++p) {
    const PartitionId partition(p);
    first_visible_.emplace_back(std::max(generator.ToOffer(partition), generator.SentEnd(partition)));
    offered_.push_back(0);
  }
  if (!seen.faults.empty() || !seen.log.recoveries.empty()) oracle.Disturbed();
  const auto sets_clock = [](const AppliedFault& fault) {
    return fault.planned.fault.verb == FaultVerb::kTrouble && IsClockTrouble(fault.planned.fault.trouble);
  };
  if (std::ranges::any_of(seen.faults, sets_clock)) oracle.ClocksDisagree();
  seen.collector->ReadOut([&](const Collector::Visible& visible) {
    auto rest = visible.records;
    for (EgressRecord output; TakeEgressRecord(rest, output);) See(output, (visible.at - seen.zero).count(), oracle);
  });
  for (std::uint16_t p = 0; p < generator.offered_partitions(); ++p) {
    oracle.Offered(PartitionId(p), generator.SentEnd(PartitionId(p)));
  }
  for (auto p = generator.offered_partitions(); p < generator.partitions(); ++p) {
    oracle.Offered(PartitionId(p), generator.loop()->end(PartitionId(p)));
  }
  for (const auto& entry : seen.log.ledger) oracle.Booked(entry);
  oracle.Finish();
}

std::int64_t& Answers::Instants::At(std::uint64_t offset) {
  auto& page = pages_[offset / kPage];
  if (!page) {
    page = std::make_unique<Page>();
    page->fill(kNotSeen);
  }
  return (*page)[offset % kPage];
}

void Answers::See(const EgressRecord& output, std::int64_t at, Oracle& oracle) {
  const auto cause = seen_.bench_load.cause(output);
  const bool known =
      cause && cause->partition.value < offered_.size() && cause->offset < seen_.generator->SentEnd(cause->partition);
  if (known) {
    // No further than needed: what an oracle has been told of and not seen yet costs it memory.
    auto& offered = offered_[cause->partition.value];
    if (cause->offset >= offered) oracle.Offered(cause->partition, offered = cause->offset + 1);
    auto& first = first_visible_[cause->partition.value].At(cause->offset);
    if (first == kNotSeen) first = at;
    if (history_ != nullptr) {
      const auto record = At(cause->partition, cause->offset);
      history_->See(output, Duration(record.sent.value_or(record.intended)), Duration(at));
    }
  }
  if (history_ != nullptr && !cause) history_->See(output, Duration::zero(), Duration(at));
  oracle.See(output);
}

Answers::Record Answers::At(PartitionId partition, std::uint64_t offset) const {
  Record record;
  auto& generator = *seen_.generator;
  if (generator.timed()) {
    record.intended = generator.Intended(partition, offset).count();
    if (const auto delay = generator.FirstSent(partition, offset)) record.sent = record.intended + delay->count();
  }
  if (const auto at = first_visible_[partition.value].Get(offset); at != kNotSeen) record.visible = at;
  return record;
}

}  // namespace holdfast
