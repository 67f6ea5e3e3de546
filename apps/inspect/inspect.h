// Looks into a store without a cluster: which snapshots it holds, what is in them, and whether every byte is still what
// was written.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/ports/object_store.h"
#include "core/snapshot/manifest.h"

namespace holdfast {

// A table of the store's snapshots, oldest first; damaged manifests are named as such.
Result<std::string> ListSnapshots(ObjectStore& store);
// The manifest and the parts of one snapshot, with rows by function and messages in flight.
Result<std::string> ShowSnapshot(ObjectStore& store, SnapshotId id);
// Reads every byte of one snapshot. The error names the first damaged object and offset.
Status VerifySnapshot(ObjectStore& store, SnapshotId id);

// The ids of all manifests, oldest first.
Result<std::vector<SnapshotId>> SnapshotIds(ObjectStore& store);

}  // namespace holdfast
