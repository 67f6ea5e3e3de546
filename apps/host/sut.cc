#include "apps/host/sut.h"

#include <signal.h>

#include <condition_variable>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>

#include "apps/host/local_cluster.h"
#include "apps/host/troubled_ports.h"
#include "chaos/faults/killing_disk.h"
#include "engines/holdfast/sut_config.h"
#include "engines/holdfast/system_link.h"
#include "storage-backends/durable/posix-disk/posix_disk.h"
#include "transports/connectors/unix/gateway_client.h"
#include "workloads/suite/config/suite.h"

namespace holdfast {
namespace {

const std::map<std::string, IdlePolicy, std::less<>> kIdlePolicies{
    {"spin", IdlePolicy::kSpin}, {"yield", IdlePolicy::kYield}, {"block", IdlePolicy::kBlock}};

// Workers that start make output for a fiftieth of the interval before the first snapshot makes it visible: 20 ms of
// the usual second, which is little beside the snapshot itself.
constexpr int kHeadStartOfInterval = 50;

// In the data folder: what backends keep on disk while they run.
constexpr std::string_view kStateFolder = "state";

// Passes on to the testbed what the cluster tells, and waits for the end.
class Reporter final : public LocalClusterListener {
 public:
  explicit Reporter(SteadyTime process_start) : process_start_(process_start) {}

  // Requires: once, before anything is reported.
  void Begin(GatewayClient& gateway) {
    gateway_ = &gateway;
    gateway_->Report(InstantReport{InstantReport::Kind::kProcessStart, process_start_, 0});
  }
  void End(Status how) {
    const std::lock_guard lock(mutex_);
    if (!end_) end_ = std::move(how);
    ended_.notify_one();
  }
  Status Wait() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return end_.has_value(); });
    return *end_;
  }

  void OnRunning(std::optional<SnapshotId> from) override {
    gateway_->Report(InstantReport{InstantReport::Kind::kRestored, clock_.Now(), from ? from->Packed() : 0});
  }
  void OnFirstUnit() override { gateway_->Report(InstantReport{InstantReport::Kind::kFirstUnit, clock_.Now(), 0}); }
  void OnSnapshotBegun(SnapshotId id, SteadyTime at) override {
    gateway_->Report(InstantReport{InstantReport::Kind::kSnapshotBegun, at, id.Packed()});
  }
  void OnSnapshot(SnapshotId id, SteadyTime begun, const Manifest* complete, std::string_view trouble) override {
    SnapshotReport report{id, complete != nullptr, begun, clock_.Now(), 0, 0, std::string(trouble)};
    if (complete != nullptr) {
      for (const auto& part : complete->parts) {
        report.bytes += part.bytes;
        report.sync_nanos = std::max(report.sync_nanos, part.cut_nanos);
      }
    }
    gateway_->Report(report);
  }
  void OnCounters(WorkerId worker, const WorkerCounters& counters) override {
    auto& page = gateway_->status();
    page.Set(worker, Counter::kUnitsExecuted, counters.units);
    page.Set(worker, Counter::kUnitsDurable, counters.durable_units);
    page.Set(worker, Counter::kMessagesLocal, counters.sent_local);
    page.Set(worker, Counter::kMessagesRemote, counters.sent_remote);
    page.Set(worker, Counter::kLateMessages, counters.late);
    page.Set(worker, Counter::kRetries, counters.failed_attempts);
    page.Set(worker, Counter::kDeadLetters, counters.dead_letters);
    page.Set(worker, Counter::kEgressRecords, counters.egress_records);
    page.Set(worker, Counter::kLogBytes, counters.log_bytes);
    page.Set(worker, Counter::kReplayedRecords, counters.replayed_records);
  }
  void OnFailed(std::string reason, std::optional<SnapshotId> older) override {
    Offer(older);
    gateway_->Report(NoteReport{std::string(kLastWords), reason});
    End(MakeError(ErrorCode::kInternal, "{}", reason));
  }
  // Tells the testbed which snapshot the system would go back to if it were allowed to.
  void Offer(std::optional<SnapshotId> older) {
    if (older) gateway_->Report(NoteReport{std::string(kRollbackOffer), fmt::to_string(*older)});
  }

 private:
  const SteadyTime process_start_;
  SystemClock clock_;
  GatewayClient* gateway_ = nullptr;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::optional<Status> end_;
};

Result<SutConfig> ReadConfig(const std::string& file) {
  std::ifstream in(file);
  if (!in) return MakeError(ErrorCode::kNotFound, "{}: cannot be read", file);
  std::stringstream text;
  text << in.rdbuf();
  return ParseSutConfig(text.str(), file);
}

LocalClusterOptions ReadOptions(const SuitePoint& point, const SutConfig& config,
                                std::optional<SnapshotId> accept_rollback) {
  const auto& engine = point.Part("engine").options;
  const auto& protocol = point.Part("protocol").options;
  LocalClusterOptions options;
  options.workers = static_cast<std::uint16_t>(engine.GetInt("workers"));
  options.idle = kIdlePolicies.at(engine.GetText("idle"));
  options.watchdog = engine.GetDuration("watchdog");
  options.seed = config.seed + config.incarnation.value;
  options.queue_memory_bytes = engine.GetBytes("queue-memory").bytes;
  options.coordinator.interval = protocol.GetDuration("interval");
  options.coordinator.head_start = options.coordinator.interval / kHeadStartOfInterval;
  options.coordinator.timeout = protocol.GetDuration("timeout");
  options.coordinator.retained = static_cast<std::size_t>(protocol.GetInt("retained"));
  options.coordinator.accept_rollback = accept_rollback;
  return options;
}

