#include "apps/host/local_cluster.h"

namespace holdfast {
namespace {

HostHooks HooksOf(Loop& loop) {
  return {[&loop] { loop.Wake(); }, [&loop](std::function<void()> action) { loop.Post(std::move(action)); },
          [&loop](Duration delay, std::function<void()> action) { loop.After(delay, std::move(action)); }};
}

}  // namespace

struct LocalCluster::WorkerThread final : Channel {
  WorkerThread(LocalCluster& host, WorkerId self)
      : cluster(host), id(self), loop(host.options_.idle), async(loop, host.parts_.application) {}
  void Send(WorkerId to, std::string frame) override { cluster.network_->Send(id, to, std::move(frame)); }
  void SendToCoordinator(std::string message) override;

  LocalCluster& cluster;
  const WorkerId id;
  std::unique_ptr<StateBackend> state;  // Before everything whose jobs may hold a cut of it.
  Loop loop;
  std::unique_ptr<Channel> wrapped;  // Over this one, if somebody wants it.
  std::unique_ptr<WatchedEndpoint> endpoint;
  std::unique_ptr<Worker> worker;
  std::unique_ptr<ThreadBackground> background;
  std::unique_ptr<AppendLogStore> logs;
  ThreadAsyncRunner async;
};

struct LocalCluster::Control final : ControlBus {
  explicit Control(LocalCluster& host) : cluster(host), loop(IdlePolicy::kBlock), background(loop) {}
  void SendToWorker(WorkerId to, std::string message) override {
    auto& target = *cluster.workers_[to.value];
    target.loop.Post([&target, message = std::move(message)] { target.worker->OnControl(message); });
  }

