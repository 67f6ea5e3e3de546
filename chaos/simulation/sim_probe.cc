#include "chaos/simulation/sim_probe.h"

namespace holdfast {

std::string_view SimProbeName(SimProbe probe) {
  switch (probe) {
    case SimProbe::kKillInManifest:
      return "kill in a manifest's write";
    case SimProbe::kKillInPart:
      return "kill in a snapshot part's write";
    case SimProbe::kKillInClusterRecord:
      return "kill in the cluster record's swap";
    case SimProbe::kKillInLogWrite:
      return "kill in a log block's write";
    case SimProbe::kKillInNewSegment:
      return "kill in a new log segment";
    case SimProbe::kKillInSpill:
      return "kill in a spill to disk";
    case SimProbe::kKillInRecovery:
      return "worker killed before it ran";
    case SimProbe::kCoordinatorKilledInSnapshot:
      return "coordinator killed in a snapshot";
    case SimProbe::kRecoveryInRecovery:
      return "recovery during recovery";
    case SimProbe::kRestoredFromNothing:
      return "recovery without a snapshot";
    case SimProbe::kTimedOut:
      return "snapshot over its time-out";
    case SimProbe::kGivenUpForFailure:
      return "snapshot given up for a failure";
    case SimProbe::kFailedForTrouble:
      return "snapshot failed by a disk's error";
    case SimProbe::kLateMessages:
      return "messages late for a cut";
    case SimProbe::kLogReopened:
      return "log replayed by a new life";
    case SimProbe::kSpilledAtKill:
      return "queue spilled at a kill";
    case SimProbe::kDelayedRestored:
      return "delayed messages restored";
    case SimProbe::kOperationUnknown:
      return "operation unknown after a kill";
    case SimProbe::kEgressCutOff:
      return "egress cut off by a kill";
    case SimProbe::kEgressRepeated:
      return "egress committed again";
    case SimProbe::kZombieFenced:
      return "egress of the replaced refused";
    case SimProbe::kWorkerReplaced:
      return "worker replaced while it stood still";
    case SimProbe::kReplacedInRecovery:
      return "worker replaced before it ran";
    case SimProbe::kZombieSent:
      return "frame of the replaced arrived";
    case SimProbe::kZombieUploaded:
      return "snapshot part of the replaced";
    case SimProbe::kZombieLogged:
      return "log write of the replaced";
    case SimProbe::kZombieStopped:
      return "replaced worker saw it and ended";
    case SimProbe::kCoordinatorReplaced:
      return "coordinator replaced, standing still";
    case SimProbe::kZombieCoordinatorStopped:
      return "replaced coordinator saw it and ended";
  }
  return "unknown";
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
