#include "core/cluster/snapshot_catalog.h"

#include <algorithm>
#include <map>
#include <set>

namespace holdfast {
namespace {

bool Contains(const Manifest& manifest, WorkerId worker) {
  return std::any_of(manifest.parts.begin(), manifest.parts.end(),
                     [worker](const PartInfo& part) { return part.worker == worker; });
}

Status Usable(const Manifest& manifest, const Application& application, const ProtocolTraits& traits) {
  if (manifest.name_table != application.NameTable()) {
    return MakeError(ErrorCode::kRefused,
                     "snapshot {} belongs to another application or version (its functions, states, types or egresses "
                     "differ); use an empty store or the program that wrote it",
                     manifest.id);
  }
  const bool same_kind =
      (manifest.parts.size() == manifest.workers) == traits.snapshots_are_global || manifest.workers == 1;
  if (manifest.protocol != traits.name && (!same_kind || traits.effect_log || manifest.protocol == "message-logging")) {
    return MakeError(ErrorCode::kRefused,
                     "snapshot {} was written by protocol {}, which {} cannot continue; use an empty store",
                     manifest.id, manifest.protocol, traits.name);
  }
  return {};
}

Error Damaged(SnapshotId id, const Error& why, const std::optional<SnapshotId>& older) {
  const auto way_out =
      older ? fmt::format(
                  "to go on from the older snapshot {} and let the output since then be made again, start "
                  "with --accept-rollback {}",
                  *older, *older)
            : std::string("there is no older snapshot in this store");
  return MakeError(ErrorCode::kRefused, "the newest snapshot {} is damaged ({}); {}", id, why.message, way_out);
}

}  // namespace

Status SnapshotCatalog::Open(ObjectStore& store, const Application& application, const ProtocolTraits& traits,
                             const std::optional<SnapshotId>& accept_rollback) {
  manifests_.clear();
  HOLDFAST_ASSIGN(const auto names, store.List(kManifestFolder));
  std::optional<std::pair<SnapshotId, Error>> damaged;
  for (const auto& name : names) {
    const auto id = SnapshotOfName(name);
    if (!id || (accept_rollback && *id > *accept_rollback)) continue;
    auto manifest = ReadManifest(store, name);
    if (!manifest.ok() && manifest.error().code != ErrorCode::kDataLoss) return manifest.error();
    if (!manifest.ok()) {
      damaged = {*id, manifest.error()};
      continue;
    }
    HOLDFAST_TRY(Usable(*manifest, application, traits));
    manifests_.push_back(std::move(*manifest));
  }
  const auto newest = manifests_.empty() ? std::nullopt : std::optional(manifests_.back().id);
  if (damaged && (!newest || damaged->first > *newest)) return Damaged(damaged->first, damaged->second, newest);
  if (accept_rollback && newest != accept_rollback) {
    return MakeError(ErrorCode::kRefused, "--accept-rollback {}: there is no such complete snapshot in this store",
                     *accept_rollback);
  }
  return {};
}

std::optional<SnapshotCatalog::Line> SnapshotCatalog::NewestFor(WorkerId worker) const {
  for (auto manifest = manifests_.rbegin(); manifest != manifests_.rend(); ++manifest) {
    for (const auto& part : manifest->parts) {
      if (part.worker == worker) return Line{manifest->id, part};
    }
  }
  return std::nullopt;
}

std::optional<SnapshotId> SnapshotCatalog::OldestFor(WorkerId worker) const {
  for (const auto& manifest : manifests_) {
    if (Contains(manifest, worker)) return manifest.id;
  }
  return std::nullopt;
}

std::vector<Manifest> SnapshotCatalog::TakeExpired(std::size_t retained) {
  std::vector<Manifest> expired;
  std::vector<Manifest> kept;
  std::map<WorkerId, std::size_t> newer;
  for (auto manifest = manifests_.rbegin(); manifest != manifests_.rend(); ++manifest) {
    bool needed = false;
    for (const auto& part : manifest->parts) needed |= newer[part.worker]++ < retained;
    (needed ? kept : expired).push_back(std::move(*manifest));
  }
  std::reverse(kept.begin(), kept.end());
  manifests_ = std::move(kept);
  return expired;
}

Status DeleteSnapshot(ObjectStore& store, const Manifest& manifest) {
  HOLDFAST_TRY(store.Delete(ManifestName(manifest.id)));
  for (const auto& part : manifest.parts) HOLDFAST_TRY(store.Delete(part.name));
  return {};
}

Status DeleteLeftovers(ObjectStore& store, const std::vector<Manifest>& manifests) {
  std::set<std::string> named;
  for (const auto& manifest : manifests) {
    for (const auto& part : manifest.parts) named.insert(part.name);
  }
  HOLDFAST_ASSIGN(const auto names, store.List(kPartFolder));
  for (const auto& name : names) {
    if (!named.contains(name)) HOLDFAST_TRY(store.Delete(name));
  }
  return {};
}

}  // namespace holdfast
