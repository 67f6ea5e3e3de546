#include "tests/bench/support/worker_rig.h"

#include <algorithm>

#include "core/snapshot/manifest.h"
#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"
#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"
#include "storage-backends/durable/posix-disk/posix_disk.h"
#include "tests/bench/support/allocations.h"

namespace holdfast::bench {
namespace {

constexpr WorkerId kSelf{0};
constexpr std::size_t kUnitsPerTurn = 256;

std::unique_ptr<Background> MakeBackground(Mailbox& mailbox, Jobs jobs) {
  if (jobs == Jobs::kOnLoop) return std::make_unique<InlineBackground>(mailbox);
  return std::make_unique<ThreadBackground>(mailbox);
}

}  // namespace

WorkerRig::WorkerRig(const ProtocolFactory& protocol, std::shared_ptr<const Application> application, VisitTape& tape,
                     const std::filesystem::path& folder, Jobs jobs)
    : protocol_(protocol),
      application_(std::move(application)),
      users_(tape.loop),
      ingress_(tape),
      egress_(mailbox_),
      endpoint_(application_),
      disk_(OpenPosixDisk(folder).value()),
      objects_(OpenFilesystemObjectStore(*disk_).value()),
      background_(MakeBackground(mailbox_, jobs)),
      logs_(MakeFilesystemAppendLogStore(*disk_, *background_)) {
  WorkerOptions options;
  options.owners = EvenOwners(application_->max_parallelism(), options.workers);
  options.partitions = {PartitionId(0)};
  const WorkerPorts ports{clock_,  line_,     *background_, *objects_, logs_.get(), ingress_,
                          egress_, endpoint_, async_,       state_,    Random(1)};
  worker_ = std::make_unique<Worker>(application_, protocol_, options, ports);
  worker_->Boot();
  while (worker_->counters().units < 2 * users_) Turn();
}

WorkerRig::~WorkerRig() {
  worker_.reset();  // Before the threads whose jobs it waits for.
}

template <class F>
void WorkerRig::Event(F&& event) {
  const auto before = ThreadCpuTime();
  event();
  const auto took = ThreadCpuTime() - before;
  sums_.events += took;
  sums_.longest_event = std::max(sums_.longest_event, took);
}

void WorkerRig::DeliverEvents() {
  while (mailbox_.full()) {
    for (const auto& action : mailbox_.Take()) Event(action);
  }
  while (!line_.messages.empty()) {
    const auto report = std::move(line_.messages.front());
    line_.messages.pop_front();
    OnReport(report);
  }
}

void WorkerRig::Turn() {
  DeliverEvents();
  const auto before = worker_->counters().units;
  if (!worker_->Run(kUnitsPerTurn) && line_.messages.empty()) mailbox_.Wait();
  sums_.units += worker_->counters().units - before;
  const auto now = ThreadCpuTime();
  sums_.longest_turn = std::max(sums_.longest_turn, now - turn_end_);
  ++sums_.turns;
  turn_end_ = now;
}

void WorkerRig::Begin() {
  sums_ = {};
  begin_ = {ThreadCpuTime(), ProcessCpuTime(), WallTime(), ThreadAllocations()};
  turn_end_ = begin_.loop_cpu;
}

const Figures& WorkerRig::End() {
  sums_.loop_allocations = ThreadAllocations() - begin_.allocations;
  sums_.wall = WallTime() - begin_.wall;
  sums_.process_cpu = ProcessCpuTime() - begin_.process_cpu;
  sums_.loop_cpu = turn_end_ - begin_.loop_cpu;
  return sums_;
}

Figures WorkerRig::RunFor(Duration time, Duration interval) {
  Begin();
  const auto end = turn_end_ + time;
  for (auto next_snapshot = turn_end_; turn_end_ < end || in_snapshot_; Turn()) {
    if (interval.count() == 0 || in_snapshot_ || turn_end_ < next_snapshot || turn_end_ >= end) continue;
    next_snapshot += interval;
    BeginSnapshot();
  }
  return End();
}

Figures WorkerRig::RunUnits(std::uint64_t units) {
  Begin();
  while (sums_.units < units) Turn();
  return End();
}

void WorkerRig::Check() const {
  const auto& seen = worker_->counters();
  const auto queued = worker_->queued();
  HOLDFAST_CHECK(seen.units + queued == 2 * seen.ingress_records && seen.failed_attempts == 0,
                 "{} records, but {} units, {} queued, {} failed", seen.ingress_records, seen.units, queued,
                 seen.failed_attempts);
  HOLDFAST_CHECK(seen.egress_records + queued == seen.ingress_records, "{} records, but {} emails",
                 seen.ingress_records, seen.egress_records);
}

void WorkerRig::OnReport(std::string_view bytes) {
  const auto report = DecodeControl(bytes).value();
  switch (report.kind) {
    case ControlKind::kHello:
      return Tell(ControlKind::kRestore);
    case ControlKind::kRestored:
      return Tell(ControlKind::kStart);
    case ControlKind::kFrozen:
      return Step(CoordinatorEvent::Kind::kFrozen);
    case ControlKind::kUploaded:
      part_ = report.part;
      sums_.longest_cut = std::max(sums_.longest_cut, Duration(part_.cut_nanos));
      sums_.part_bytes = part_.bytes;
      return Step(CoordinatorEvent::Kind::kUploaded);
    default:
      HOLDFAST_CHECK(false, "the worker reports {}: {}", ControlKindName(report.kind), report.text);
  }
}

void WorkerRig::BeginSnapshot() {
  snapshot_.index = snapshot_.index.Next();
  coordinator_ = protocol_.make_coordinator();
  in_snapshot_ = protocol_.traits.restore != RestoreScope::kNothing;
  Step(CoordinatorEvent::Kind::kBegin);
}

void WorkerRig::Step(CoordinatorEvent::Kind kind) {
  CoordinatorActions actions;
  coordinator_->Step({kind}, actions);
  for (const auto action : actions) Do(action);
}

void WorkerRig::Do(CoordinatorAction action) {
  switch (action) {
    case CoordinatorAction::kTrigger:
      return Tell(ControlKind::kTrigger);
    case CoordinatorAction::kResume:
      return Tell(ControlKind::kResume);
    case CoordinatorAction::kStoreManifest:
      return StoreManifest();
    case CoordinatorAction::kComplete:
      in_snapshot_ = false;
      ++sums_.snapshots;
      return Tell(ControlKind::kComplete);
  }
}

// And forgets the snapshot before.
void WorkerRig::StoreManifest() {
  Manifest manifest;
  manifest.id = snapshot_;
  manifest.workers = 1;
  manifest.parts = {part_};
  const auto work = [this, manifest = std::move(manifest)]() -> Status {
    HOLDFAST_TRY(WriteObject(*objects_, ManifestName(manifest.id), EncodeManifest(manifest)));
    const SnapshotId before{manifest.id.world_line, SnapshotIndex(manifest.id.index.value - 1)};
    HOLDFAST_TRY(objects_->Delete(ManifestName(before)));
    return objects_->Delete(PartName(before, kSelf));
  };
  background_->Run(Background::Lane::kUpload, work, [this](const Status& stored) {
    stored.OrDie();
    Step(CoordinatorEvent::Kind::kStored);
  });
}

void WorkerRig::Tell(ControlKind kind) {
  ControlMessage message;
  message.kind = kind;
  message.world_line = WorldLine(1);
  message.incarnation = Incarnation(1);
  message.snapshot = snapshot_;
  message.number = snapshot_.Packed();
  const auto bytes = EncodeControl(message);
  Event([&] { worker_->OnControl(bytes); });
}

}  // namespace holdfast::bench
