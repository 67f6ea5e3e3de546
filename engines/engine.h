// What a suite runs on. An engine is a black box: it is started, offered load, its output is read, faults are inflicted
// on it, it is stopped. What the bench claims about correctness and latency comes from outside only, from what the
// generator sent and the collector saw; what an engine tells about itself (snapshots, steps of recovery, counters) is
// shown beside it, and its Capabilities say which of it to expect.
//
//   HOLDFAST_TRY(engine.Start());                         // The system is up and asks for input.
//   generator.Begin(now);
//   while (...) HOLDFAST_TRY(engine.RunUntil(now + 50ms)); // Carries input to it and output from it.
//   HOLDFAST_TRY(engine.Inject({FaultVerb::kKill}));       // It is down, and comes back during RunUntil.
//   engine.Stop();
//
// One run, one engine object. Used from one thread, which lives at least as long.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chaos/faults/port_trouble.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/model/application.h"
#include "workloads/oracles/line_auditor.h"

namespace holdfast {

enum class FaultVerb : std::uint8_t {
  kKill,     // SIGKILL to the whole system, which is then started again.
  kPause,    // SIGSTOP to the whole system, and SIGCONT when it is over.
  kTrouble,  // Ports of the whole system misbehave, and when it is over they do not any more.
  kOutage,   // What keeps its state does not answer, and when it is over it does.
};

// What befalls the store of a killed system before it is started again.
enum class StoreFault : std::uint8_t {
  kNothing,
  kDamageNewest,   // A byte of the newest snapshot changes.
  kOlderSnapshot,  // The newest snapshot is gone; an older one stands in its place.
  kEmptyStore,     // Snapshots and logs are gone.
};

// What a kill or a pause strikes, of an engine that consists of several programs.
enum class SystemPart : std::uint8_t {
  kUsual,  // All of it, or what the engine is configured for.
  kService,
  kServices,
  kDatabase,
};

struct EngineFault {
  FaultVerb verb{};
  Duration lasts{};         // Between the death of the system and its next start, or from the beginning to the end.
  bool at_once = false;     // Not only when there is work in flight.
  bool everything = false;  // A kill hits who takes part from outside, too, and whatever else there is.
  SystemPart part = SystemPart::kUsual;
  StoreFault then = StoreFault::kNothing;  // Of a kill.
  PortTrouble trouble{};                   // Of a trouble,
  TroubleSize size{};                      // how bad,
  TroublePath path{};                      // and of one of channels or the sink, between whom.
};

// What an engine tells of as it happens.
enum class EngineEvent : std::uint8_t {
  kSnapshotBegun,
  kSnapshotComplete,
  kRestarted,  // A new process runs,
  kRestored,   // has its state back,
  kFirstUnit,  // and has handled a message.
};

struct EngineCapabilities {
  bool kill = false;       // The system is a process of its own that can be killed, and stopped, for real.
  bool progress = false;   // It tells units executed and durable, so that work in flight at a fault is known.
  bool snapshots = false;  // It tells its snapshots.
  bool lines = false;      // Its recovery lines can be audited.
  bool events = false;     // It tells its events.
  bool store = false;      // What it stores can be tampered with while it is down.
  bool ports = false;      // Its ports can be made to misbehave while it runs.
  bool services = false;   // Services and a database, which can be hit alone, and replies dropped between them.
  bool commits = false;    // Its output leaves in batches whose commit is answered.
  // Sites at whose calls the system can be made to kill itself.
  std::span<const std::string_view> sync_sites{};
};

struct EngineSnapshot {
  SnapshotId id{};
  bool complete = false;
  SteadyTime start{}, end{};
  std::uint64_t bytes = 0;
  Duration sync{};        // The longest a loop stood still.
  std::string trouble{};  // Why it is not complete.
};

// One fault and the way back, as far as it was seen; of a pause or trouble the instants alone, without a restored
// state.
struct EngineRecovery {
  FaultVerb verb{};
  SteadyTime applied;
  std::optional<SteadyTime> detected;      // The system was known to be dead, to stand still, or to have met trouble.
  std::optional<SteadyTime> restarted;     // A new one had been started, it went on, or the trouble was over.
  std::optional<SteadyTime> restored;      // Its state was back.
  std::optional<SteadyTime> first_unit;    // It handled a message.
  std::optional<SnapshotId> snapshot;      // What it went back to.
  std::uint64_t executed_not_durable = 0;  // Units lost with the process, unless they can be repeated.
  std::uint64_t replayed_records = 0;      // Input it asked for again.
  std::string store;                       // What was done to the store meanwhile, in words.
  std::uint64_t met = 0;                   // Calls and messages that the trouble befell.
  std::uint64_t met_and_lost = 0;          // Those of them that were on their way when the system was killed.
  std::optional<std::size_t> armed;        // What Arm returned, of a kill that waited for a call.
};

struct EngineCounters {
  std::uint64_t units = 0, durable_units = 0;
  std::uint64_t messages_local = 0, messages_remote = 0;
  std::uint64_t retries = 0, dead_letters = 0;

