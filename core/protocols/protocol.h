// What differs between snapshot protocols, and nothing else. The mechanism (cutting, counting channels, keeping late
// messages, uploading, gating egress, logging effects) is shared and lives in core/snapshot and core/runtime; a
// protocol is two small state machines that decide *when*: one in each worker, one in the coordinator. Both are one
// function,
//
//   step(event) -> actions
//
// with no access to anything else, so a protocol can be read, tested and explored on its own.
//
// What must be decided for every single message is not an event but a trait: the mechanism reads the traits once and
// keeps the hot path free of calls.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/ids.h"

namespace holdfast {

enum class EgressRelease : std::uint8_t {
  kImmediate,   // Visible when emitted: at least once at best.
  kOnComplete,  // When the snapshot that covers it is complete.
  kOnDurable,   // When the log record of its unit is durable.
};

enum class RestoreScope : std::uint8_t {
  kNothing,  // State is lost with the process.
  kAll,      // Everybody rolls back to one recovery line.
  kFailed,   // Only the failed worker recovers.
};

// What a failure can do, as promised; oracles count, the verdict compares.
struct Guarantee {
  bool exactly_once_state = false;
  bool exactly_once_egress = false;
  std::string_view sentence;
};

struct ProtocolTraits {
  std::string_view name;
  // A message of an older colour than the receiver's counts as channel state of the receiver's newest cut.
  bool logs_late_messages = false;
  // Every unit's effects go to a durable log; nothing leaves the worker before its record is durable.
  bool effect_log = false;
  EgressRelease egress = EgressRelease::kImmediate;
  RestoreScope restore = RestoreScope::kNothing;
  // A snapshot's members: all workers together, or each worker for itself.
  bool snapshots_are_global = true;
  Guarantee guarantee;
};

// ---- In the worker -------------------------------------------------------------------------------------------------

struct ProtocolEvent {
  enum class Kind : std::uint8_t {
    kTrigger,      // The coordinator asks for cut `index`.
    kMark,         // A peer has taken cut `index`.
    kColourAhead,  // A message of colour `index`, newer than the worker's, is about to be queued.
    kDrained,      // All pre-cut messages of every channel have arrived, and all marks.
    kResume,       // The coordinator lets a paused worker go on.
    kComplete,     // Snapshot `index` and its manifest are durable.
    kAbort,        // Snapshot `index` will never be complete.
  };
  Kind kind;
  SnapshotIndex index;
};

enum class ProtocolAction : std::uint8_t {
  kPause,  // Take no more messages, timers or ingress; keep receiving.
  kResume,
  kCut,         // Freeze state, queue, timers, egress and positions: the cut with the event's index.
  kSendMarks,   // Tell every peer where the cut (or the pause) stands in its channel.
  kAwaitMarks,  // Raise kDrained once every peer's mark and all messages before it are in.
  kReportFrozen,
  kUpload,          // Nothing more belongs to the cut: store it and report.
  kReleaseEgress,   // What was emitted before the cut may become visible.
  kReleaseIngress,  // Nothing before the present offsets will be read again.
  kDropCut,         // Forget the cut.
};
using ProtocolActions = std::vector<ProtocolAction>;

class WorkerProtocol {
 public:
  virtual ~WorkerProtocol() = default;
  // Appends what is to be done now, in this order.
  virtual void Step(const ProtocolEvent& event, ProtocolActions& actions) = 0;
};

// ---- In the coordinator --------------------------------------------------------------------------------------------

struct CoordinatorEvent {
  enum class Kind : std::uint8_t {
    kBegin,     // It is time for snapshot `index`; sent once per snapshot, first.
    kFrozen,    // All members have reported their cut.
    kUploaded,  // All members' parts are durable.
    kStored,    // The manifest is durable.
  };
  Kind kind;
};

enum class CoordinatorAction : std::uint8_t { kTrigger, kResume, kStoreManifest, kComplete };
using CoordinatorActions = std::vector<CoordinatorAction>;

// The actions go to all members of the snapshot. Failures and time-outs are the mechanism's: it aborts the snapshot.
class CoordinatorProtocol {
 public:
  virtual ~CoordinatorProtocol() = default;
  virtual void Step(const CoordinatorEvent& event, CoordinatorActions& actions) = 0;
};

}  // namespace holdfast
