#include "chaos/simulation/sim_ports.h"

#include <algorithm>

#include "chaos/simulation/describe.h"

namespace holdfast {

void SimLife::Post(Duration delay, std::function<void()> action) {
  scheduler_.After(delay, [life = shared_from_this(), action = std::move(action)]() mutable {
    life->Meet([life = life.get(), action = std::move(action)] { life->runner_(action); });
  });
}

void SimLife::Continue() {
  if (--pauses_ > 0 || waiting_.empty() || std::exchange(catching_up_, true)) return;
  scheduler_.After(Duration(0), [life = shared_from_this()] { life->DoWaiting(); });
}

void SimLife::DoWaiting() {
  catching_up_ = false;
  if (over_ || paused() || waiting_.empty()) return;
  const auto action = std::move(waiting_.front());
  waiting_.pop_front();
  action();
  if (over_ || paused() || waiting_.empty()) return;
  catching_up_ = true;
  scheduler_.After(Duration(0), [life = shared_from_this()] { life->DoWaiting(); });
}

void SimBackground::Run(Lane lane, std::function<Status()> work, std::function<void(Status)> done) {
  auto& jobs = lanes_[static_cast<std::size_t>(lane)];
  jobs.push_back({std::move(work), std::move(done)});
  if (jobs.size() == 1) StartNext(static_cast<std::size_t>(lane));
}

std::size_t SimBackground::pending() const {
  std::size_t jobs = 0;
  for (const auto& lane : lanes_) jobs += lane.size();
  return jobs;
}

void SimBackground::StartNext(std::size_t lane) {
  auto& random = life_->random();
  Duration delay(static_cast<std::int64_t>(random.Exponential(200'000)) + 20'000);
  if (random.Chance(slow_)) delay *= 100;
  life_->Post(delay, [this, lane] {
    auto& jobs = lanes_[lane];
    auto job = std::move(jobs.front());
    Duration longer{0};
    auto status = run_(job.work, longer);
    life_->scheduler().Note("job", lane * 2 + status.ok(), [&] {
      static constexpr std::array<std::string_view, kLanes> kNames{"log", "upload", "state", "spill"};
      return fmt::format("{}: {} job, {}", life_->name(), kNames[lane], status.ok() ? "done" : status.error().message);
    });
    life_->Post(Duration(life_->random().Between(1'000, 50'000)) + longer,
                [done = std::move(job.done), status = std::move(status)] { done(status); });
    jobs.pop_front();
    if (!jobs.empty()) StartNext(lane);
  });
}

void SimAsyncRunner::Start(AsyncOperationId operation, std::string request,
                           std::function<void(Result<std::string>)> done) {
  const Duration delay(static_cast<std::int64_t>(life_->random().Exponential(2'000'000)));
  life_->Post(delay, [this, operation, request = std::move(request), done = std::move(done)] {
    done(application_->async_operations()[operation.value].run(request));
  });
}

PartitionId SimTopic::Offer() { return PartitionId(static_cast<std::uint16_t>(offered_++ % open_partitions())); }

std::uint64_t SimTopic::offered(PartitionId partition) const {
  const auto partitions = open_partitions();
  if (partition.value >= partitions) return loop_->end(partition);
  return offered_ / partitions + (partition.value < offered_ % partitions ? 1 : 0);
}

void SimTopic::NoteSeek(PartitionId partition, std::uint64_t offset) {
  if (offset >= released_[partition] || !trouble_.empty()) return;
  trouble_ = fmt::format("partition {} was read again from {}, but released up to {}", partition, offset,
                         released_[partition]);
}

void SimIngress::Seek(PartitionId partition, std::uint64_t offset) {
  readers_[partition].next = offset == kFromReleased ? topic_.released(partition) : offset;
  if (!zombie_) topic_.NoteSeek(partition, readers_[partition].next);
  scheduler_.Note("seek", readers_[partition].next,
                  [&] { return fmt::format("partition {} from {}", partition, readers_[partition].next); });
}

std::span<const IngressRecord> SimIngress::Poll(PartitionId partition, std::size_t max) {
  auto& reader = readers_[partition];
  reader.views.clear();
  const auto end = std::min<std::uint64_t>(topic_.offered(partition), reader.next + max);
  if (reader.next >= end) return {};
  reader.records.resize(end - reader.next);
  for (auto& record : reader.records) {
    topic_.input().Record(partition, reader.next, record);
    reader.views.push_back({reader.next++, record.ingress, record.key, record.value});
  }
  scheduler_.Note("poll", end, [&] {
    const SimFacts facts{.fact = SimFact::kRead,
                         .place = AtWorker(reader_),
                         .partition = partition,
                         .position = end - reader.views.size(),
                         .count = reader.views.size()};
    return SimStory(facts, fmt::format("partition {} up to {}", partition, end));
  });
  return reader.views;
}

void SimIngress::Release(PartitionId partition, std::uint64_t offset) {
  auto& released = topic_.released(partition);
  released = std::max(released, offset);
}

}  // namespace holdfast
