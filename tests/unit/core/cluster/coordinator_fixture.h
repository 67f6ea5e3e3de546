// A coordinator among fakes: time, background jobs and control messages move only when a test says so.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/cluster/coordinator.h"
#include "core/model/application_builder.h"
#include "core/snapshot/part.h"
#include "tests/unit/core/fakes/fake_stores.h"

namespace holdfast {

struct Nudge {
  std::int64_t number = 0;
  HOLDFAST_MESSAGE("test/Nudge", number)
};
class Listener : public Function<Listener> {
 public:
  static constexpr std::string_view kName = "test/listener";
  using Handles = Messages<Nudge>;
  void On(Context&, const Nudge&) {}
};

inline std::shared_ptr<const Application> TestApplication(std::string_view name = "quiet") {
  ApplicationBuilder builder{std::string(name)};
  builder.Add<Listener>();
  return std::move(builder).Build().value();
}

// Trigger, wait for all parts, store, complete: what all protocols have in common.
class PlainCoordinatorProtocol final : public CoordinatorProtocol {
 public:
  void Step(const CoordinatorEvent& event, CoordinatorActions& actions) override {
    using Kind = CoordinatorEvent::Kind;
    if (event.kind == Kind::kBegin) actions.push_back(CoordinatorAction::kTrigger);
    if (event.kind == Kind::kUploaded) actions.push_back(CoordinatorAction::kStoreManifest);
    if (event.kind == Kind::kStored) actions.push_back(CoordinatorAction::kComplete);
  }
};

// Everybody rolls back together.
inline ProtocolFactory Together() {
  return {{.name = "together", .egress = EgressRelease::kOnComplete, .restore = RestoreScope::kAll, .guarantee = {}},
          nullptr,
          [] { return std::unique_ptr<CoordinatorProtocol>(new PlainCoordinatorProtocol); }};
}
// Each worker has snapshots of its own, and a log.
inline ProtocolFactory Alone() {
  return {{.name = "alone",
           .effect_log = true,
           .egress = EgressRelease::kOnDurable,
           .restore = RestoreScope::kFailed,
           .snapshots_are_global = false,
           .guarantee = {}},
          nullptr,
          [] { return std::unique_ptr<CoordinatorProtocol>(new PlainCoordinatorProtocol); }};
}

class ManualClock final : public Clock {
 public:
  SteadyTime Now() const override { return now; }
  AppTime AppNow() const override { return {now.nanos / 1'000'000}; }
  SteadyTime now{1'000'000'000};
};

// Keeps jobs until they are run, oldest first.
class ManualBackground final : public Background {
 public:
  struct Job {
    std::function<Status()> work;
    std::function<void(Status)> done;
  };
  void Run(Lane, std::function<Status()> work, std::function<void(Status)> done) override {
    jobs.push_back({std::move(work), std::move(done)});
  }
  // True if there was one.
  bool RunOne() {
    if (jobs.empty()) return false;
    const auto job = std::move(jobs.front());
    jobs.pop_front();
    job.done(job.work());
    return true;
  }
  std::deque<Job> jobs;
};

// "restore 1.0 -> 0 from 1.2", one line per message or event.
class Diary final : public ControlBus, public CoordinatorObserver {
 public:
  void SendToWorker(WorkerId to, std::string bytes) override {
    last = DecodeControl(bytes).value();
    if (last.kind == ControlKind::kRestore) compared.push_back(last.number);
    auto line = fmt::format("{} -> {}", ControlKindName(last.kind), to);
    if (last.snapshot != SnapshotId{}) line += fmt::format(" {}", last.snapshot);
    Add(std::move(line));
  }
  void OnRestoring(WorldLine, std::optional<SnapshotId>) override {}
  void OnRunning(WorldLine world_line) override { Add(fmt::format("running in {}", world_line)); }
  void OnTriggered(SnapshotId) override {}
  void OnComplete(const Manifest&) override {}
  void OnAborted(SnapshotId id, std::string_view reason) override { Add(fmt::format("aborted {}: {}", id, reason)); }
  void OnFailed(std::string_view reason, std::optional<SnapshotId> way_out) override {
    failure = reason;
    older = way_out;
  }
  // What came since the last time.
  std::vector<std::string> Take() { return std::exchange(lines_, {}); }

  ControlMessage last;
  std::vector<std::uint64_t> compared;  // By order to restore: whether the store is compared with the sink.
  std::string failure;
  std::optional<SnapshotId> older;

