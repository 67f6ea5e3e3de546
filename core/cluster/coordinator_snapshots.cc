// Coordinator: snapshots, from the trigger to the manifest and beyond.
#include <algorithm>

#include "core/base/mutation.h"
#include "core/cluster/coordinator.h"

namespace holdfast {
namespace {

// kFenced if another coordinator than the one that began with `coordinator` has raised its fence.
Status CheckInForce(ObjectStore& objects, WorldLine coordinator) {
  HOLDFAST_ASSIGN(const auto bytes, objects.Get(kClusterRecordName));
  HOLDFAST_ASSIGN(const auto record, DecodeClusterRecord(bytes));
  if (record.coordinator == coordinator) return {};
  return MakeError(ErrorCode::kFenced, "another coordinator has taken over, in world-line {}", record.world_line);
}

}  // namespace

void Coordinator::Tick() {
  if (failed_) return;
  const auto now = ports_.clock.Now();
  if (swap_ && swap_->retry.at && *swap_->retry.at <= now) SwapRecord();
  std::vector<SnapshotIndex> again;
  for (const auto& [index, attempt] : attempts_) {
    if (attempt.retry.at && *attempt.retry.at <= now) again.push_back(index);
  }
  for (const auto index : again) Store(index);
  std::vector<SnapshotIndex> late;
  for (const auto& [index, attempt] : attempts_) {
    if (attempt.deadline <= now && !attempt.storing) late.push_back(index);
  }
  for (const auto index : late) Abort(index, "it took longer than the time-out");
  BeginDue();
}

Duration Coordinator::NextWake() const {
  auto wake = options_.interval;
  const auto now = ports_.clock.Now();
  for (const auto next : next_trigger_) wake = std::min(wake, next - now);
  for (const auto& [index, attempt] : attempts_) {
    if (!attempt.storing) wake = std::min(wake, attempt.deadline - now);
    if (attempt.retry.at) wake = std::min(wake, *attempt.retry.at - now);
  }
  if (swap_ && swap_->retry.at) wake = std::min(wake, *swap_->retry.at - now);
  // Overdue work waits for an answer, not for the time: look again soon, not at once.
  return std::max<Duration>(wake, std::chrono::milliseconds(1));
}

void Coordinator::BeginDue() {
  if (swap_ || !to_restore_.empty()) return;
  const auto now = ports_.clock.Now();
  std::vector<SnapshotIndex> due;
  if (traits_.snapshots_are_global) {
    if (!attempts_.empty() || !All(Standing::kRunning) || next_trigger_[0] > now) return;
    std::vector<WorkerId> all;
    for (std::uint16_t i = 0; i < options_.workers; ++i) all.emplace_back(i);
    due.push_back(NewAttempt(std::move(all)));
  } else {
    for (std::uint16_t i = 0; i < options_.workers; ++i) {
      const bool open = std::any_of(attempts_.begin(), attempts_.end(),
                                    [i](const auto& entry) { return entry.second.members.front() == WorkerId(i); });
      if (open || members_[i].standing != Standing::kRunning || next_trigger_[i] > now) continue;
      due.push_back(NewAttempt({WorkerId(i)}));
    }
  }
  if (!due.empty()) Begin(due);
}

SnapshotIndex Coordinator::NewAttempt(std::vector<WorkerId> members) {
  const auto now = ports_.clock.Now();
  for (const auto member : members) next_trigger_[member.value] = now + options_.interval;
  newest_ = newest_.Next();
  Attempt attempt;
  attempt.id = {record_.world_line, newest_};
  attempt.members = std::move(members);
  attempt.triggered_at = ports_.clock.AppNow().millis;
  attempt.deadline = now + options_.timeout;
  attempt.protocol = factory_.make_coordinator();
  observer_.OnTriggered(attempt.id);
  attempts_.emplace(newest_, std::move(attempt));
  return newest_;
}

// The record names them first: what completes without its knowledge does not count.
void Coordinator::Begin(const std::vector<SnapshotIndex>& due) {
  if (traits_.restore == RestoreScope::kNothing) {
    for (const auto index : due) Step(index, CoordinatorEvent::Kind::kBegin);
    attempts_.clear();  // Nothing will come back.
    return;
  }
  auto next = record_;
  next.kept = catalog_.ids();
  for (const auto& [index, attempt] : attempts_) {
    if (!HOLDFAST_MUTANT("snapshot-not-recorded")) next.kept.push_back(attempt.id);
  }
  const auto trigger = [this, due] {
    for (const auto index : due) {
      if (attempts_.contains(index)) Step(index, CoordinatorEvent::Kind::kBegin);  // Else a worker failed meanwhile.
    }
  };
  swap_ = Swap{std::move(next), trigger, {}};
  SwapRecord();
}

Coordinator::Attempt* Coordinator::FindAttempt(const ControlMessage& message) {
  const auto attempt = attempts_.find(message.snapshot.index);
  if (attempt == attempts_.end() || attempt->second.id != message.snapshot) return nullptr;
  const auto& members = attempt->second.members;
  const bool member = std::find(members.begin(), members.end(), message.worker) != members.end();
  return member ? &attempt->second : nullptr;
}

void Coordinator::Step(SnapshotIndex index, CoordinatorEvent::Kind event) {
  auto& attempt = attempts_.at(index);
  CoordinatorActions actions;
  attempt.protocol->Step({event}, actions);
  for (const auto action : actions) {
    switch (action) {
      case CoordinatorAction::kTrigger:
        Send(ControlKind::kTrigger, attempt);
        break;
      case CoordinatorAction::kResume:
        Send(ControlKind::kResume, attempt);
        break;
      case CoordinatorAction::kStoreManifest:
        if (HOLDFAST_MUTANT("complete-before-manifest")) Send(ControlKind::kComplete, attempt);
        Store(index);
        break;
      case CoordinatorAction::kComplete:
        Send(ControlKind::kComplete, attempt);
        break;
    }
  }
}

void Coordinator::Send(ControlKind kind, const Attempt& attempt) {
  for (const auto member : attempt.members) {
    ControlMessage message;
    message.kind = kind;
    message.snapshot = attempt.id;
    if (const auto oldest = catalog_.OldestFor(member); oldest && kind == ControlKind::kComplete) {
      message.number = oldest->Packed();
    }
    SendTo(member, std::move(message));
  }
}

Manifest Coordinator::ManifestOf(const Attempt& attempt) const {
  Manifest manifest;
  manifest.id = attempt.id;
  manifest.protocol = traits_.name;
  manifest.name_table = record_.name_table;
  manifest.workers = options_.workers;
  manifest.triggered_at = attempt.triggered_at;
  manifest.completed_at = ports_.clock.AppNow().millis;
  for (const auto& [worker, part] : attempt.parts) manifest.parts.push_back(part);
  return manifest;
}

void Coordinator::Store(SnapshotIndex index) {
  auto& attempt = attempts_.at(index);
  attempt.storing = true;
  attempt.retry.at.reset();
  auto manifest = ManifestOf(attempt);
  const auto store = [&objects = ports_.objects, manifest, coordinator = record_.coordinator]() -> Status {
    const auto status = WriteObject(objects, ManifestName(manifest.id), EncodeManifest(manifest));
    // Ids are never used twice: if it is there, an earlier try wrote it.
    if (!status.ok() && status.error().code != ErrorCode::kAlreadyExists) return status;
    // A successor raises its fence before it reads the manifests: if there is no fence now, it will see this one.
    return CheckInForce(objects, coordinator);
  };
  ports_.background.Run(Background::Lane::kUpload, store,
                        [this, manifest = std::move(manifest)](const Status& status) { Stored(manifest, status); });
}

void Coordinator::Stored(const Manifest& manifest, const Status& status) {
  const auto attempt = attempts_.find(manifest.id.index);
  if (failed_ || attempt == attempts_.end() || attempt->second.id != manifest.id) return;  // A rollback came first.
  if (status.ok()) return Announce(manifest);
  // It may be durable in spite of the error: only trying again is safe.
  if (Passes(status.error())) return TryAgainLater(attempt->second.retry, status.error());
  Fail(fmt::format("snapshot {} could not be completed: {}", manifest.id, status.error().message));
}

void Coordinator::Announce(const Manifest& manifest) {
  catalog_.Add(manifest);
  ++completed_;
  auto expired = catalog_.TakeExpired(options_.retained);
  observer_.OnComplete(manifest);
  Step(manifest.id.index, CoordinatorEvent::Kind::kStored);
  attempts_.erase(manifest.id.index);
  if (!expired.empty()) {
    const auto clean = [&objects = ports_.objects, expired = std::move(expired),
                        coordinator = record_.coordinator]() -> Status {
      HOLDFAST_TRY(CheckInForce(objects, coordinator));  // A successor may need what this one does not.
      for (const auto& old : expired) HOLDFAST_TRY(DeleteSnapshot(objects, old));
      return {};
    };
    // What cannot be deleted now is a left-over for the next start.
    ports_.background.Run(Background::Lane::kUpload, clean, [](const Status& cleaned) { cleaned.Ignore(); });
  }
  Tick();
}

void Coordinator::Abort(SnapshotIndex index, std::string_view reason) {
  const auto attempt = attempts_.find(index);
  ++aborted_;
  observer_.OnAborted(attempt->second.id, reason);
  Send(ControlKind::kAbort, attempt->second);
  if (HOLDFAST_MUTANT("aborted-id-reused") && newest_ == index) --newest_.value;
  attempts_.erase(attempt);
}

void Coordinator::DropAttemptsOf(const std::set<WorkerId>& workers) {
  std::erase_if(attempts_, [&](const auto& entry) {
    const auto& members = entry.second.members;
    const bool hit = std::any_of(members.begin(), members.end(), [&](WorkerId w) { return workers.contains(w); });
    if (hit) ++aborted_;
    if (hit) observer_.OnAborted(entry.second.id, "a worker failed");
    return hit;
  });
}

}  // namespace holdfast
