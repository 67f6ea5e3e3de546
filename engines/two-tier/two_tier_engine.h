// The architecture that stateful functions are to be judged against, as an engine: the same functions, run by stateless
// service processes that load and store the state of an address in a database for each message and call each other by
// HTTP, with retries. Everything runs for real: the database is made for the run, the services are
// processes of their own, and a fault is a SIGKILL to some of them, after which they are started again.
//
//   generator ── HTTP ──► service ── HTTP ──► service          each a process, stateless
//                            │ SQL               │ SQL
//                            └────► database ◄───┘             state, dedup table, outbox, delayed messages
//
// Two ways to write it, as people do. `naive`: retries until it is acknowledged, and nothing against what a retry does
// twice. `idempotent`: a dedup table and a transactional outbox, so that state is exactly-once; output has positions by
// which the sink knows repetitions.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engines/collector/collector.h"
#include "engines/engine.h"
#include "engines/generator/generator.h"
#include "engines/holdfast/start_outside.h"
#include "engines/holdfast/sut_config.h"
#include "engines/supervisor/child_process.h"
#include "engines/troubles/trouble_watch.h"
#include "engines/two-tier/databases.h"
#include "engines/two-tier/event_loop.h"
#include "engines/two-tier/http_server.h"
#include "engines/two-tier/ingress_client.h"
#include "engines/two-tier/service.h"

namespace holdfast::two_tier {

// What a fault hits.
enum class KillTarget : std::uint8_t { kService, kServices, kDatabase, kEverything };

class TwoTierEngine final : public Engine {
 public:
  struct Options {
    std::vector<std::string> command;  // The program and its arguments; the path of the SutConfig and the number of the
                                       // service are added.
    SutConfig config;                  // Gateway (the folder of the sockets) and incarnation are filled in.
    std::string parent_folder;         // Where the temporary folder is made.
    std::string data_folder;           // For the database, and kept; empty means in the temporary folder.
    DatabaseKind database{};
    std::string database_binaries;       // As DatabaseServer has it.
    std::vector<int> cpus;               // Where services and database may run; empty means anywhere.
    std::vector<std::string> outside{};  // As HoldfastEngine has it.
    int services = 3;
    KillTarget target = KillTarget::kEverything;
    bool troubles = false;  // Replies of the services can be dropped.
    bool yield = true;      // Let others run while waiting for a record to fall due, instead of spinning.
    Duration start_timeout = std::chrono::seconds(60);
  };

  static constexpr EngineCapabilities kCapabilities{.kill = true, .events = true, .services = true};

  // Requires: generator and collector outlive the engine.
  TwoTierEngine(Options options, std::shared_ptr<const Application> application, Generator& generator,
                Collector& collector);
  ~TwoTierEngine() override;

  EngineCapabilities Capabilities() const override { return kCapabilities; }
  Status Start() override;
  Status RunUntil(SteadyTime until) override;
  Status Inject(const EngineFault& fault) override;
  Result<std::size_t> Arm(const EngineFault& kill, std::string_view site, std::uint64_t nth) override;
  void Disarm() override {}
  void Stop() override;
  bool Recovering() const override { return down_ || coming_up_ || paused_until_; }
  bool Answering() const override { return outside_ && !outside_->Done(); }
  bool Busy() const override { return ingress_ && ingress_->under_way() > 0; }
  EngineCounters Counters() const override;
  EngineUsage Measure() override;
  const EngineLog& Log() const override { return log_; }

 private:
  struct ServiceProcess {
    std::optional<ChildProcess> child;
    std::unique_ptr<HttpClient> client;
    std::string last_words;  // Why it ends, if it said so.
    bool hit = false;        // By the fault that is under way.
    bool ready = false;      // It has answered.
    bool asked = false;      // An answer is under way.
    EngineCounters counters, past_counters;
    ChildProcess::Usage past_usage;
  };

  Status MakeFolders();
  Status OpenSink();
  void TakeOutput(HttpRequest request, const HttpServer::Answer& answer);
  Status LaunchService(std::size_t index);
  Status Supervise(SteadyTime now);
  Status FindUnexpectedEnds();
  Status FollowKill(SteadyTime now);
  void FollowPause(SteadyTime now);
  Status FollowComeback(SteadyTime now);
  bool AllEnded();
  bool AllReady() const;
  void AskStatus();
  void Ask(ServiceProcess& service);
  void Retire(ServiceProcess& service);
  void ChooseTarget(const EngineFault& fault);
  void SignalTarget(int signal);
  void Wait(SteadyTime until);
  Status AwaitWorkInFlight();
  Status BeginTrouble(const EngineFault& fault);

  Options options_;
  const std::shared_ptr<const Application> application_;
  Generator& generator_;
  Collector& collector_;

  std::string folder_;  // Empty before Start and after Stop.
  EventLoop loop_;
  std::unique_ptr<DatabaseServer> database_;
  bool database_hit_ = false;
  std::unique_ptr<HttpServer> sink_;
  std::vector<ServiceProcess> services_;
  std::optional<IngressClient> ingress_;
  std::unique_ptr<OutsideProcess> outside_;  // If somebody answers.

  EngineFault kill_, pause_;  // The newest of each.
  bool down_ = false;         // What the kill hit is not started again yet,
  bool coming_up_ = false;    // or does not answer yet.
  SteadyTime give_up_;        // When it should have answered.
  std::optional<SteadyTime> paused_until_;
  std::optional<TroubleWatch> troubles_;
  std::optional<FaultVerb> awaits_unit_;  // The newest recovery of this kind has not seen its first unit yet,
  std::uint64_t units_before_ = 0;        // above this count.
  std::size_t next_victim_ = 0;           // The service that is hit next.
  SteadyTime next_check_, next_sample_, next_question_;

  EngineLog log_;
  std::int64_t peak_resident_bytes_ = 0;
};

}  // namespace holdfast::two_tier