 private:
  void Add(std::string line) { lines_.push_back(std::move(line)); }
  std::vector<std::string> lines_;
};

// Stores a part with one row and returns its full description.
inline PartInfo StorePart(ObjectStore& store, SnapshotId id, WorkerId worker) {
  PartInfo part;
  part.worker = worker;
  part.name = PartName(id, worker);
  const auto object = store.Create(part.name).value();
  PartWriter writer(*object);
  FakeStateBackend rows;
  rows.Put({KeyGroup(1), TableId(0), "key"}, "value").OrDie();
  writer.AddRows(**rows.Cut()).OrDie();
  writer.Finish({}, part).OrDie();
  object->Commit().OrDie();
  return part;
}

// One life of a coordinator, with verbs for what its workers say.
struct Life {
  Life(ObjectStore& store, ProtocolFactory protocol, CoordinatorOptions options, std::string_view application = "quiet")
      : objects(store),
        workers(options.workers),
        coordinator(TestApplication(application), protocol, options, {clock, diary, objects, background}, diary) {}

  void RunJobs() {
    while (background.RunOne()) {
    }
  }
  void Pass(Duration time) {
    clock.now = clock.now + time;
    coordinator.Tick();
  }
  // Until snapshots that are due have begun.
  void PassAndWork(Duration time) {
    Pass(time);
    RunJobs();
  }
  void Say(WorkerId worker, ControlMessage message) {
    message.worker = worker;
    coordinator.OnControl(EncodeControl(message));
  }
  void Hello(std::uint16_t worker, std::uint64_t boot = 1) {
    Say(WorkerId(worker), {.kind = ControlKind::kHello, .number = boot});
  }
  // An answer to the last order, in its world-line and incarnation.
  void Answer(std::uint16_t worker, ControlKind kind, SnapshotId snapshot = {}, std::string text = {}) {
    ControlMessage message = fences.at(worker);
    message.kind = kind;
    message.snapshot = snapshot;
    message.text = std::move(text);
    if (kind == ControlKind::kUploaded) message.part = StorePart(objects, snapshot, WorkerId(worker));
    Say(WorkerId(worker), std::move(message));
  }
  // Remembers in which incarnation everybody was told to restore, which is all a worker needs to be believed.
  void Learn() {
    const auto record = DecodeClusterRecord(objects.Get(kClusterRecordName).value()).value();
    for (std::uint16_t i = 0; i < workers; ++i) {
      fences[i].world_line = record.world_line;
      fences[i].incarnation = record.incarnations[i];
    }
  }
  // Everybody says hello, restores and runs.
  void StartAll(std::uint64_t boot = 1) {
    for (std::uint16_t i = 0; i < workers; ++i) Hello(i, boot);
    RunJobs();
    Learn();
    for (std::uint16_t i = 0; i < workers; ++i) Answer(i, ControlKind::kRestored);
    RunJobs();  // The record names the first snapshot.
  }

  ObjectStore& objects;
  std::uint16_t workers;
  ManualClock clock;
  ManualBackground background;
  Diary diary;
  std::map<std::uint16_t, ControlMessage> fences;
  Coordinator coordinator;
};

inline SnapshotId Id(std::uint32_t world_line, std::uint32_t index) {
  return {WorldLine(world_line), SnapshotIndex(index)};
}

// Adds the snapshot to those that the store's record names.
inline void NameInRecord(ObjectStore& store, SnapshotId id) {
  const auto bytes = store.Get(kClusterRecordName).value();
  auto record = DecodeClusterRecord(bytes).value();
  record.kept.push_back(id);
  store.CompareAndSwap(kClusterRecordName, bytes, EncodeClusterRecord(record)).OrDie();
}

// Stores a complete snapshot of these workers, out of `all`.
inline Manifest StoreSnapshot(ObjectStore& store, SnapshotId id, const std::vector<std::uint16_t>& workers,
                              std::uint16_t all, const ProtocolFactory& protocol,
                              std::string_view application = "quiet") {
  Manifest manifest;
  manifest.id = id;
  manifest.protocol = protocol.traits.name;
  manifest.name_table = TestApplication(application)->NameTable();
  manifest.workers = all;
  for (const auto worker : workers) manifest.parts.push_back(StorePart(store, id, WorkerId(worker)));
  WriteObject(store, ManifestName(id), EncodeManifest(manifest)).OrDie();
  return manifest;
}

}  // namespace holdfast
