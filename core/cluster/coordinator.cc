// Coordinator: starts, failures and recovery.
#include "core/cluster/coordinator.h"

#include <algorithm>

#include "core/base/mutation.h"

namespace holdfast {

Coordinator::Coordinator(std::shared_ptr<const Application> application, const ProtocolFactory& protocol,
                         const CoordinatorOptions& options, const CoordinatorPorts& ports,
                         CoordinatorObserver& observer)
    : application_(std::move(application)),
      factory_(protocol),
      traits_(protocol.traits),
      options_(options),
      ports_(ports),
      observer_(observer),
      members_(options.workers),
      next_trigger_(options.workers) {}

// The fence first: once it is durable, no predecessor calls a snapshot complete that is not in the catalog read next.
// Only the second swap gives up what the catalog left out; a crash before it changes nothing but numbers.
Status Coordinator::Boot() {
  HOLDFAST_TRY(RaiseFence());
  HOLDFAST_TRY(catalog_.Open(ports_.objects, *application_, traits_, record_, options_.accept_rollback));
  record_.kept = catalog_.ids();
  if (options_.accept_rollback) record_.rolled_back = record_.world_line;
  record_.protocol = traits_.name;
  record_.name_table = application_->NameTable();
  HOLDFAST_TRY(WriteRecord(record_bytes_));
  catalog_.Sweep(ports_.objects).Ignore();  // What cannot be deleted now is a left-over for the next start.
  return {};
}

// A predecessor that is alive changes the record with each snapshot that it begins: then it is read once more. Not if
// the other is a successor, too: one of two that start at the same moment goes.
Status Coordinator::RaiseFence() {
  std::optional<WorldLine> predecessor;
  Status outrun;
  for (int tries = 0; tries < kFenceTries; ++tries) {
    HOLDFAST_ASSIGN(const auto stored, ReadRecord());
    HOLDFAST_TRY(CheckRecord());
    if (!outrun.ok() && predecessor != record_.coordinator) return outrun;
    if (stored) predecessor = record_.coordinator;
    record_.world_line = record_.world_line.Next();
    record_.coordinator = record_.world_line;
    for (auto& incarnation : record_.incarnations) incarnation = incarnation.Next();
    outrun = WriteRecord(stored);
    if (outrun.ok() || outrun.error().code != ErrorCode::kRefused) return outrun;
  }
  return outrun;
}

// Fills in record_ and returns its bytes; nothing if the store is new.
Result<std::optional<std::string>> Coordinator::ReadRecord() {
  const auto bytes = ports_.objects.Get(kClusterRecordName);
  if (bytes.ok()) {
    auto record = DecodeClusterRecord(*bytes);
    if (!record.ok()) return Error(record.error()).At(kClusterRecordName);
    record_ = std::move(*record);
    return std::optional(*bytes);
  }
  if (bytes.error().code != ErrorCode::kNotFound) return bytes.error();
  HOLDFAST_ASSIGN(const auto manifests, ports_.objects.List(kManifestFolder));
  if (!manifests.empty()) {
    return MakeError(ErrorCode::kDataLoss, "the store has snapshots but no {}; it is incomplete", kClusterRecordName);
  }
  record_.incarnations.resize(options_.workers);
  return std::optional<std::string>();
}

Status Coordinator::CheckRecord() const {
  if (record_.incarnations.size() != options_.workers) {
    return MakeError(ErrorCode::kRefused, "the store belongs to a cluster of {} workers, not {}; use an empty store",
                     record_.incarnations.size(), options_.workers);
  }
  if (record_.protocol.empty()) return {};  // Nobody has begun to work on it.
  if (record_.name_table != application_->NameTable()) {
    return MakeError(ErrorCode::kRefused,
                     "the store belongs to another application or version (its functions, states, types or egresses "
                     "differ); use an empty store or the program that wrote it");
  }
  if (record_.protocol != traits_.name && (traits_.effect_log || record_.protocol == "message-logging")) {
    return MakeError(ErrorCode::kRefused,
                     "the store was written by protocol {}, which {} cannot continue; use an empty store",
                     record_.protocol, traits_.name);
  }
  return {};
}

Status Coordinator::WriteRecord(const std::optional<std::string>& present) {
  auto bytes = EncodeClusterRecord(record_);
  const auto swapped = ports_.objects.CompareAndSwap(kClusterRecordName, present, bytes);
  if (!swapped.ok() && swapped.error().code == ErrorCode::kRefused) {
    return MakeError(ErrorCode::kRefused, "another coordinator started on this store at the same moment: {}",
                     swapped.error().message);
  }
  record_bytes_ = std::move(bytes);
  return swapped;
}

void Coordinator::Fail(std::string_view reason, std::optional<SnapshotId> older) {
  if (failed_) return;
  failed_ = true;
  observer_.OnFailed(reason, older);
}

void Coordinator::TryAgainLater(Retry& retry, const Error& error) const {
  retry.at = ports_.clock.Now() + retry.backoff.Next();
  retry.why = error.message;
}

void Coordinator::SendTo(WorkerId worker, ControlMessage message) {
  message.worker = worker;
  message.world_line = record_.world_line;
  message.incarnation = record_.incarnations[worker.value];
  ports_.control.SendToWorker(worker, EncodeControl(message));
}

bool Coordinator::All(Standing standing) const {
  return std::all_of(members_.begin(), members_.end(), [=](const Member& m) { return m.standing == standing; });
}

void Coordinator::OnControl(std::string_view bytes) {
  if (failed_) return;
  const auto message = DecodeControl(bytes);
  if (!message.ok()) return Fail(message.error().message);
  if (message->worker.value >= members_.size()) return;
  if (message->number < members_[message->worker.value].first_heard) return;
  if (message->kind == ControlKind::kHello) return OnHello(*message);
  const auto& incarnation = record_.incarnations[message->worker.value];
  const bool mutant = HOLDFAST_MUTANT("old-restored-counts") && message->kind == ControlKind::kRestored;
  if ((message->world_line != record_.world_line || message->incarnation != incarnation) && !mutant) return;
  switch (message->kind) {
    case ControlKind::kRestored:
      return OnRestored(message->worker);
    case ControlKind::kRestoreAgain:
      return WantRestore(message->worker);
    case ControlKind::kFailed:
      return OnWorkerFailed(*message);
    case ControlKind::kFrozen:
      if (auto* attempt = FindAttempt(*message)) {
        attempt->frozen.insert(message->worker);
        if (attempt->frozen.size() == attempt->members.size()) Step(attempt->id.index, CoordinatorEvent::Kind::kFrozen);
      }
      return;
    case ControlKind::kUploaded:
      if (auto* attempt = FindAttempt(*message); attempt != nullptr && !attempt->storing) {  // Else said before.
        attempt->parts[message->worker] = message->part;
        if (attempt->parts.size() == attempt->members.size())
          Step(attempt->id.index, CoordinatorEvent::Kind::kUploaded);
      }
      return;
    case ControlKind::kUploadFailed:
      if (auto* attempt = FindAttempt(*message); attempt != nullptr && !attempt->storing) {
        Abort(attempt->id.index, fmt::format("worker {}: {}", message->worker, message->text));
      }
      return;
    default:
      return;
  }
}

void Coordinator::DeclareDead(WorkerId worker, std::uint64_t boot) {
  auto& member = members_[worker.value];
  member.first_heard = std::max(member.first_heard, boot + 1);
  if (failed_ || member.boot > boot) return;  // The other was faster.
  member.standing = Standing::kUnknown;
  to_restore_.erase(worker);
  DropAttemptsOf({worker});
}

void Coordinator::OnHello(const ControlMessage& message) {
  auto& member = members_[message.worker.value];
  if (message.number <= member.boot) return;  // Said before.
  member.boot = message.number;
  WantRestore(message.worker);
}

void Coordinator::WantRestore(WorkerId worker) {
  members_[worker.value].standing = Standing::kWaiting;
  DropAttemptsOf({worker});
  to_restore_.insert(worker);
  if (traits_.restore == RestoreScope::kAll) {
    for (std::uint16_t i = 0; i < options_.workers; ++i) to_restore_.insert(WorkerId(i));
    DropAttemptsOf(to_restore_);
  }
  Pump();
}

void Coordinator::OnWorkerFailed(const ControlMessage& message) {
  const auto& member = members_[message.worker.value];
  auto reason = fmt::format("worker {}: {}", message.worker, message.text);
  if (member.standing == Standing::kRestoring && member.from) {
    for (const auto& manifest : catalog_.manifests()) {
      if (manifest.id == *member.from && message.snapshot == SnapshotId())
        return FailDamaged(manifest, std::move(reason));
    }
  }
  Fail(reason, message.snapshot == SnapshotId() ? std::nullopt : std::optional(message.snapshot));
}

// A worker could not restore. Whether its snapshot is damaged is seen by reading it, and so is what could stand in.
void Coordinator::FailDamaged(const Manifest& manifest, std::string reason) {
  struct Diagnosis {
    std::optional<Error> damage;
    std::optional<SnapshotId> older;
  };
  failed_ = true;  // Nothing else is done any more.
  const auto found = std::make_shared<Diagnosis>();
  const auto look = [&objects = ports_.objects, manifest, found, older = catalog_.OlderThan(manifest.id)]() -> Status {
    const auto intact = VerifyParts(objects, manifest);
    if (intact.ok() || intact.error().code != ErrorCode::kDataLoss) return {};
    found->damage = intact.error();
    found->older = FirstIntact(objects, older);
    return {};
  };
  const auto tell = [this, found, id = manifest.id, reason = std::move(reason)](const Status&) {
    if (!found->damage) return observer_.OnFailed(reason, std::nullopt);
    observer_.OnFailed(DamagedSnapshot(id, *found->damage, found->older, traits_).message, found->older);
  };
  ports_.background.Run(Background::Lane::kUpload, look, tell);
}

void Coordinator::Pump() {
  if (to_restore_.empty()) return;
  if (swap_ && swap_->retry.at) {
    swap_->retry = {};
    return SwapRecord();  // Whoever wants to restore does not wait for the next try.
  }
  if (swap_) return;
  const bool everybody_came =
      std::none_of(members_.begin(), members_.end(), [](const Member& m) { return m.standing == Standing::kUnknown; });
  if (traits_.restore == RestoreScope::kAll && !everybody_came) return;
  const auto workers = std::exchange(to_restore_, {});
  const bool first = std::exchange(fresh_, false);
  if (first && workers.size() == options_.workers) return OrderRestore(workers);  // Boot has raised everything.
  auto next = record_;
  if (traits_.restore == RestoreScope::kAll) {
    if (!HOLDFAST_MUTANT("rollback-keeps-world-line")) next.world_line = next.world_line.Next();
    newest_ = {};
  }
  for (const auto worker : workers) next.incarnations[worker.value] = next.incarnations[worker.value].Next();
  swap_ = Swap{std::move(next), [this, workers] { OrderRestore(workers); }, {}};
  if (HOLDFAST_MUTANT("restore-before-record")) {
    record_ = swap_->next;
    std::exchange(swap_->then, [] {})();
  }
  SwapRecord();
}

void Coordinator::SwapRecord() {
  swap_->retry.at.reset();
  auto bytes = EncodeClusterRecord(swap_->next);
  // An error may hide a success, durable or not: look before trying again, and write what is there once more.
  const auto swap = [&objects = ports_.objects, old = record_bytes_, bytes]() -> Status {
    const auto present = objects.Get(kClusterRecordName);
    if (!present.ok() && present.error().code != ErrorCode::kNotFound) return present.error();
    const bool done = present.ok() && *present == bytes;
    return objects.CompareAndSwap(kClusterRecordName, done ? bytes : old, bytes);
  };
  ports_.background.Run(Background::Lane::kLog, swap, [this, bytes](const Status& status) { Swapped(bytes, status); });
}

void Coordinator::Swapped(const std::string& bytes, const Status& status) {
  if (failed_) return;
  if (!status.ok() && Passes(status.error())) return TryAgainLater(swap_->retry, status.error());
  if (!status.ok()) {
    return Fail(fmt::format("the cluster record could not be changed, another coordinator may have taken over: {}",
                            status.error().message));
  }
  record_ = std::move(swap_->next);
  record_bytes_ = bytes;
  const auto then = std::move(swap_->then);
  swap_.reset();
  then();
  Pump();
}

void Coordinator::OrderRestore(const std::set<WorkerId>& workers) {
  std::optional<SnapshotId> from;
  for (const auto worker : workers) {
    auto& member = members_[worker.value];
    member.standing = Standing::kRestoring;
    member.from.reset();
    ControlMessage message;
    message.kind = ControlKind::kRestore;
    if (const auto line = catalog_.NewestFor(worker); line && traits_.restore != RestoreScope::kNothing) {
      message.snapshot = line->id;
      message.part = line->part;
      from = member.from = line->id;
    }
    message.number = !member.restored_before && !SinkMayBeAhead(message.snapshot) ? 1 : 0;
    SendTo(worker, std::move(message));
  }
  observer_.OnRestoring(record_.world_line, from);
}

// Positions in a log do not tell from which world-line they are.
bool Coordinator::SinkMayBeAhead(SnapshotId restored) const {
  if (record_.rolled_back == WorldLine()) return false;
  return traits_.effect_log || restored.world_line < record_.rolled_back;
}

void Coordinator::OnRestored(WorkerId worker) {
  auto& member = members_[worker.value];
  if (member.standing != Standing::kRestoring) return;
  member.standing = Standing::kRestored;
  member.restored_before = true;
  if (traits_.restore != RestoreScope::kAll || HOLDFAST_MUTANT("start-before-all-restored")) return Running({worker});
  if (!All(Standing::kRestored)) return;
  std::vector<WorkerId> all;
  for (std::uint16_t i = 0; i < options_.workers; ++i) all.emplace_back(i);
  Running(all);
}

void Coordinator::Running(const std::vector<WorkerId>& workers) {
  for (const auto worker : workers) {
    members_[worker.value].standing = Standing::kRunning;
    SendTo(worker, {.kind = ControlKind::kStart});
    // The first snapshot does not wait for the interval: what was being made visible has waited long enough. But one
    // that is cut before the first unit has nothing to show, hence the head start. Where workers cut each for itself,
    // their later snapshots are spread over the interval.
    const auto spread =
        traits_.snapshots_are_global ? Duration(0) : options_.interval / options_.workers * worker.value;
    next_trigger_[worker.value] = ports_.clock.Now() + options_.head_start + spread;
  }
  if (All(Standing::kRunning)) observer_.OnRunning(record_.world_line);
  Tick();
}

std::string Coordinator::Describe() const {
  static constexpr std::string_view kStandings[] = {"unknown", "waiting", "restoring", "restored", "running"};
  auto text = fmt::format("coordinator: world-line {}", record_.world_line);
  for (std::size_t i = 0; i < members_.size(); ++i) {
    text += fmt::format(", worker {} {}", i, kStandings[static_cast<int>(members_[i].standing)]);
  }
  for (const auto& [index, attempt] : attempts_) {
    text += fmt::format("; snapshot {}: {} of {} parts{}", attempt.id, attempt.parts.size(), attempt.members.size(),
                        attempt.storing ? ", storing the manifest" : "");
    if (attempt.retry.at) text += fmt::format(" again, for it failed: {}", attempt.retry.why);
  }
  if (swap_) text += ", changing the cluster record";
  if (swap_ && swap_->retry.at) text += fmt::format(" again, for it failed: {}", swap_->retry.why);
  return text;
}

}  // namespace holdfast
