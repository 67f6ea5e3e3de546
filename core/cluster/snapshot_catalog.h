// Which complete snapshots a store holds, which one to return to, and which may go. A snapshot is complete when its
// manifest exists; parts without a manifest are left-overs.
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
  // Reads the manifests of the store. kRefused or kDataLoss, with the way out, if the newest cannot be used.
  Status Open(ObjectStore& store, const Application& application, const ProtocolTraits& traits,
              const std::optional<SnapshotId>& accept_rollback);

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
  const std::vector<Manifest>& manifests() const { return manifests_; }

 private:
  std::vector<Manifest> manifests_;  // Oldest first.
};

// Deletes a snapshot: its manifest first, so that no manifest is ever without its parts.
Status DeleteSnapshot(ObjectStore& store, const Manifest& manifest);
// Deletes parts that no manifest names. Only safe while nothing is being uploaded in a live world-line.
Status DeleteLeftovers(ObjectStore& store, const std::vector<Manifest>& manifests);

}  // namespace holdfast
