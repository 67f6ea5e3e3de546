#include "chaos/simulation/sim_probe.h"

#include <algorithm>

namespace holdfast {

namespace {

struct Named {
  SimProbe probe;
  std::string_view name;
};

constexpr Named kNames[] = {
    {SimProbe::kKillInManifest, "kill in a manifest's write"},
    {SimProbe::kKillInPart, "kill in a snapshot part's write"},
    {SimProbe::kKillInClusterRecord, "kill in the cluster record's swap"},
    {SimProbe::kKillInLogWrite, "kill in a log block's write"},
    {SimProbe::kKillInNewSegment, "kill in a new log segment"},
    {SimProbe::kKillInSpill, "kill in a spill to disk"},
    {SimProbe::kKillInRecovery, "worker killed before it ran"},
    {SimProbe::kCoordinatorKilledInSnapshot, "coordinator killed in a snapshot"},
    {SimProbe::kRecoveryInRecovery, "recovery during recovery"},
    {SimProbe::kRestoredFromNothing, "recovery without a snapshot"},
    {SimProbe::kTimedOut, "snapshot over its time-out"},
    {SimProbe::kGivenUpForFailure, "snapshot given up for a failure"},
    {SimProbe::kFailedForTrouble, "snapshot failed by a disk's error"},
    {SimProbe::kLateMessages, "messages late for a cut"},
    {SimProbe::kLogReopened, "log replayed by a new life"},
    {SimProbe::kSpilledAtKill, "queue spilled at a kill"},
    {SimProbe::kDelayedRestored, "delayed messages restored"},
    {SimProbe::kOperationUnknown, "operation unknown after a kill"},
    {SimProbe::kEgressCutOff, "egress cut off by a kill"},
    {SimProbe::kEgressRepeated, "egress committed again"},
    {SimProbe::kZombieFenced, "egress of the replaced refused"},
    {SimProbe::kWorkerReplaced, "worker replaced while it stood still"},
    {SimProbe::kReplacedInRecovery, "worker replaced before it ran"},
    {SimProbe::kZombieSent, "frame of the replaced arrived"},
    {SimProbe::kZombieUploaded, "snapshot part of the replaced"},
    {SimProbe::kZombieLogged, "log write of the replaced"},
    {SimProbe::kZombieStopped, "replaced worker saw it and ended"},
    {SimProbe::kCoordinatorReplaced, "coordinator replaced, standing still"},
    {SimProbe::kZombieCoordinatorStopped, "replaced coordinator saw it and ended"},
    {SimProbe::kHeldBack, "messages held back arrived"},
    {SimProbe::kPartitionedReplaced, "worker replaced behind a partition"},
    {SimProbe::kPartitionedCoordinatorReplaced, "coordinator replaced, not heard"},
    {SimProbe::kFrameDelayed, "frame delayed on its way"},
    {SimProbe::kControlTwice, "control message arrived twice"},
    {SimProbe::kControlLate, "control message late and overtaken"},
    {SimProbe::kSinkRefused, "sink out of reach"},
    {SimProbe::kSinkAnswerLost, "answer of the sink lost"},
    {SimProbe::kSinkSlow, "output slow on its way"},
    {SimProbe::kFunctionFailed, "function gave no answer"},
    {SimProbe::kWrongReply, "wrong reply refused"},
    {SimProbe::kFunctionSlow, "function held its worker up"},
    {SimProbe::kHangReplaced, "worker replaced while a function hung"},
    {SimProbe::kClockSetBack, "clock set back under delayed messages"},
    {SimProbe::kClockSetForward, "clock set past delayed messages"},
    {SimProbe::kWriteToFullDisk, "write to a full disk"},
    {SimProbe::kDamagedRead, "damaged bytes read"},
    {SimProbe::kStoppedForDamage, "stopped for damage that it read"},
    {SimProbe::kStaleList, "listing that lacked a name"},
};

}  // namespace

std::string_view SimProbeName(SimProbe probe) {
  const auto* named = std::ranges::find(kNames, probe, &Named::probe);
  return named == std::end(kNames) ? "unknown" : named->name;
}

std::string NeverReached(const SimProbes& probes) {
  std::string names;
  for (std::size_t i = 0; i < kSimProbes; ++i) {
    const auto probe = static_cast<SimProbe>(i);
    if (probes.count(probe) == 0) names += fmt::format("{}{}", names.empty() ? "" : "; ", SimProbeName(probe));
  }
  return names.empty() ? "none" : names;
}

std::optional<SimProbe> ProbeOfDeathIn(const DiskCall& call) {
  const auto within = [&](std::string_view part) { return call.path.find(part) != std::string_view::npos; };
  const bool writes = call.op != DiskOp::kRead && call.op != DiskOp::kSize && call.op != DiskOp::kList;
  if (!writes) return std::nullopt;
  if (within("manifests")) return SimProbe::kKillInManifest;
  if (within("snapshots/")) return SimProbe::kKillInPart;
  if (call.detail.find("cluster.json") != std::string_view::npos || call.site.starts_with("object.swap")) {
    return SimProbe::kKillInClusterRecord;
  }
  if (call.site == "log.segment" || call.site == "log.preamble") return SimProbe::kKillInNewSegment;
  if (within(".seg")) return call.op == DiskOp::kCreate ? SimProbe::kKillInNewSegment : SimProbe::kKillInLogWrite;
  if (within(".spill")) return SimProbe::kKillInSpill;
  return std::nullopt;
}

}  // namespace holdfast
