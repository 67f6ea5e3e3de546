#include "chaos/simulation/sim_ports.h"

#include <algorithm>

#include "chaos/simulation/describe.h"
#include "core/base/mutation.h"

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
    auto status = run_(job.work);
    life_->scheduler().Note("job", lane * 2 + status.ok(), [&] {
      static constexpr std::array<std::string_view, kLanes> kNames{"log", "upload", "state", "spill"};
      return fmt::format("{}: {} job, {}", life_->name(), kNames[lane], status.ok() ? "done" : status.error().message);
    });
    life_->Post(Duration(life_->random().Between(1'000, 50'000)),
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

PartitionId SimTopic::Offer() { return PartitionId(static_cast<std::uint16_t>(offered_++ % input_->partitions())); }

std::uint64_t SimTopic::offered(PartitionId partition) const {
  const auto partitions = input_->partitions();
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
    reader.views.push_back({reader.next++, 0, record.key, record.value});
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

Result<std::uint64_t> SimSink::Fence(WorkerId worker, EgressFence fence) {
  auto& stream = streams_[worker.value];
  if (fence < stream.fence) {
    probes_.Reach(SimProbe::kZombieFenced);
    return MakeError(ErrorCode::kFenced, "worker {} was replaced", worker);
  }
  stream.fence = fence;
  return stream.committed;
}

Status SimSink::Commit(WorkerId worker, EgressFence fence, std::uint64_t position, std::string_view records) {
  auto& stream = streams_[worker.value];
  if (fence < stream.fence) {
    probes_.Reach(SimProbe::kZombieFenced);
    return MakeError(ErrorCode::kFenced, "worker {} was replaced", worker);
  }
  const bool repeated = position <= stream.committed;
  scheduler_.Note("commit", position ^ Hash64(records), [&] {
    const SimFacts facts{.fact = SimFact::kCommit,
                         .place = kAtSink,
                         .peer = AtWorker(worker),
                         .position = position,
                         .count = !repeated,
                         .bytes = records.size()};
    return SimStory(facts, fmt::format("worker {}, position {}, {} bytes{}", worker, position, records.size(),
                                       repeated ? ", a repetition" : ""));
  });
  if (HOLDFAST_MUTANT("sink-dedups-by-content")) {
    if (contents_.insert(Hash64(records)).second) Show(records);
    return {};
  }
  if (repeated) {
    probes_.Reach(SimProbe::kEgressRepeated);
    return {};
  }
  stream.committed = position;
  Show(records);
  return {};
}

void SimSink::Show(std::string_view records) {
  const auto before = scheduler_.listening() ? oracle_.findings().Text() : std::string();
  EgressRecord record;
  while (TakeEgressRecord(records, record)) {
    ++visible_;
    oracle_.See(record);
  }
  if (scheduler_.listening()) TellObjection(before);
}

// What the oracle says now and did not say before.
void SimSink::TellObjection(std::string_view before) const {
  const auto after = oracle_.findings().Text();
  if (after == before) return;
  std::string news;
  for (std::string_view rest = after; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n') + 1);
    rest.remove_prefix(line.size());
    if (line.starts_with("  ") && before.find(line) == std::string_view::npos) news += line.substr(2);
  }
  while (news.ends_with('\n')) news.pop_back();
  scheduler_.Tell("objection", {{.fact = SimFact::kObjection, .place = kAtSink}, news.empty() ? "more damage" : news});
}

namespace {

void TellEnd(const SimScheduler& scheduler, std::uint64_t flight, bool lost) {
  const SimFacts facts{.fact = lost ? SimFact::kDropped : SimFact::kArrived, .place = kAtSink, .flight = flight};
  scheduler.Tell(lost ? "dropped" : "arrived", TellOf(facts, lost ? "the sender died" : ""));
}

}  // namespace

SteadyTime SimEgress::Arrival() {
  Duration delay(life_->random().Between(10'000, 400'000));
  // Its sender may be replaced by then.
  if (late_.count() > 0 && life_->random().Chance(0.05)) delay += Duration(life_->random().Between(0, late_.count()));
  last_arrival_ = std::max(last_arrival_, life_->scheduler().Now() + delay);
  return last_arrival_;
}

std::uint64_t SimEgress::Depart(std::uint64_t position, std::uint64_t bytes) {
  auto& scheduler = life_->scheduler();
  const auto flight = scheduler.NewFlight();
  if (!scheduler.listening()) return flight;
  const SimFacts facts{.fact = SimFact::kEgress,
                       .place = AtWorker(worker_),
                       .peer = kAtSink,
                       .flight = flight,
                       .position = position,
                       .bytes = bytes};
  scheduler.Tell("egress", {facts, fmt::format("worker {} -> sink: position {}, {} bytes", worker_, position, bytes)});
  return flight;
}

void SimEgress::Travel(std::function<void()> arrive, std::uint64_t flight) {
  life_->scheduler().At(Arrival(), [life = life_, line = line_, &sink = sink_, flight, arrive = std::move(arrive)] {
    if (life->over() && !line->cut) {
      line->cut = life->random().Chance(0.5);
      if (line->cut) sink.probes().Reach(SimProbe::kEgressCutOff);
    }
    if (flight != 0 && life->scheduler().listening()) TellEnd(life->scheduler(), flight, line->cut);
    if (!line->cut) arrive();
  });
}

void SimEgress::Fence(EgressFence fence, std::function<void(Result<std::uint64_t>)> done) {
  fence_ = fence;
  Travel([this, life = life_, &sink = sink_, worker = worker_, fence, done = std::move(done)] {
    auto result = sink.Fence(worker, fence);
    life->Post(Duration(50'000), [done, result = std::move(result)] { done(result); });
  });
}

void SimEgress::Commit(std::uint64_t position, EgressBytes records, Callback done) {
  const auto flight = Depart(position, records.size());
  Travel(
      [life = life_, &sink = sink_, worker = worker_, fence = fence_, position, records = std::move(records),
       done = std::move(done)] {
        auto status = sink.Commit(worker, fence, position, records.Joined());
        life->Post(Duration(50'000), [done, status = std::move(status)] { done(status); });
      },
      flight);
}

void SimEgress::Emit(EgressPiece records) {
  const auto flight = Depart(0, records.bytes().size());
  Travel([&sink = sink_, records = std::move(records)] { sink.Show(records.bytes()); }, flight);
}

}  // namespace holdfast