// Everything the cluster stands on, in the order in which it must go.
struct Ground {
  std::unique_ptr<Disk> own_disk;
  std::optional<KillSwitch> kill_switch;
  std::unique_ptr<Disk> killing_disk;       // Over the one above, in a run that asks for it.
  std::unique_ptr<TroubledPorts> troubled;  // Likewise.
  Disk* disk = nullptr;
  std::unique_ptr<ObjectStore> objects;
  std::unique_ptr<GatewayClient> gateway;
};

Status OpenDisk(const SutConfig& config, Ground& ground) {
  HOLDFAST_ASSIGN(ground.own_disk, OpenPosixDisk(config.data));
  ground.disk = ground.own_disk.get();
  if (!config.kill_switch.empty()) {
    HOLDFAST_ASSIGN(ground.kill_switch, KillSwitch::Open(config.kill_switch));
    ground.killing_disk = std::make_unique<KillingDisk>(
        *ground.disk, *ground.kill_switch, [] { return SystemClock().Now(); }, [] { ::raise(SIGKILL); });
    ground.disk = ground.killing_disk.get();
  }
  if (config.troubles.empty()) return {};
  HOLDFAST_ASSIGN(ground.troubled, TroubledPorts::Open(config.troubles, config.seed));
  ground.disk = &ground.troubled->Over(*ground.disk);
  return {};
}

Result<LocalClusterParts> MakeParts(const Parts& parts, const SuitePoint& point, const SutConfig& config,
                                    Ground& ground, std::uint16_t& partitions) {
  const auto& workload_part = point.Part("workload");
  HOLDFAST_ASSIGN(const auto* workload, parts.workloads.Find(workload_part.name, workload_part.place));
  HOLDFAST_ASSIGN(const auto made, workload->factory(workload_part.options, config.seed));
  HOLDFAST_ASSIGN(const auto* protocol, parts.protocols.Find(point.Part("protocol").name));
  HOLDFAST_ASSIGN(const auto* host, parts.hosts.Find(point.Part("host").name));
  HOLDFAST_ASSIGN(const auto* state, parts.states.Find(point.Part("state").name));
  HOLDFAST_ASSIGN(const auto* store, parts.stores.Find(point.Part("store").name));
  HOLDFAST_ASSIGN(const auto* log, parts.logs.Find(point.Part("log").name));
  HOLDFAST_TRY(OpenDisk(config, ground));
  HOLDFAST_ASSIGN(ground.objects, store->factory(*ground.disk, "main", point.Part("store").options));
  partitions = made.input->partitions();
  LocalClusterParts cluster;
  cluster.application = made.application;
  cluster.protocol = protocol->factory;
  cluster.objects = std::shared_ptr<ObjectStore>(ground.objects.get(), [](ObjectStore*) {});
  cluster.make_logs = [&ground, log, options = point.Part("log").options](Background& background) {
    return log->factory(*ground.disk, background, options);
  };
  HOLDFAST_TRY(ground.disk->MakeFolder(kStateFolder));
  cluster.make_state = [state, options = point.Part("state").options, folder = config.data](WorkerId worker,
                                                                                            Background& background) {
    return state->factory({fmt::format("{}/{}/worker-{}", folder, kStateFolder, worker), background}, options);
  };
  cluster.make_endpoint = host->factory;
  cluster.connect = [&ground](WorkerId worker, HostHooks hooks) -> HostPorts {
    auto ports = ground.gateway->Attach(worker, {std::move(hooks.wake), std::move(hooks.post)});
    return {ports.ingress, ports.egress};
  };
  cluster.scratch = ground.disk;
  if (ground.troubled) {
    ground.troubled->Wrap(cluster, static_cast<std::uint16_t>(point.Part("engine").options.GetInt("workers")));
  }
  cluster.warn = [](const std::string& sentence) { std::cerr << sentence << std::endl; };
  return cluster;
}

}  // namespace

Status RunSystemUnderTest(const Parts& parts, const std::string& config_file,
                          std::optional<SnapshotId> accept_rollback) {
  Reporter reporter(SystemClock().Now());
  HOLDFAST_ASSIGN(const auto config, ReadConfig(config_file));
  const auto catalog = parts.MakeCatalog();
  HOLDFAST_ASSIGN(const auto suite, ParseSuite(PointAsSuite(config), {}, {catalog, {}, {}}));
  const auto& point = suite.points.front();
  auto options = ReadOptions(point, config, accept_rollback);
  Ground ground;
  HOLDFAST_ASSIGN(auto cluster_parts, MakeParts(parts, point, config, ground, options.partitions));
  GatewayClient::Options gateway{config.gateway, config.incarnation, options.workers, {}};
  gateway.on_lost = [&reporter](const Error&) { reporter.End({}); };  // The testbed is gone: nothing left to serve.
  HOLDFAST_ASSIGN(ground.gateway, GatewayClient::Connect(std::move(gateway)));
  reporter.Begin(*ground.gateway);
  LocalCluster cluster(options, std::move(cluster_parts), reporter);
  const auto started = cluster.Start();
  ground.gateway->Start();  // After a refusal as well: the testbed is to hear of it.
  if (!started.ok()) reporter.Offer(cluster.older());
  const auto end = started.ok() ? reporter.Wait() : started;
  ground.gateway->Stop();  // Before the loops it calls are gone.
  return end;
}

}  // namespace holdfast
