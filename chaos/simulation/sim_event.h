// One thing that happened in a simulated run, for whoever reads along: its facts in numbers, for programs that draw or
// judge a run, and the words of a trace, which are made from them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/ids.h"
#include "core/base/time.h"
#include "core/snapshot/control.h"
#include "core/snapshot/frame.h"

namespace holdfast {

enum class SimRole : unsigned char { kNobody, kIngress, kCoordinator, kStore, kWorker, kSink, kEverything };

// Where something happens.
struct SimPlace {
  SimRole role = SimRole::kNobody;
  std::uint16_t number = 0;  // Of a worker.
  friend auto operator<=>(const SimPlace&, const SimPlace&) = default;
};
inline SimPlace AtWorker(WorkerId worker) { return {SimRole::kWorker, worker.value}; }
inline constexpr SimPlace kAtCoordinator{SimRole::kCoordinator, 0};
inline constexpr SimPlace kAtSink{SimRole::kSink, 0};
// "worker 1", "coordinator", "everything", ...
std::string PlaceName(SimPlace place);

enum class SimFact : unsigned char {
  kOther,  // Only the words tell what.

  // What travels from `place` to `peer`. Its end, told later, has the same `flight`.
  kFrame,    // `header`; `positions` of marks, acknowledgements and resume requests; `bytes`.
  kControl,  // `control`, its fences and `snapshot`.
  kEgress,   // `position` of the batch; 0 for output without one.
  kArrived,  // At `place`; of a data frame, `header` holds the messages that were news.
  kDropped,  // The words say why.

  // At a worker.
  kUnits,     // It ran `count` of them.
  kRead,      // Offsets of `partition` from `position`, `count` of them.
  kCut,       // For `snapshot`.
  kRestore,   // It began to go back, in `header.world_line` and `header.incarnation`.
  kRestored,  // Its state is that of `snapshot` (0.0: none), `count` is 1 if it went on from there with its log, up to
              // `position`.
  kChannel,   // Of the state restored: what it has consumed from `peer` and sent to it, see `positions` and `sent`.
  kWorkerRuns,
  kStopped,  // For good.

  // At the coordinator.
  kTriggered,  // `snapshot`
  kComplete,
  kAborted,
  kRollback,  // To `snapshot` (0.0: none), in `header.world_line`.
  kAllRun,

  // At the sink.
  kCommit,     // `position` of `peer`; `count` is 0 if it was there before.
  kObjection,  // The oracle found damage in what became visible.

  // Lives and faults.
  kStart,
  kKill,
  kFault,  // At `place`, for `lasts`; `count` is 1 if it waits there for a call.
  kDiskError,
};

// All fields that a fact does not name are meaningless.
struct SimFacts {
  SimFact fact = SimFact::kOther;
  SimPlace place{};
  SimPlace peer{};
  std::uint64_t flight = 0;
  FrameHeader header{};
  LanePositions positions{};
  LanePositions sent{};
  ControlKind control{};
  SnapshotId snapshot{};
  PartitionId partition{};
  std::uint64_t position = 0;
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  Duration lasts{0};
};

// What the one who knows of an event tells about it.
struct SimStory {
  SimStory(std::string words) : text(std::move(words)) {}  // NOLINT: told in words alone.
  SimStory(const SimFacts& what, std::string words) : facts(what), text(std::move(words)) {}
  SimFacts facts{};
  std::string text;
};

struct SimEvent {
  SteadyTime time;
  std::string_view what;  // "frame", "kill", "disk", ...
  std::string text;       // Who and what, in words.
  // Of everything up to here. What is told to listeners alone ("cut", "arrived") is not in it.
  std::uint64_t hash = 0;
  SimFacts facts{};
};
using SimListener = std::function<void(const SimEvent&)>;

}  // namespace holdfast
