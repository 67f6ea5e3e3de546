// Holdfast itself as an engine: a process of its own per incarnation, spawned, watched, killed with a real SIGKILL and
// started again, which meets the testbed at a socket that carries its incarnation in the name. All it leaves on disk
// (its configuration, sockets, snapshots, logs, output) lies in one temporary folder that goes with the engine, unless
// the data are to be kept elsewhere.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chaos/faults/kill_switch.h"
#include "core/ports/disk.h"
#include "core/ports/object_store.h"
#include "engines/collector/collector.h"
#include "engines/engine.h"
#include "engines/generator/generator.h"
#include "engines/holdfast/start_outside.h"
#include "engines/holdfast/sut_config.h"
#include "engines/holdfast/system_link.h"
#include "engines/outside/outside_process.h"
#include "engines/supervisor/child_process.h"
#include "engines/troubles/trouble_watch.h"

namespace holdfast {

// A store on a disk.
struct OpenedObjects {
  std::unique_ptr<Disk> disk;
  std::unique_ptr<ObjectStore> objects;
};

class HoldfastEngine final : public Engine, private SystemListener {
 public:
  struct Options {
    std::vector<std::string> command;  // The program and its arguments; the path of the SutConfig is added.
    SutConfig config;                  // Gateway, incarnation and data are filled in at every start.
    std::string parent_folder;         // Where the temporary folder is made.
    std::vector<int> cpus;             // Where the process may run; empty means anywhere.
    // Does this to what lies in the data folder, and says what was done. May be empty if no fault asks for it.
    std::function<Result<std::string>(const std::string& data_folder, StoreFault fault)> tamper;
    std::string data_folder;       // Made for snapshots and logs, and kept; empty means in the temporary folder.
    bool accept_rollback = false;  // A system whose newest snapshot is damaged may go back to the one it names.
    bool kill_switch = false;      // The system can be made to kill itself in the middle of disk calls: see Arm.
    bool troubles = false;         // Its ports can be made to misbehave.
    bool yield = true;             // Let others run while waiting for a record to fall due, instead of spinning.
    Duration start_timeout = std::chrono::seconds(60);
    // For audits: opens the store in a data folder; none, and there is nothing to audit.
    std::function<Result<OpenedObjects>(const std::string& folder)> open_store{};
    // The process of who answers from outside: program and arguments; the path of a SutConfig is added. None if the
    // generator has no topic for answers.
    std::vector<std::string> outside{};
    bool own_snapshots = false;  // Each worker has its own, beside a log.
    Duration interval{};         // Between snapshots.
  };

  static constexpr EngineCapabilities kCapabilities{
      .kill = true, .progress = true, .snapshots = true, .events = true, .store = true, .ports = true, .commits = true};

  // Requires: generator and collector outlive the engine.
  HoldfastEngine(Options options, const MakeSystemLink& make_link, Generator& generator, Collector& collector);
  ~HoldfastEngine() override;

  EngineCapabilities Capabilities() const override {
    auto capabilities = kCapabilities;
    capabilities.lines = options_.open_store != nullptr;
    capabilities.ports = options_.troubles;
    return capabilities;
  }
  Status Start() override;
  Status RunUntil(SteadyTime until) override;
  Status Inject(const EngineFault& fault) override;
  Result<std::uint64_t> AuditLines(const Application& application, LineAuditor& auditor, std::int64_t at_rest_since,
                                   Findings& findings) override;
  Result<std::size_t> Arm(const EngineFault& kill, std::string_view site, std::uint64_t nth) override;
  void Disarm() override;
  void Stop() override;
  bool Recovering() const override { return recovering_ || stopped_; }
  bool Busy() const override;
  bool Answering() const override { return outside_ && !outside_->Done(); }
  EngineCounters Counters() const override;
  EngineUsage Measure() override;
  const EngineLog& Log() const override { return log_; }

 private:
  Status Launch();
  Status Supervise(SteadyTime now);
  void FollowPause(SteadyTime now);
  Status FollowKill(SteadyTime now);
  Status DiedByItself();
  Status AcceptOffer();
  void Pump();
  void Wait(SteadyTime until);
  Status AwaitWorkInFlight();
  void BeginRecovery(const EngineFault& kill);
  Status TamperWithStore();
  bool FollowStrike(SteadyTime now);
  void Pause(EngineRecovery& recovery, Duration lasts);

  Status BeginTrouble(const EngineFault& fault);
  static EngineEvent EventOf(SystemStep step);

  void OnConnected(SystemSession& session) override;
  void OnSubscribe(SystemSession& session, PartitionId partition, std::uint64_t offset) override;
  void OnRelease(PartitionId partition, std::uint64_t offset) override;
  Result<std::uint64_t> OnFence(WorkerId stream, EgressFence fence) override;
  Status OnCommit(WorkerId stream, EgressFence fence, std::uint64_t position, std::string_view records) override;
  void OnEmit(WorkerId stream, EgressFence fence, std::string_view records) override;
  void OnSnapshot(const EngineSnapshot& snapshot) override;
  void OnStep(SystemSession& session, SystemStep step, SteadyTime at, std::optional<SnapshotId> snapshot) override;
  void OnNote(std::string_view key, std::string_view value) override;
  void OnDisconnected(SystemSession& session, const Error& why) override;

  Options options_;
  Generator& generator_;
  Collector& collector_;
  std::unique_ptr<SystemLink> link_;
  Generator::Encoder encode_;
  Generator::Batch batch_;

  std::string folder_;  // Empty before Start and after Stop.
  std::optional<ChildProcess> child_;
  std::unique_ptr<OutsideProcess> outside_;  // If somebody answers.
  SystemSession* session_ = nullptr;         // Of the present incarnation.
  std::optional<KillSwitch> kill_switch_;
  std::vector<EngineFault> armed_;       // By what Arm returned.
  std::uint64_t in_flight_at_loss_ = 0;  // Units that were not durable when the present session ended.
  bool killed_ = false;                  // Until the next incarnation is started,
  EngineFault kill_;                     // this long after the death was seen.
  bool recovering_ = false;
  std::optional<SteadyTime> stopped_;            // The present incarnation stands still until then.
  std::optional<std::uint64_t> units_in_pause_;  // It was let go on with these, and has handled no other yet.
  std::optional<Error> lost_;                    // Why the present session ended without a kill.
  SteadyTime lost_since_;
  std::string last_words_;            // Why the present incarnation ends, if it said so.
  std::optional<std::string> offer_;  // The snapshot the present incarnation would go back to.
  std::optional<TroubleWatch> troubles_;
  SteadyTime next_check_;
  SteadyTime next_sample_;

  std::map<PartitionId, std::uint64_t> released_;  // Over all incarnations.

  EngineLog log_;
  EngineCounters past_;     // Of sessions that have ended.
  EngineUsage past_usage_;  // Of processes that have ended.
};

}  // namespace holdfast
