#include "apps/host/local_cluster.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>

#include "apps/host/troubled_ports.h"
#include "apps/parts/parts.h"
#include "chaos/simulation/disk/sim_disk.h"
#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"
#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"
#include "tests/support/patience.h"
#include "tests/support/temporary_folder.h"
#include "workloads/greeter/oracle.h"

namespace holdfast {
namespace {

constexpr std::uint64_t kRecords = 3000;

// The world outside the cluster: all records are there from the beginning; the sink keeps what is visible.
class Outside {
 public:
  explicit Outside(Workload workload) : workload_(std::move(workload)), oracle_(workload_.make_oracle()) {
    for (std::uint16_t p = 0; p < workload_.input->partitions(); ++p) oracle_->Offered(PartitionId(p), End(p));
  }
  std::uint64_t End(std::uint16_t partition) const {
    const auto partitions = workload_.input->partitions();
    return kRecords / partitions + (partition < kRecords % partitions ? 1 : 0);
  }
  Result<std::uint64_t> Fence(WorkerId worker) {
    const std::lock_guard lock(mutex_);
    return committed_[worker];
  }
  void Commit(WorkerId worker, std::uint64_t position, std::string_view records) {
    const std::lock_guard lock(mutex_);
    if (position <= committed_[worker]) return;
    committed_[worker] = position;
    EgressRecord record;
    while (TakeEgressRecord(records, record)) oracle_->See(record);
    changed_.notify_all();
  }
  // True once `count` records were seen; false if that takes too long.
  bool WaitFor(std::uint64_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return oracle_->ledger().seen >= count; });
  }
  std::string Judge() {
    const std::lock_guard lock(mutex_);
    oracle_->Finish();
    return oracle_->findings().Text();
  }
  const Workload& workload() const { return workload_; }

 private:
  Workload workload_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<WorkerId, std::uint64_t> committed_;
  std::unique_ptr<Oracle> oracle_;
};

class FakePort final : public Ingress, public EgressSink {
 public:
  FakePort(Outside& outside, WorkerId worker, HostHooks hooks)
      : outside_(outside), worker_(worker), hooks_(std::move(hooks)) {}
  void Seek(PartitionId partition, std::uint64_t offset) override { next_[partition] = offset; }
  std::span<const IngressRecord> Poll(PartitionId partition, std::size_t max) override {
    auto& next = next_[partition];
    records_.resize(max);
    views_.clear();
    for (auto& record : records_) {
      if (next >= outside_.End(partition.value)) break;
      outside_.workload().input->Record(partition, next, record);
      views_.push_back({next++, record.ingress, record.key, record.value});
    }
    return views_;
  }
  void Release(PartitionId, std::uint64_t) override {}
  void Fence(EgressFence, std::function<void(Result<std::uint64_t>)> done) override {
    hooks_.post([done, answer = outside_.Fence(worker_)] { done(answer); });
  }
  void Commit(std::uint64_t position, EgressBytes records, Callback done) override {
    outside_.Commit(worker_, position, records.Joined());
    hooks_.post([done] { done({}); });
  }
  void Emit(EgressPiece) override {}

 private:
  Outside& outside_;
  WorkerId worker_;
  HostHooks hooks_;
  std::map<PartitionId, std::uint64_t> next_;
  std::vector<InputRecord> records_;
  std::vector<IngressRecord> views_;
};

class Listener final : public LocalClusterListener {
 public:
  void OnRunning(std::optional<SnapshotId>) override {}
  void OnFirstUnit() override {}
  void OnSnapshotBegun(SnapshotId, SteadyTime) override {}
  void OnSnapshot(SnapshotId, SteadyTime, const Manifest*, std::string_view) override {}
  void OnCounters(WorkerId, const WorkerCounters&) override {}
  void OnFailed(std::string reason, std::optional<SnapshotId>) override { ADD_FAILURE() << reason; }
};

class LocalClusterTest : public testing::TestWithParam<const char*> {
 protected:
  LocalClusterTest()
      : parts_(AllParts()), outside_([this] {
          const auto* greeter = *parts_.workloads.Find("greeter");
          return *greeter->factory(greeter->descriptor.options.Defaults(), 7);
        }()) {}

