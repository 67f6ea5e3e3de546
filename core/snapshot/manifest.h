// The manifest of a snapshot: which parts belong to it and who wrote them. It is written last; that it exists is what
// makes a snapshot complete. And the cluster record, the one object that is ever overwritten: which world-line and
// incarnations are in force.
//
//   cluster.json                                  overwritten by compare-and-swap at every start and rollback
//   snapshots/<world-line>.<index>/worker-<i>.part
//   manifests/<world-line>.<index>.json           world-line and index as 8 hex digits, so that names sort by age
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/ports/object_store.h"
#include "core/snapshot/control.h"

namespace holdfast {

struct Manifest {
  SnapshotId id;
  std::string protocol;
  std::string name_table;  // Of the application; a snapshot of another one is refused.
  std::uint16_t workers = 0;
  std::vector<PartInfo> parts;    // Of all workers, or of one where workers recover alone.
  std::int64_t triggered_at = 0;  // Application time, ms.
  std::int64_t completed_at = 0;
};

std::string PartName(SnapshotId id, WorkerId worker);
std::string ManifestName(SnapshotId id);
// The id in a manifest's or part's name.
std::optional<SnapshotId> SnapshotOfName(std::string_view name);

// "3.17", as every report prints it.
Result<SnapshotId> ParseSnapshotId(std::string_view text);

inline constexpr std::string_view kManifestFolder = "manifests/";
inline constexpr std::string_view kPartFolder = "snapshots/";

std::string EncodeManifest(const Manifest& manifest);
Result<Manifest> DecodeManifest(std::string_view json);
// kDataLoss if damaged; the error names the object.
Result<Manifest> ReadManifest(ObjectStore& store, std::string_view name);
// Writes the object so that it is visible only whole.
Status WriteObject(ObjectStore& store, std::string_view name, std::string_view bytes);

// What survives a coordinator.
struct ClusterRecord {
  WorldLine world_line;
  std::vector<Incarnation> incarnations;  // By worker.
  std::string protocol;
  std::string name_table;
  // Names the coordinator in force: the world-line it began with, with which no other begins.
  WorldLine coordinator{};
  // The snapshots that count if their manifests are there: a snapshot is named before it begins. All others were
  // abandoned, or completed by a coordinator that had already been replaced; see
  // docs/decisions/0004-the-record-says-which-snapshots-count.md.
  std::vector<SnapshotId> kept{};
  // The world-line that began with a rollback that the user accepted, 0 if there was none: until it has a snapshot of
  // its own, the sink may have output from after the one gone back to.
  WorldLine rolled_back{};

  bool Counts(SnapshotId id) const;
};
inline constexpr std::string_view kClusterRecordName = "cluster.json";
std::string EncodeClusterRecord(const ClusterRecord& record);
Result<ClusterRecord> DecodeClusterRecord(std::string_view json);

}  // namespace holdfast
