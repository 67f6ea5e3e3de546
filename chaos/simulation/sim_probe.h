// Rare paths that a campaign must have walked to prove anything about them. Each is counted where the world sees it
// anyway: a kill, a restart, an event of the coordinator, a delivery to the sink.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "chaos/simulation/disk/sim_disk.h"

namespace holdfast {

enum class SimProbe : unsigned char {
  kKillInManifest,
  kKillInPart,
  kKillInClusterRecord,
  kKillInLogWrite,
  kKillInNewSegment,
  kKillInSpill,
  kKillInRecovery,
  kCoordinatorKilledInSnapshot,
  kRecoveryInRecovery,
  kRestoredFromNothing,
  kTimedOut,
  kGivenUpForFailure,
  kFailedForTrouble,
  kLateMessages,
  kLogReopened,
  kSpilledAtKill,
  kDelayedRestored,
  kOperationUnknown,
  kEgressCutOff,
  kEgressRepeated,
  kZombieFenced,
  kWorkerReplaced,
  kReplacedInRecovery,
  kZombieSent,
  kZombieUploaded,
  kZombieLogged,
  kZombieStopped,
  kCoordinatorReplaced,
  kZombieCoordinatorStopped,
  kHeldBack,
  kPartitionedReplaced,
  kPartitionedCoordinatorReplaced,
  kFrameDelayed,
  kControlTwice,
  kControlLate,
  kSinkRefused,
  kSinkAnswerLost,
  kSinkSlow,
  kFunctionFailed,
  kWrongReply,
  kFunctionSlow,
  kHangReplaced,
  kClockSetBack,
  kClockSetForward,
  kWriteToFullDisk,
  kDamagedRead,
  kStoppedForDamage,
  kStaleList,
};
inline constexpr std::size_t kSimProbes = static_cast<std::size_t>(SimProbe::kStaleList) + 1;

// "kill in a manifest's write", ...
std::string_view SimProbeName(SimProbe probe);
// What it means that a process died in this call, if that is rare.
std::optional<SimProbe> ProbeOfDeathIn(const DiskCall& call);

class SimProbes {
 public:
  void Reach(SimProbe probe, std::uint64_t times = 1) { counts_[static_cast<std::size_t>(probe)] += times; }
  std::uint64_t count(SimProbe probe) const { return counts_[static_cast<std::size_t>(probe)]; }
  void Add(const SimProbes& other) {
    for (std::size_t i = 0; i < kSimProbes; ++i) counts_[i] += other.counts_[i];
  }

 private:
  std::array<std::uint64_t, kSimProbes> counts_{};
};

// The names of those that were never reached, or "none".
std::string NeverReached(const SimProbes& probes);

}  // namespace holdfast
