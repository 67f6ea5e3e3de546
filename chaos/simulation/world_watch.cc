// World: what is told to listeners alone. The workers' code tells nobody of its cuts and recoveries; what changed is
// seen by looking before and after each call.
#include "chaos/simulation/world.h"
#include "chaos/simulation/world_processes.h"

namespace holdfast {

std::optional<World::Standing> World::StandingOf(WorkerLife life) const {
  const auto* process = Find(life);
  if (process == nullptr || !process->worker) return std::nullopt;
  const auto& worker = *process->worker;
  return Standing{worker.phase(), worker.world_line(), worker.incarnation(), worker.counters().cuts};
}

void World::TellChanges(WorkerLife life, const Standing& before) const {
  const auto now = StandingOf(life);
  if (!now) return;
  const auto& worker = *Find(life)->worker;
  SimFacts facts{.place = AtWorker(life.id)};
  facts.header.world_line = now->world_line;
  facts.header.incarnation = now->incarnation;
  const auto tell = [&](SimFact fact, std::string_view what, std::string_view why = {}) {
    facts.fact = fact;
    scheduler_.Tell(what, TellOf(facts, why));
  };
  if (now->world_line != before.world_line || now->incarnation != before.incarnation) {
    tell(SimFact::kRestore, "back",
         fmt::format("becomes incarnation {} of world-line {}", now->incarnation, now->world_line));
  }
  if (now->cuts != before.cuts && worker.newest_cut()) {
    facts.snapshot = *worker.newest_cut();
    tell(SimFact::kCut, "cut", fmt::format("for snapshot {}", facts.snapshot));
  }
  if (now->phase == before.phase) return;
  if (now->phase == Worker::Phase::kRestored) TellRestored(life.id);
  if (now->phase == Worker::Phase::kRunning) tell(SimFact::kWorkerRuns, "runs");
  if (now->phase == Worker::Phase::kStopped) tell(SimFact::kStopped, "stopped", worker.reason());
}

void World::TellRestored(WorkerId id) const {
  const auto& worker = *workers_[id.value]->worker;
  const auto from = worker.restored_from();
  SimFacts facts{.fact = SimFact::kRestored,
                 .place = AtWorker(id),
                 .snapshot = from.value_or(SnapshotId{}),
                 .position = worker.log_tail().value};
  auto text = from ? fmt::format("from {}", *from) : std::string("from nothing");
  if (!parts_.protocol.traits.effect_log) return scheduler_.Tell("restored", TellOf(facts, text));
  facts.count = 1;
  scheduler_.Tell("restored", TellOf(facts, text + fmt::format(", log up to {}", worker.log_tail())));
  facts.fact = SimFact::kChannel;
  for (std::uint16_t i = 0; i < config_.workers; ++i) {
    if (WorkerId(i) == id) continue;
    facts.peer = AtWorker(WorkerId(i));
    facts.positions = worker.inbox().consumed(WorkerId(i));
    facts.sent = worker.outbox().sent(WorkerId(i));
    scheduler_.Tell("channel",
                    TellOf(facts, fmt::format("has consumed {} of worker {}, and sent it {}",
                                              fmt::join(facts.positions, " + "), i, fmt::join(facts.sent, " + "))));
  }
}

World::Expectation World::Expect(const Route& route, std::string_view bytes) const {
  const auto& worker = *Find(route.to)->worker;
  const auto frame = OpenFrame(bytes);
  return {frame.ok() ? frame->header : FrameHeader{}, worker.phase(), worker.world_line(), worker.inbox().fenced(),
          worker.counters().received};
}

void World::TellArrived(const Route& route, Expectation expected) const {
  const auto place = AtWorker(route.to.id);
  const auto* process = Find(route.to);
  if (process == nullptr) return TellDropped(place, route.flight, "it died of it");
  const auto& inbox = process->worker->inbox();
  auto& header = expected.header;
  if (expected.phase == Worker::Phase::kBooting) return TellDropped(place, route.flight, "it has no state yet");
  if (expected.phase == Worker::Phase::kStopped) return TellDropped(place, route.flight, "it has stopped");
  if (inbox.fenced() != expected.fenced) {
    return TellDropped(place, route.flight,
                       header.world_line == expected.world_line
                           ? fmt::format("fenced, incarnation {} was replaced", header.incarnation)
                           : fmt::format("fenced, of world-line {} in {}", header.world_line, expected.world_line));
  }
  SimFacts facts{.fact = SimFact::kArrived, .place = place, .peer = AtWorker(route.from.id), .flight = route.flight};
  if (header.kind == FrameKind::kData) {
    const auto news = static_cast<std::uint32_t>(process->worker->counters().received - expected.received);
    if (news == 0) return TellDropped(place, route.flight, "all of it came before, or something before it did not");
    header.first_sequence += header.count - news;
    header.count = news;
  }
  facts.header = header;
  scheduler_.Tell("arrived", TellOf(facts, fmt::format("{} from worker {}", FrameName(header), route.from.id)));
}

void World::TellArrived(SimPlace place, std::uint64_t flight, std::string_view bytes) const {
  if (!scheduler_.listening()) return;
  const auto message = DecodeControl(bytes);
  scheduler_.Tell("arrived", TellOf({.fact = SimFact::kArrived, .place = place, .flight = flight},
                                    message.ok() ? ControlKindName(message->kind) : message.error().message));
}

void World::TellDropped(SimPlace place, std::uint64_t flight, std::string_view why) const {
  if (!scheduler_.listening()) return;
  scheduler_.Tell("dropped", TellOf({.fact = SimFact::kDropped, .place = place, .flight = flight}, why));
}

}  // namespace holdfast
