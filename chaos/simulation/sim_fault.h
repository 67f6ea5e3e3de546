// The faults of a simulated run, each written down before the run begins, so that a run can be read, edited and shrunk:
//
//   at 3 ms    kill worker 1; it is back after 2 ms
//   at 7 ms    when the third sync of the store begins, kill whoever makes it
//   at 0 ms    disk errors on the store: one call in a hundred fails, for 2 s
//   at 9 ms    worker 2 stands still for 20 ms; if that is too long for the failure detector, it wakes up replaced
//   at 9 ms    for 20 ms nothing that worker 2 sends arrives; if that is too long, it is replaced while it runs
//
// A fault draws what it needs (which call fails, what a crash takes) from streams that belong to its target alone:
// leaving one out disturbs the others no more than it must.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/time.h"

namespace holdfast {

struct SimConfig;

enum class SimFaultVerb : unsigned char {
  kKill,        // A process ends at once; of a worker, the machine's un-synced bytes are lost with it.
  kDiskErrors,  // For a while, calls of a disk fail.
  kSlowWork,    // For a while, background work takes a hundred times as long.
  kPause,       // For a while, a process does nothing; then it goes on as if nothing had been.
  // Of channels, all for a while.
  kHold,       // What a process sends does not arrive; afterwards all does, in order.
  kDelay,      // What is sent takes longer, and keeps its order.
  kDuplicate,  // Some control messages arrive twice,
  kReorder,    // or are late and overtaken.
  // Of the sink, for a while.
  kSinkErrors,  // Connections break in the middle of calls, some after these were carried out.
  kSlowSink,    // What is sent there takes longer, and keeps its order.
  // Of functions, for a while; no message is given up for it.
  kFunctionErrors,  // A function runs, and no answer comes,
  kWrongReplies,    // or one that the runtime must refuse,
  kSlowFunctions,   // or the answer comes later, and the worker stands still until then.
  // Of the application's clock at a worker; steady time is never touched.
  kClockForward,  // It is set, and stays so,
  kClockBack,
  kClockDrift,  // or runs at another rate for a while; what that gains or loses stays.
  kDiskFull,    // A disk takes nothing,
  kSlowDisk,    // or background work that uses it takes longer,
  kBitFlips,    // or what is read of it differs in one bit. The cluster may stop then, and must not go wrong.
  kStaleLists,  // What the object store lists lacks names.
};

enum class SimFaultRole : unsigned char {
  kWorker,  // And its machine with the disk that holds its log.
  kCoordinator,
  kStore,       // The machine that holds the object store.
  kEverything,  // All processes; a kill takes the store's un-synced bytes too.
  kCaller,      // Whoever makes the call that the fault waits for.
};

struct SimFaultTarget {
  SimFaultRole role = SimFaultRole::kEverything;
  WorkerId worker{0};  // Of kWorker.
  friend bool operator==(const SimFaultTarget&, const SimFaultTarget&) = default;
};
// "worker 1", "store", ...
std::string FaultTargetText(const SimFaultTarget& target);

// A disk call that a kill waits for.
struct AwaitedCall {
  SimFaultTarget disk{};    // A worker's or the store's.
  std::uint64_t nth = 1;    // Counted from the instant of the fault.
  bool only_syncs = false;  // Count syncs only.
  friend bool operator==(const AwaitedCall&, const AwaitedCall&) = default;
};

struct SimFault {
  Duration at{0};  // After the beginning of the run.
  SimFaultVerb verb = SimFaultVerb::kKill;
  SimFaultTarget target{};

  // Of a kill: the process is back after this; of `everything`, each at an instant of its own up to this.
  Duration restart_after{1'000'000};
  // Of a kill in the middle of a disk call; its target is the caller.
  std::optional<AwaitedCall> when{};

  // Of the others: how long, and of some the chance that a call goes wrong or a piece of work is slow.
  Duration lasts{0};
  double chance = 0;
  SimFaultTarget to{};  // Of a hold or delay: what is sent to whom; `everything`, unless it is one.
  Duration by{0};       // At most how much later it arrives; of slow functions, how much longer each takes;
                        // of a clock, how far it is set.

  double rate = 1;  // Of a drift: how fast the clock runs.

  friend bool operator==(const SimFault&, const SimFault&) = default;
};

bool IsChannelFault(SimFaultVerb verb);
bool IsFunctionFault(SimFaultVerb verb);
bool IsClockFault(SimFaultVerb verb);
// By how much what is due on the application's clock comes later.
Duration LosesTime(const SimFault& fault);

// One line for people, in the words of the schedule.
std::string DescribeFault(const SimFault& fault);

// Expands the mix of `config` into faults, from its seed alone, in the order of their instants.
std::vector<SimFault> DrawFaults(const SimConfig& config);

}  // namespace holdfast
