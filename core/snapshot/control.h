// What the coordinator and a worker say to each other. Messages may be late and overtake each other, so each carries
// the world-line it belongs to, and the receiver ignores what is past.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"

namespace holdfast {

enum class ControlKind : std::uint8_t {
  // To the coordinator.
  kHello = 1,  // A worker process started (`number`: which start, unique per process) and waits for kRestore.
  kRestored,   // State is back; ready for kStart.
  kFrozen,     // The cut `snapshot` is taken (protocols that wait for it).
  kUploaded,   // This worker's part of `snapshot` is durable; `part` describes it.
  kUploadFailed,
  // The worker stopped for good; `text` says why. `snapshot`, if not zero, is one from which it could go on if output
  // that came after may be lost or made again.
  kFailed,
  // This incarnation of the worker cannot go on, but the next one may: it waits for kRestore. `text` says why.
  kRestoreAgain,
  // To a worker.
  // Become `incarnation` in `world_line`, from `part` of `snapshot` (none if the part has no name). With `number` 1 the
  // store is as a start has found it, and it is refused if the sink has output from after that; otherwise 0.
  kRestore,
  kStart,
  kTrigger,
  kResume,
  kComplete,  // `snapshot` and its manifest are durable; snapshots before `number` (packed id) will not be used again.
  kAbort,
};

std::string_view ControlKindName(ControlKind kind);

// One worker's stored part of a snapshot, as its manifest lists it.
struct PartInfo {
  WorkerId worker;
  std::string name;  // In the object store.
  std::uint64_t bytes = 0;
  std::uint32_t checksum = 0;
  std::uint64_t rows = 0;
  std::uint64_t messages = 0;      // Channel state: queued and late messages.
  Lsn lsn;                         // The last log record the part contains.
  std::uint64_t cut_nanos = 0;     // Time the loop was stopped by the cut.
  std::uint64_t upload_nanos = 0;  // From the cut until the part was durable.
};

struct ControlMessage {
  ControlKind kind{};
  WorkerId worker{};
  WorldLine world_line{};
  Incarnation incarnation{};
  SnapshotId snapshot{};
  std::uint64_t number = 0;
  PartInfo part{};
  std::string text{};
};

std::string EncodeControl(const ControlMessage& message);
Result<ControlMessage> DecodeControl(std::string_view bytes);

}  // namespace holdfast
