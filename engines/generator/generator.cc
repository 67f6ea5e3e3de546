#include "engines/generator/generator.h"

#include <algorithm>
#include <limits>

#include "core/base/check.h"

namespace holdfast {

namespace {
constexpr std::int64_t kStep = 100;  // Nanoseconds.
}  // namespace

Generator::Generator(Options options) : options_(std::move(options)), partitions_(options_.input->partitions()) {
  if (!timed()) return;
  for (std::uint16_t p = 0; p < offered_partitions(); ++p) {
    partitions_[p].end = options_.schedule.CountBefore(PartitionId(p), options_.end);
    MoveTo(PartitionId(p), 0);
  }
}

void Generator::MoveTo(PartitionId partition, std::uint64_t offset) {
  auto& walk = partitions_[partition.value];
  walk.next = offset;
  if (timed() && !HoldsAnswers(partition) && offset < walk.end) walk.next_due = Intended(partition, offset).count();
}

void Generator::Subscribe(PartitionId partition, std::uint64_t offset) {
  HOLDFAST_CHECK(partition.value < partitions_.size(), "partition {} of {}", partition, partitions_.size());
  partitions_[partition.value].subscribed = true;
  partitions_[partition.value].up_to_date = false;
  MoveTo(partition, offset);
}

void Generator::Unsubscribe() {
  for (auto& walk : partitions_) walk.subscribed = false;
  under_way_ = 0;
}

bool Generator::subscribed() const {
  return std::all_of(partitions_.begin(), partitions_.end(), [](const auto& walk) { return walk.subscribed; });
}

SteadyTime Generator::NextDue(PartitionId partition, std::uint64_t taken) const {
  const auto& walk = partitions_[partition.value];
  if (!zero_ || !walk.subscribed) return kNotDue;
  if (HoldsAnswers(partition)) return walk.next < loop()->end(partition) ? *zero_ : kNotDue;
  if (!timed()) return under_way_ - taken < options_.in_flight ? *zero_ : kNotDue;
  return walk.next < walk.end ? SteadyTime{zero_->nanos + walk.next_due} : kNotDue;
}

bool Generator::Take(PartitionId partition, SteadyTime now, std::uint64_t taken, std::size_t max_bytes,
                     const Encoder& encode, Batch& batch) {
  auto& walk = partitions_[partition.value];
  batch.partition = partition;
  batch.first = walk.next;
  batch.count = 0;
  batch.records.clear();
  batch.due.clear();
  batch.up_to_date = walk.up_to_date;
  if (!zero_) return false;
  while (batch.records.size() < max_bytes && !Over(partition, now) && NextDue(partition, taken) <= now) {
    options_.input->Record(partition, walk.next, record_);
    encode(batch.records, record_);
    if (timed() && !HoldsAnswers(partition)) batch.due.push_back(walk.next_due);
    ++batch.count;
    ++under_way_;
    MoveTo(partition, walk.next + 1);
  }
  if (NextDue(partition, taken) > now) walk.up_to_date = true;
  return batch.count > 0;
}

void Generator::Sent(const Batch& batch, SteadyTime now) {
  auto& walk = partitions_[batch.partition.value];
  const auto at = now.nanos - zero_->nanos;
  for (std::uint64_t i = 0; i < batch.due.size(); ++i) {
    const auto due = batch.due[i];
    if (batch.first + i < walk.sent) continue;  // A replay.
    NoteFirstSent(walk, batch.first + i, at - due);
    if (batch.up_to_date && due >= options_.warm_up.count()) lag_.Record(at - due);
  }
  walk.sent = std::max(walk.sent, batch.first + batch.count);
}

void Generator::NoteFirstSent(Partition& walk, std::uint64_t offset, std::int64_t delay) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max() - 1;
  while (walk.first_sent.size() <= offset / kPage) walk.first_sent.push_back(std::make_unique<Page>());
  (*walk.first_sent[offset / kPage])[offset % kPage] =
      static_cast<std::uint32_t>(1 + std::clamp<std::int64_t>(delay / kStep, 0, kMost));
}

std::optional<Duration> Generator::FirstSent(PartitionId partition, std::uint64_t offset) const {
  const auto& pages = partitions_[partition.value].first_sent;
  if (offset / kPage >= pages.size()) return std::nullopt;
  const auto steps = (*pages[offset / kPage])[offset % kPage];
  if (steps == 0) return std::nullopt;
  return Duration((static_cast<std::int64_t>(steps) - 1) * kStep);
}

Duration Generator::Behind(SteadyTime now) const {
  std::int64_t behind = 0;
  if (!timed() || !zero_) return Duration(behind);
  for (std::uint16_t p = 0; p < offered_partitions(); ++p) {
    const auto& walk = partitions_[p];
    if (!walk.subscribed || walk.next < walk.sent || walk.next >= walk.end) continue;
    behind = std::max(behind, now.nanos - zero_->nanos - walk.next_due);
  }
  return Duration(behind);
}

std::uint64_t Generator::sent() const {
  std::uint64_t sum = 0;
  for (std::uint16_t p = 0; p < offered_partitions(); ++p) sum += partitions_[p].sent;
  return sum;
}

std::uint64_t Generator::to_offer() const {
  std::uint64_t sum = 0;
  for (const auto& walk : partitions_) sum += walk.end;
  return sum;
}

bool Generator::Over(PartitionId partition, SteadyTime now) const {
  const auto& walk = partitions_[partition.value];
  if (HoldsAnswers(partition)) return walk.next >= loop()->end(partition);
  if (timed()) return walk.next >= walk.end;
  return zero_ && now >= *zero_ + options_.end && walk.next >= walk.sent;
}

bool Generator::Done(SteadyTime now) const {
  bool done = true;
  for (std::uint16_t p = 0; p < partitions(); ++p) {
    done = done && partitions_[p].subscribed && Over(PartitionId(p), now);
  }
  return done;
}

}  // namespace holdfast
