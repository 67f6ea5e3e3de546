#include "chaos/faults/store_damage.h"

#include <algorithm>
#include <vector>

#include "core/snapshot/manifest.h"

namespace holdfast {
namespace {

// Those that count, oldest first.
Result<std::vector<SnapshotId>> CountingSnapshots(ObjectStore& store) {
  HOLDFAST_ASSIGN(const auto bytes, store.Get(kClusterRecordName));
  HOLDFAST_ASSIGN(const auto record, DecodeClusterRecord(bytes));
  HOLDFAST_ASSIGN(const auto names, store.List(kManifestFolder));
  std::vector<SnapshotId> ids;
  for (const auto& name : names) {
    if (const auto id = SnapshotOfName(name); id && record.Counts(*id)) ids.push_back(*id);
  }
  std::ranges::sort(ids);
  return ids;
}

}  // namespace

Result<std::string> DamageNewestSnapshot(ObjectStore& store) {
  HOLDFAST_ASSIGN(const auto ids, CountingSnapshots(store));
  if (ids.empty()) return MakeError(ErrorCode::kNotFound, "the store has no snapshot to damage");
  HOLDFAST_ASSIGN(const auto manifest, ReadManifest(store, ManifestName(ids.back())));
  const auto& name = manifest.parts.front().name;
  HOLDFAST_ASSIGN(auto bytes, store.Get(name));
  const auto at = bytes.size() / 2;
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  HOLDFAST_TRY(store.Delete(name));
  HOLDFAST_TRY(WriteObject(store, name, bytes));
  return fmt::format("byte {} of {} in the newest snapshot {} was changed", at, name, ids.back());
}

Result<std::string> RemoveNewestSnapshot(ObjectStore& store) {
  HOLDFAST_ASSIGN(const auto ids, CountingSnapshots(store));
  if (ids.size() < 2) return MakeError(ErrorCode::kNotFound, "the store has no older snapshot to go back to");
  HOLDFAST_ASSIGN(const auto manifest, ReadManifest(store, ManifestName(ids.back())));
  HOLDFAST_TRY(store.Delete(ManifestName(ids.back())));
  for (const auto& part : manifest.parts) HOLDFAST_TRY(store.Delete(part.name));
  return fmt::format("the newest snapshot {} was removed, and {} stands in its place", ids.back(), ids[ids.size() - 2]);
}

}  // namespace holdfast