  LocalCluster& cluster;
  Loop loop;
  std::unique_ptr<ControlBus> wrapped;  // Over this one, if somebody wants it.
  std::unique_ptr<Coordinator> coordinator;
  ThreadBackground background;
};

void LocalCluster::WorkerThread::SendToCoordinator(std::string message) {
  auto& control = *cluster.control_;
  control.loop.Post([&control, message = std::move(message)] { control.coordinator->OnControl(message); });
}

LocalCluster::LocalCluster(const LocalClusterOptions& options, LocalClusterParts parts, LocalClusterListener& listener)
    : options_(options), parts_(std::move(parts)), listener_(listener), control_(std::make_unique<Control>(*this)) {
  network_ =
      std::make_unique<InprocNetwork>(options_.workers, [this](WorkerId to) { workers_[to.value]->loop.Wake(); });
}

LocalCluster::~LocalCluster() {
  watchdog_.reset();
  // Loops first, so that nothing new is asked for; then the threads that still work for them; then the machines.
  for (auto& thread : workers_) thread->loop.Stop();
  control_->loop.Stop();
  for (auto& thread : workers_) {
    thread->logs.reset();
    thread->background.reset();
    thread->worker.reset();
  }
}

Status LocalCluster::MakeWorker(WorkerId id) {
  workers_.push_back(std::make_unique<WorkerThread>(*this, id));
  auto& thread = *workers_.back();
  thread.background = std::make_unique<ThreadBackground>(thread.loop);
  HOLDFAST_ASSIGN(thread.state, parts_.make_state(id, *thread.background));
  thread.endpoint = std::make_unique<WatchedEndpoint>(parts_.make_endpoint(parts_.application));
  if (parts_.protocol.traits.effect_log) thread.logs = parts_.make_logs(*thread.background);
  const auto connected = parts_.connect(id, HooksOf(thread.loop));
  if (parts_.wrap_channel) thread.wrapped = parts_.wrap_channel(id, thread, HooksOf(thread.loop));
  Channel& channel = thread.wrapped ? *thread.wrapped : thread;
  WorkerOptions options;
  options.self = id;
  options.workers = options_.workers;
  options.queue_memory_bytes = options_.queue_memory_bytes;
  options.owners = EvenOwners(parts_.application->max_parallelism(), options_.workers);
  for (std::uint16_t partition = id.value; partition < options_.partitions; partition += options_.workers) {
    options.partitions.emplace_back(partition);
  }
  thread.worker = std::make_unique<Worker>(
      parts_.application, parts_.protocol, options,
      WorkerPorts{parts_.clock == nullptr ? clock_ : *parts_.clock, channel, *thread.background, *parts_.objects,
                  thread.logs.get(), connected.ingress, connected.egress, *thread.endpoint, thread.async, *thread.state,
                  Random(options_.seed + id.value), parts_.scratch});
  return {};
}

Status LocalCluster::Start() {
  auto coordinator = options_.coordinator;
  coordinator.workers = options_.workers;
  if (parts_.wrap_control) control_->wrapped = parts_.wrap_control(*control_, HooksOf(control_->loop));
  ControlBus& bus = control_->wrapped ? *control_->wrapped : *control_;
  control_->coordinator =
      std::make_unique<Coordinator>(parts_.application, parts_.protocol, coordinator,
                                    CoordinatorPorts{clock_, bus, *parts_.objects, control_->background}, *this);
  HOLDFAST_TRY(control_->coordinator->Boot());
  std::vector<const WatchedEndpoint*> watched;
  for (std::uint16_t i = 0; i < options_.workers; ++i) {
    HOLDFAST_TRY(MakeWorker(WorkerId(i)));
    watched.push_back(workers_.back()->endpoint.get());
  }
  control_->loop.Start([this]() -> Loop::Turn {
    control_->coordinator->Tick();
    return {false, control_->coordinator->NextWake()};
  });
  for (auto& thread : workers_) {
    auto& t = *thread;
    t.loop.Post([&t] { t.worker->Boot(); });
    t.loop.Start([this, &t] { return TurnOf(t); });
  }
  watchdog_ = std::make_unique<Watchdog>(*parts_.application, watched, options_.watchdog, parts_.warn);
  return {};
}

std::optional<SnapshotId> LocalCluster::older() const {
  return control_->coordinator ? control_->coordinator->older() : std::nullopt;
}

Loop::Turn LocalCluster::TurnOf(WorkerThread& thread) {
  auto& worker = *thread.worker;
  bool received = false;
  for (int i = 0; i < 64; ++i) {
    auto frame = network_->Receive(thread.id);
    if (!frame) break;
    worker.OnFrame(std::move(*frame));
    received = true;
  }
  const bool more = worker.Run(options_.slice);
  listener_.OnCounters(thread.id, worker.counters());
  if (worker.counters().units > 0 && !first_unit_.load(std::memory_order_relaxed) && !first_unit_.exchange(true)) {
    listener_.OnFirstUnit();
  }
  return {more || received, worker.NextWake()};
}

void LocalCluster::OnRestoring(WorldLine, std::optional<SnapshotId> from) { restored_from_ = from; }
void LocalCluster::OnRunning(WorldLine) { listener_.OnRunning(restored_from_); }
void LocalCluster::OnTriggered(SnapshotId id) {
  // Where nothing is ever completed there is nothing to remember.
  if (parts_.protocol.traits.restore == RestoreScope::kNothing) return;
  begun_[id] = clock_.Now();
  listener_.OnSnapshotBegun(id, begun_[id]);
}

void LocalCluster::OnComplete(const Manifest& manifest) {
  listener_.OnSnapshot(manifest.id, begun_[manifest.id], &manifest, {});
  begun_.erase(manifest.id);
}

void LocalCluster::OnAborted(SnapshotId id, std::string_view reason) {
  parts_.warn(fmt::format("snapshot {} was given up: {}", id, reason));
  listener_.OnSnapshot(id, begun_[id], nullptr, reason);
  begun_.erase(id);
}

void LocalCluster::OnFailed(std::string_view reason, std::optional<SnapshotId> older) {
  listener_.OnFailed(std::string(reason), older);
}

}  // namespace holdfast
