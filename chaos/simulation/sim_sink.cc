#include "chaos/simulation/sim_sink.h"

#include <algorithm>

#include "chaos/simulation/describe.h"
#include "core/base/mutation.h"

namespace holdfast {

namespace {

bool Befalls(const SimFault& fault, SimFaultVerb verb, WorkerId worker) {
  const bool everybody = fault.target.role == SimFaultRole::kEverything;
  return fault.verb == verb && (everybody || fault.target.worker == worker);
}

}  // namespace

Duration SimSink::Delay(WorkerId worker) {
  Duration delay{0};
  for (const auto* fault : faults_) {
    if (!Befalls(*fault, SimFaultVerb::kSlowSink, worker)) continue;
    delay += Duration(streams_[worker.value].troubles.Between(0, fault->by.count()));
  }
  if (delay.count() > 0) probes_.Reach(SimProbe::kSinkSlow);
  return delay;
}

SimSink::Fate SimSink::Draw(WorkerId worker) {
  auto& troubles = streams_[worker.value].troubles;
  bool breaks = false;
  for (const auto* fault : faults_) {
    breaks |= Befalls(*fault, SimFaultVerb::kSinkErrors, worker) && troubles.Chance(fault->chance);
  }
  if (!breaks) return Fate::kDone;
  const bool carried_out = troubles.Chance(0.5);
  probes_.Reach(carried_out ? SimProbe::kSinkAnswerLost : SimProbe::kSinkRefused);
  scheduler_.Note("sink breaks", carried_out, [&] {
    return fmt::format("the connection of worker {}, {} it did what it was asked to", worker,
                       carried_out ? "after" : "before");
  });
  return carried_out ? Fate::kAnswerLost : Fate::kRefused;
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
    if (also_) also_(record);
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
  delay += sink_.Delay(worker_);
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
  Travel([life = life_, line = line_, &sink = sink_, worker = worker_, fence, done = std::move(done)] {
    line->broken = false;
    auto result = sink.Carry(worker, line->broken, [&] { return sink.Fence(worker, fence); });
    life->Post(Duration(50'000), [done, result = std::move(result)] { done(result); });
  });
}

void SimEgress::Commit(std::uint64_t position, EgressBytes records, Callback done) {
  const auto flight = Depart(position, records.size());
  Travel(
      [life = life_, line = line_, &sink = sink_, worker = worker_, fence = fence_, position,
       records = std::move(records), done = std::move(done)] {
        const auto commit = [&] { return sink.Commit(worker, fence, position, records.Joined()); };
        auto status = sink.Carry(worker, line->broken, commit);
        life->Post(Duration(50'000), [done, status = std::move(status)] { done(status); });
      },
      flight);
}

void SimEgress::Emit(EgressPiece records) {
  const auto flight = Depart(0, records.bytes().size());
  Travel([&sink = sink_, records = std::move(records)] { sink.Show(records.bytes()); }, flight);
}

}  // namespace holdfast