  // One life of the cluster, ended once `count` records are visible.
  void RunUntil(std::uint64_t count) {
    std::vector<std::unique_ptr<FakePort>> ports;
    LocalClusterOptions options;
    options.workers = 3;
    options.partitions = outside_.workload().input->partitions();
    options.coordinator.interval = std::chrono::milliseconds(5);
    LocalClusterParts made;
    made.application = outside_.workload().application;
    made.protocol = (*parts_.protocols.Find(GetParam()))->factory;
    made.objects = objects_;
    made.make_logs = [this](Background& background) { return MakeLogs(background); };
    made.make_state = [this](WorkerId, Background& background) {
      const auto* heap = *parts_.states.Find("heap");
      return heap->factory({{}, background}, heap->descriptor.options.Defaults());
    };
    made.make_endpoint = (*parts_.hosts.Find("loopback"))->factory;
    made.connect = [&](WorkerId worker, HostHooks hooks) -> HostPorts {
      ports.push_back(std::make_unique<FakePort>(outside_, worker, std::move(hooks)));
      return {*ports.back(), *ports.back()};
    };
    made.warn = [](const std::string&) {};
    if (troubled_) troubled_->Wrap(made, options.workers);
    Listener listener;
    LocalCluster cluster(options, std::move(made), listener);
    ASSERT_TRUE(cluster.Start().ok());
    EXPECT_TRUE(outside_.WaitFor(count));
  }

  // Every worker logs to a disk of its own, kept over lives.
  std::unique_ptr<AppendLogStore> MakeLogs(Background& background) {
    const auto worker = made_++ % 3;
    return MakeFilesystemAppendLogStore(disks_[worker], background);
  }

  Parts parts_;
  Outside outside_;
  std::array<SimDisk, 3> disks_;
  std::size_t made_ = 0;
  std::unique_ptr<TroubledPorts> troubled_;
  std::shared_ptr<ObjectStore> objects_ =
      *(*parts_.stores.Find("memory"))->factory(disks_[0], "main", OptionSet().Defaults());
};

TEST_P(LocalClusterTest, StoppedAndStartedAnewShowsEveryEmailOnce) {
  RunUntil(kRecords / 3);
  RunUntil(kRecords);
  EXPECT_EQ(outside_.Judge(), "");
}

// Everything at once, from before the start; each is met on threads of several loops.
TEST_P(LocalClusterTest, ThroughTroubledChannelsAndABreakingSinkEveryEmailIsShownOnce) {
  using namespace std::chrono_literals;
  const TemporaryFolder folder;
  auto page = TroublePage::Create(folder / "troubles").value();
  troubled_ = TroubledPorts::Open(folder / "troubles", 5).value();
  const TroublePath to_sink{TroubleEnd::Everything(), TroubleEnd::Sink()};
  const auto now = SystemClock().Now();
  const TroubleOrder orders[] = {
      {PortTrouble::kHold, {}, {TroubleEnd::Worker(WorkerId(0)), TroubleEnd::Everything()}, now + 500ms},
      {PortTrouble::kHold, {}, {TroubleEnd::Coordinator(), TroubleEnd::Worker(WorkerId(1))}, now + 1s},
      {PortTrouble::kDelay, {.by = 1ms}, {}},
      {PortTrouble::kDuplicate, {.chance = 0.5}, {}},
      {PortTrouble::kReorder, {.chance = 0.5, .by = 3ms}, {}},
      {PortTrouble::kSinkErrors, {.chance = 0.2}, to_sink},
      {PortTrouble::kSlowSink, {.by = 1ms}, to_sink}};
  std::vector<TroubleTicket> tickets;
  for (const auto& order : orders) tickets.push_back(page.Begin(order).value());
  RunUntil(kRecords);
  EXPECT_EQ(outside_.Judge(), "");
  for (std::size_t i = 0; i < tickets.size(); ++i) {
    EXPECT_GT(page.met(tickets[i]), 0u) << PortTroubleName(orders[i].trouble);
  }
  EXPECT_EQ(page.waiting(tickets[0]), 0u);
  EXPECT_EQ(page.waiting(tickets[1]), 0u);
}

INSTANTIATE_TEST_SUITE_P(Protocols, LocalClusterTest, testing::Values("stop-the-world", "unaligned", "message-logging"),
                         [](const auto& protocol) {
                           std::string name = protocol.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace holdfast
