// What the engine does when something comes in from the system under test.
#include <algorithm>

#include "core/ports/ingress.h"
#include "engines/holdfast/holdfast_engine.h"
#include "engines/steady_now.h"

namespace holdfast {

void HoldfastEngine::OnConnected(SystemSession& session) {
  if (session.incarnation() == options_.config.incarnation) session_ = &session;
}

void HoldfastEngine::OnSubscribe(SystemSession& session, PartitionId partition, std::uint64_t offset) {
  if (&session != session_) return;
  if (partition.value >= generator_.partitions()) {
    lost_ = MakeError(ErrorCode::kInvalidArgument, "it asks for ingress partition {} of {}", partition,
                      generator_.partitions());
    return;
  }
  if (offset == kFromReleased) offset = released_[partition];
  generator_.Subscribe(partition, offset);
  if (!recovering_) return;
  const auto sent = generator_.SentEnd(partition);
  log_.LastOf(FaultVerb::kKill)->replayed_records += sent > offset ? sent - offset : 0;
  recovering_ = !generator_.subscribed();
}

void HoldfastEngine::OnRelease(PartitionId partition, std::uint64_t offset) {
  auto& released = released_[partition];
  released = std::max(released, offset);
}

Result<std::uint64_t> HoldfastEngine::OnFence(WorkerId stream, EgressFence fence) {
  return collector_.Fence(stream, fence);
}

Status HoldfastEngine::OnCommit(WorkerId stream, EgressFence fence, std::uint64_t position, std::string_view records) {
  return collector_.Commit(stream, fence, position, records, SteadyNow());
}

void HoldfastEngine::OnEmit(WorkerId stream, EgressFence fence, std::string_view records) {
  collector_.Emit(stream, fence, records, SteadyNow()).Ignore();  // The collector counts what it refuses.
}

void HoldfastEngine::OnSnapshot(const EngineSnapshot& snapshot) {
  log_.snapshots.push_back(snapshot);
  if (snapshot.complete) log_.events.emplace_back(EngineEvent::kSnapshotComplete, snapshot.end);
}

EngineEvent HoldfastEngine::EventOf(SystemStep step) {
  switch (step) {
    case SystemStep::kSnapshotBegun:
      return EngineEvent::kSnapshotBegun;
    case SystemStep::kRestored:
      return EngineEvent::kRestored;
    case SystemStep::kFirstUnit:
      return EngineEvent::kFirstUnit;
    case SystemStep::kProcessStart:
      break;
  }
  return EngineEvent::kRestarted;
}

void HoldfastEngine::OnStep(SystemSession& session, SystemStep step, SteadyTime at,
                            std::optional<SnapshotId> snapshot) {
  if (&session != session_) return;
  log_.events.emplace_back(EventOf(step), at);
  auto* kill = log_.LastOf(FaultVerb::kKill);
  if (kill == nullptr) return;
  auto& recovery = *kill;
  switch (step) {
    case SystemStep::kProcessStart:
      recovery.restarted = at;
      return;
    case SystemStep::kRestored:
      recovery.restored = at;
      recovery.snapshot = snapshot;
      return;
    case SystemStep::kFirstUnit:
      recovery.first_unit = at;
      return;
    case SystemStep::kSnapshotBegun:
      return;
  }
}

void HoldfastEngine::OnNote(std::string_view key, std::string_view value) {
  if (key == kRollbackOffer) {
    offer_ = value;
    return;
  }
  if (key == kLastWords) {
    last_words_ = value;
    return;
  }
  for (auto& note : log_.notes) {
    if (note.first == key) {
      note.second = value;
      return;
    }
  }
  log_.notes.emplace_back(key, value);
}

void HoldfastEngine::OnDisconnected(SystemSession& session, const Error& why) {
  if (&session != session_) return;
  session_ = nullptr;
  const auto counters = session.Counters();
  past_ += counters;
  in_flight_at_loss_ = counters.units - counters.durable_units;
  if (killed_) {
    log_.LastOf(FaultVerb::kKill)->executed_not_durable = in_flight_at_loss_;
  } else {
    lost_ = why;
    lost_since_ = SteadyNow();
  }
}

}  // namespace holdfast
