// What a simulated run is made of, and what it tells.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "chaos/simulation/scheduler.h"
#include "chaos/simulation/sim_fault.h"
#include "chaos/simulation/sim_probe.h"
#include "core/ports/append_log.h"
#include "core/ports/background.h"
#include "core/ports/clock.h"
#include "core/ports/disk.h"
#include "core/ports/endpoint.h"
#include "core/ports/object_store.h"
#include "core/ports/state_backend.h"
#include "core/protocols/factory.h"
#include "workloads/load/closed_loop.h"
#include "workloads/load/input.h"
#include "workloads/oracles/line_auditor.h"
#include "workloads/oracles/oracle.h"
#include "workloads/oracles/participant.h"

namespace holdfast {

// The implementations under test, handed in from outside: the simulator knows ports only.
struct SimParts {
  std::shared_ptr<const Application> application;
  std::shared_ptr<const Input> input;
  std::unique_ptr<Oracle> oracle;
  std::unique_ptr<LineAuditor> auditor;  // None: recovery lines are not audited.
  // Both or none: who answers from outside, and the input that takes the answers.
  std::unique_ptr<Participant> participant{};
  std::shared_ptr<ClosedLoopInput> loop{};
  // Told of the clock of the run before it begins; it runs for as long as the run.
  std::function<void(const Clock& clock)> lend_clock;
  ProtocolFactory protocol;
  std::function<std::unique_ptr<StateBackend>(Background& background)> make_state;
  std::function<std::unique_ptr<Endpoint>(std::shared_ptr<const Application>)> make_endpoint;
  // What the runtime asks of a function's effects before it believes them.
  std::function<Status(const AddressView& self, std::string_view effects)> check_effects;
  // Both stand on simulated disks. `writer` names the process.
  std::function<Result<std::unique_ptr<ObjectStore>>(Disk& disk, const std::string& writer)> open_objects;
  std::function<std::unique_ptr<AppendLogStore>(Disk& disk, Background& background)> open_logs;
};

// How many faults of which kinds DrawFaults makes.
struct FaultMix {
  double kills = 0.9;             // Mean number of kills that come out of the blue. Of all kills, these shares take
  double kill_everything = 0.2;   // all processes and the store's machine at once, with loss of un-synced bytes,
  double kill_coordinator = 0.1;  // the coordinator,
  double kill_in_call = 0.2;      // whoever makes one of the next disk calls, in the middle of it;
                                  // and the rest one worker and its machine.
  double kill_again = 0.2;        // Chance that another one follows in milliseconds, while things recover.
  double store_errors = 0;        // Chance that a call of the object store's disk fails.
  double log_errors = 0;          // Chance that a call of a worker's own disk, which holds its log, fails.
  double slow_work = 0;           // Chance that background work takes a hundred times as long.
  double pauses = 0;              // Mean number of times that a process stands still,
  double holds = 0;               // and that what it sends is held back.
  Duration delay{0};              // At most how much longer what is sent takes.
  double duplicates = 0;          // Chance that a control message arrives twice,
  double reorders = 0;            // or late.
  double sink_errors = 0;         // Chance that the connection to the sink breaks at a call.
  Duration slow_sink{0};          // At most how much longer output takes.
  double function_errors = 0;     // Chance that a function gives no answer,
  double wrong_replies = 0;       // or a wrong one,
  double slow_functions = 0;      // or is slow, by lengths around the detector's patience.
  double clocks_set = 0;          // Mean number of times that a worker's application clock is set,
  double clock_drifts = 0;        // or runs at another rate for a while.
  double disks_full = 0;          // Mean number of times that a disk is full for a while.
  Duration slow_disks{0};         // At most how much longer work on disks takes.
  double bit_flips = 0;           // Chance that what is read of the object store is damaged.
  double stale_lists = 0;         // Chance that a listing of the object store lacks a name.
};

// All drawn from the seed by DrawSimConfig; every field may be set by hand to look into one run. With the list of its
// faults and its parts, it is the whole run.
struct SimConfig {
  std::uint64_t seed = 1;
  std::uint16_t workers = 3;
  std::uint64_t records = 200;    // Ingress records, over all partitions.
  Duration record_gap{200'000};   // Between two records.
  Duration interval{10'000'000};  // Between snapshots.
  Duration timeout{40'000'000};
  std::size_t max_frame_bytes = 4096;
  std::uint64_t queue_low = 64;
  std::uint64_t queue_memory = 64 << 20;  // Bytes of queued messages a worker keeps in memory.
  std::uint64_t slice = 16;               // Units a worker runs before the world looks again.
  Duration late_output{0};                // How much later than others one of twenty egress batches may arrive.
  Duration patience{5'000'000};           // Of silence, after which another takes a process's place.
  std::string skip_sync{};                // A sync site that silently does nothing; see DiskFile::Sync.
  FaultMix mix{};                         // For DrawFaults; the run itself looks at its list only.
};

// The numbers that one part of a run draws, whatever the others draw: delays of one channel, losses of one disk.
inline Random SimStream(std::uint64_t seed, std::string_view purpose, std::uint64_t which = 0) {
  return Random(Mix64(seed ^ Hash64(purpose)) + Mix64(which));
}

// A configuration for a small run: at most four workers and 200 records. Equal seeds give equal configurations.
SimConfig DrawSimConfig(std::uint64_t seed);
std::string DescribeSimConfig(const SimConfig& config);

// What a run that broke its promise did, in the coarsest words: two runs that did the same failed alike.
enum class SimFailure : unsigned char {
  kNone,
  kAborted,  // A check ended the process.
  kStopped,  // The cluster gave up: what it needs is damaged or gone.
  kStuck,    // Long after everything was healed, something is still under way.
  kLost,     // Nothing is under way any more, and something was never seen.
  kMissing,  // From here on, the first kind of damage that the oracle found.
  kDuplicate,
  kOutOfOrder,
  kPhantom,
  kContradictory,
  kBrokenChain,
  kWrongState,
  kInconsistentLine,
};
std::string_view SimFailureName(SimFailure failure);

struct SimReport {
  std::uint64_t hash = 0;  // Of everything that happened.
  SimFailure failure = SimFailure::kNone;
  std::string violation;  // What broke the promise, in words; empty if nothing did.
  Ledger ledger;
  std::uint64_t kills = 0;
  std::uint64_t replaced = 0;   // Processes that went on as zombies.
  std::uint64_t snapshots = 0;  // Completed.
  std::uint64_t aborted = 0;
  std::uint64_t restores = 0;
  std::uint64_t lines = 0;  // Recovery lines audited.
  std::uint64_t units = 0;
  std::uint64_t messages_local = 0;
  std::uint64_t messages_remote = 0;
  std::uint64_t late = 0;
  std::uint64_t replayed = 0;
  std::uint64_t spilled = 0;  // Queued messages that went to disk.
  std::uint64_t delayed_fired = 0;
  std::uint64_t delayed_cancelled = 0;
  std::uint64_t delayed_restored = 0;
  std::uint64_t outcomes = 0;  // Of operations.
  std::uint64_t outcomes_unknown = 0;
  std::uint64_t failed_attempts = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t steps = 0;
  std::uint64_t peak_queue = 0;
  Duration virtual_time{0};
  SimProbes probes;  // Rare paths walked.
};

// Runs one simulated cluster until everything offered has been seen and the world is at rest, or until it is clear that
// it never will be. `listener` hears everything that happens, in order.
SimReport Simulate(const SimConfig& config, const std::vector<SimFault>& faults, SimParts parts,
                   SimListener listener = {});

}  // namespace holdfast