  EngineCounters& operator+=(const EngineCounters& other) {
    units += other.units;
    durable_units += other.durable_units;
    messages_local += other.messages_local;
    messages_remote += other.messages_remote;
    retries += other.retries;
    dead_letters += other.dead_letters;
    return *this;
  }
};

// Totals over all processes the system has had, at one instant.
struct EngineUsage {
  SteadyTime at;
  Duration cpu{};
  std::int64_t resident_bytes = 0;
  std::int64_t peak_resident_bytes = 0;
  std::int64_t written_bytes = 0;
  std::int64_t context_switches = 0;  // Of processes that have ended.
  std::uint64_t units = 0;
};

// What an engine has told and what was measured on it.
struct EngineLog {
  // The newest recovery from a fault of this kind; null if there was none.
  EngineRecovery* LastOf(FaultVerb verb) {
    const auto last = std::ranges::find(recoveries.rbegin(), recoveries.rend(), verb, &EngineRecovery::verb);
    return last == recoveries.rend() ? nullptr : &*last;
  }

  std::vector<EngineSnapshot> snapshots;
  std::vector<EngineRecovery> recoveries;
  std::vector<std::pair<EngineEvent, SteadyTime>> events;  // In the order in which they were told.
  std::vector<EngineUsage> usage;                          // About every 100 ms.
  std::vector<std::pair<std::string, std::string>> notes;
  // The older snapshot the system was allowed to go back to, because the newest was damaged or gone: output that came
  // after it may be lost or made again, whatever is promised otherwise.
  std::optional<SnapshotId> accepted_rollback;
  // What the ledger of who takes part from outside holds; once the engine has stopped.
  std::vector<std::string> ledger;
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual EngineCapabilities Capabilities() const = 0;

  // Starts the system and waits until it has asked for input in every partition. The error of a system that does not
  // come up holds the last lines it printed.
  virtual Status Start() = 0;
  // Carries records as they fall due and output as it comes, until `until`. An error if the system died by itself.
  virtual Status RunUntil(SteadyTime until) = 0;
  // Does it as soon as there is work in flight that it can hit, if that is soon; while the system recovers from an
  // earlier fault, or if the fault says so, at once. kRefused while there is nothing to hit, because the system is down
  // or stands still already.
  virtual Status Inject(const EngineFault& fault) = 0;
  // Audits the recovery lines of the run, if it has that capability; returns how many. Call when nothing goes on any
  // more, since `at_rest_since` (ms since 1970), and nothing is measured. An error if they cannot be read.
  virtual Result<std::uint64_t> AuditLines(const Application& /*application*/, LineAuditor& /*auditor*/,
                                           std::int64_t /*at_rest_since*/, Findings& /*findings*/) {
    return std::uint64_t{0};
  }
  // The system is to kill itself when the nth call from now on of this sync site begins. Returns what the recovery will
  // be known by. kRefused if the engine was not made for it.
  virtual Result<std::size_t> Arm(const EngineFault& kill, std::string_view site, std::uint64_t nth) = 0;
  // What waits for a call, waits no longer.
  virtual void Disarm() = 0;
  // Ends the system and removes everything it left. Also done by the destructor.
  virtual void Stop() = 0;

  // True while the system stands still, or was killed and has not asked for all its input again.
  virtual bool Recovering() const = 0;
  // True if the system as it runs now has executed units that are not durable yet, as far as it tells: output may come.
  virtual bool Busy() const { return false; }
  // True while somebody outside has not dealt with all that is visible.
  virtual bool Answering() const { return false; }
  // Over all processes of the run so far.
  virtual EngineCounters Counters() const = 0;
  // Now.
  virtual EngineUsage Measure() = 0;
  virtual const EngineLog& Log() const = 0;
};

}  // namespace holdfast
