// Which complete snapshots a store holds, which one to return to, and which may go. A snapshot is complete when the
// cluster record names it and its manifest exists. It is looked for by its name, so that no listing, which may be stale
// in some stores, decides what is gone back to; listings only find what may be deleted: manifests that the record does
// not name (abandoned by an accepted rollback or for a failed worker, or completed by a coordinator that had been
// replaced), and parts without a manifest.
//
// Returning to anything but the newest is refused unless the user accepts it by name: output that came after it has
// been seen by the world and would be made again.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/model/application.h"
#include "core/protocols/protocol.h"
#include "core/snapshot/manifest.h"

namespace holdfast {

class SnapshotCatalog {
 public:
  // Reads the manifests of the store that `record` counts. With `accept_rollback`, those newer than the accepted one
  // are left out; of snapshots that are one worker's own, only that worker's. kRefused or kDataLoss, with the way out,
  // if the newest cannot be used.
  Status Open(ObjectStore& store, const Application& application, const ProtocolTraits& traits,
              const ClusterRecord& record, const std::optional<SnapshotId>& accept_rollback);
  // The older snapshot that the refusal of Open names, if it names one.
  const std::optional<SnapshotId>& older() const { return older_; }
  // Deletes what Open left out, manifests first, and parts that no manifest names. Only safe once a record that does
  // not count the former is durable, and while nothing is being uploaded in a live world-line.
  Status Sweep(ObjectStore& store) const;

  void Add(const Manifest& manifest) { manifests_.push_back(manifest); }
  // The part `worker` returns to, and its snapshot; nothing if it begins empty.
  struct Line {
    SnapshotId id;
    PartInfo part;
  };
  std::optional<Line> NewestFor(WorkerId worker) const;
  // The oldest snapshot kept that `worker` is part of.
  std::optional<SnapshotId> OldestFor(WorkerId worker) const;
  // Takes out and returns what is no longer needed when each worker keeps `retained` snapshots.
  std::vector<Manifest> TakeExpired(std::size_t retained);
  // What can stand in for snapshot `id`: older ones with a part of one of its workers, newest first.
  std::vector<Manifest> OlderThan(SnapshotId id) const;
  const std::vector<Manifest>& manifests() const { return manifests_; }
  std::vector<SnapshotId> ids() const;

 private:
  struct Damaged {
    SnapshotId id;
    std::vector<WorkerId> workers;  // As far as its parts tell.
    Error why;
  };
  Status Read(ObjectStore& store, const ClusterRecord& record, std::vector<Damaged>& damaged);
  Status FindLeftOvers(ObjectStore& store, const ClusterRecord& record);
  Status Accept(ObjectStore& store, const ProtocolTraits& traits, SnapshotId accepted, std::vector<Damaged>& damaged);
  Status Refuse(ObjectStore& store, const ProtocolTraits& traits, SnapshotId id, const std::vector<WorkerId>& workers,
                const Error& why);

  std::vector<Manifest> manifests_;  // Oldest first.
  std::vector<SnapshotId> left_out_;
  std::optional<SnapshotId> older_;
};

// Deletes a snapshot: its manifest first, so that no manifest is ever without its parts.
Status DeleteSnapshot(ObjectStore& store, const Manifest& manifest);
// Reads every byte of the parts. The error names the object and the offset of the first damage; kDataLoss also if a
// part is not there.
Status VerifyParts(ObjectStore& store, const Manifest& manifest);
// The first of `manifests` that is not known to be damaged once its parts were read.
std::optional<SnapshotId> FirstIntact(ObjectStore& store, const std::vector<Manifest>& manifests);
// Says that snapshot `id` is damaged and what the way out is: `older`, if there is one.
Error DamagedSnapshot(SnapshotId id, const Error& why, const std::optional<SnapshotId>& older,
                      const ProtocolTraits& traits);

}  // namespace holdfast
