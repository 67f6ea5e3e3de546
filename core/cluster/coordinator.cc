// Coordinator: starts, failures and recovery.
#include "core/cluster/coordinator.h"

#include <algorithm>

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

Status Coordinator::Boot() {
  HOLDFAST_TRY(catalog_.Open(ports_.objects, *application_, traits_, options_.accept_rollback));
  std::optional<std::string> stored;
  auto bytes = ports_.objects.Get(kClusterRecordName);
  if (bytes.ok()) {
    stored = *bytes;
    HOLDFAST_ASSIGN(record_, DecodeClusterRecord(*stored));
    if (record_.incarnations.size() != options_.workers) {
      return MakeError(ErrorCode::kRefused, "the store belongs to a cluster of {} workers, not {}; use an empty store",
                       record_.incarnations.size(), options_.workers);
    }
  } else if (bytes.error().code != ErrorCode::kNotFound) {
    return bytes.error();
  } else if (!catalog_.manifests().empty()) {
    return MakeError(ErrorCode::kDataLoss, "the store has snapshots but no {}; it is incomplete", kClusterRecordName);
  } else {
    record_.incarnations.resize(options_.workers);
  }
  record_.world_line = record_.world_line.Next();
  for (auto& incarnation : record_.incarnations) incarnation = incarnation.Next();
  record_.protocol = traits_.name;
  record_.name_table = application_->NameTable();
  record_bytes_ = EncodeClusterRecord(record_);
  HOLDFAST_TRY(ports_.objects.CompareAndSwap(kClusterRecordName, stored, record_bytes_));
  return DeleteLeftovers(ports_.objects, catalog_.manifests());
}

void Coordinator::Fail(std::string reason) {
  if (failed_) return;
  failed_ = true;
  observer_.OnFailed(reason);
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
  if (message->kind == ControlKind::kHello) return OnHello(*message);
  const auto& incarnation = record_.incarnations[message->worker.value];
  if (message->world_line != record_.world_line || message->incarnation != incarnation) return;
  switch (message->kind) {
    case ControlKind::kRestored:
      return OnRestored(message->worker);
    case ControlKind::kFailed:
      return Fail(fmt::format("worker {}: {}", message->worker, message->text));
    case ControlKind::kFrozen:
      if (auto* attempt = FindAttempt(*message)) {
        attempt->frozen.insert(message->worker);
        if (attempt->frozen.size() == attempt->members.size()) Step(attempt->id.index, CoordinatorEvent::Kind::kFrozen);
      }
      return;
    case ControlKind::kUploaded:
      if (auto* attempt = FindAttempt(*message)) {
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

void Coordinator::OnHello(const ControlMessage& message) {
  auto& member = members_[message.worker.value];
  if (message.number <= member.boot) return;  // Said before.
  member.boot = message.number;
  member.standing = Standing::kWaiting;
  DropAttemptsOf({message.worker});
  to_restore_.insert(message.worker);
  if (traits_.restore == RestoreScope::kAll) {
    for (std::uint16_t i = 0; i < options_.workers; ++i) to_restore_.insert(WorkerId(i));
    DropAttemptsOf(to_restore_);
  }
  Pump();
}

void Coordinator::Pump() {
  if (swapping_ || to_restore_.empty()) return;
  const bool everybody_came =
      std::none_of(members_.begin(), members_.end(), [](const Member& m) { return m.standing == Standing::kUnknown; });
  if (traits_.restore == RestoreScope::kAll && !everybody_came) return;
  const auto workers = std::exchange(to_restore_, {});
  const bool first = std::exchange(fresh_, false);
  if (first && workers.size() == options_.workers) return OrderRestore(workers);  // Boot has raised everything.
  auto next = record_;
  if (traits_.restore == RestoreScope::kAll) {
    next.world_line = next.world_line.Next();
    newest_ = {};
  }
  for (const auto worker : workers) next.incarnations[worker.value] = next.incarnations[worker.value].Next();
  SwapRecord(next, [this, workers] { OrderRestore(workers); });
}

void Coordinator::SwapRecord(const ClusterRecord& next, std::function<void()> then) {
  swapping_ = true;
  auto bytes = EncodeClusterRecord(next);
  // An error may hide a success, durable or not: look before trying again, and write what is there once more.
  const auto swap = [&objects = ports_.objects, old = record_bytes_, bytes]() -> Status {
    const auto present = objects.Get(kClusterRecordName);
    if (!present.ok() && present.error().code != ErrorCode::kNotFound) return present.error();
    const bool done = present.ok() && *present == bytes;
    return objects.CompareAndSwap(kClusterRecordName, done ? bytes : old, bytes);
  };
  ports_.background.Run(
      Background::Lane::kLog, swap, [this, next, bytes, then = std::move(then)](const Status& status) {
        swapping_ = false;
        if (status.ok()) {
          record_ = next;
          record_bytes_ = bytes;
          then();
          return Pump();
        }
        if (status.error().code == ErrorCode::kUnavailable) return SwapRecord(next, then);
        Fail(fmt::format("the cluster record could not be changed, another coordinator may have taken over: {}",
                         status.error().message));
      });
}

void Coordinator::OrderRestore(const std::set<WorkerId>& workers) {
  std::optional<SnapshotId> from;
  for (const auto worker : workers) {
    members_[worker.value].standing = Standing::kRestoring;
    ControlMessage message;
    message.kind = ControlKind::kRestore;
    if (const auto line = catalog_.NewestFor(worker); line && traits_.restore != RestoreScope::kNothing) {
      message.snapshot = line->id;
      message.part = line->part;
      from = line->id;
    }
    SendTo(worker, std::move(message));
  }
  observer_.OnRestoring(record_.world_line, from);
}

void Coordinator::OnRestored(WorkerId worker) {
  auto& member = members_[worker.value];
  if (member.standing != Standing::kRestoring) return;
  member.standing = Standing::kRestored;
  if (traits_.restore != RestoreScope::kAll) return Running({worker});
  if (!All(Standing::kRestored)) return;
  std::vector<WorkerId> all;
  for (std::uint16_t i = 0; i < options_.workers; ++i) all.emplace_back(i);
  Running(all);
}

void Coordinator::Running(const std::vector<WorkerId>& workers) {
  for (const auto worker : workers) {
    members_[worker.value].standing = Standing::kRunning;
    SendTo(worker, {.kind = ControlKind::kStart});
    // The first snapshot follows at once: what was being made visible has waited long enough. Where workers cut each
    // for itself, their later snapshots are spread over the interval.
    const auto spread =
        traits_.snapshots_are_global ? Duration(0) : options_.interval / options_.workers * worker.value;
    next_trigger_[worker.value] = ports_.clock.Now() + spread;
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
  }
  return text;
}

}  // namespace holdfast
