#include "core/cluster/snapshot_catalog.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/mutation.h"
#include "core/snapshot/part.h"

namespace holdfast {
namespace {

bool Contains(const Manifest& manifest, WorkerId worker) {
  return std::any_of(manifest.parts.begin(), manifest.parts.end(),
                     [worker](const PartInfo& part) { return part.worker == worker; });
}

bool ContainsAny(const Manifest& manifest, const std::vector<WorkerId>& workers) {
  return std::any_of(workers.begin(), workers.end(), [&](WorkerId worker) { return Contains(manifest, worker); });
}

bool ContainsAll(const Manifest& manifest, const std::vector<WorkerId>& workers) {
  return std::all_of(workers.begin(), workers.end(), [&](WorkerId worker) { return Contains(manifest, worker); });
}

std::vector<WorkerId> WorkersOf(const Manifest& manifest) {
  std::vector<WorkerId> workers;
  for (const auto& part : manifest.parts) workers.push_back(part.worker);
  return workers;
}

// Whose parts a snapshot has, when its manifest does not tell. Asks by name: a listing may be stale.
Result<std::vector<WorkerId>> WorkersByParts(ObjectStore& store, SnapshotId id, std::size_t workers) {
  std::vector<WorkerId> found;
  for (std::uint16_t i = 0; i < workers; ++i) {
    const auto part = store.GetRange(PartName(id, WorkerId(i)), 0, 1);
    if (part.ok()) found.emplace_back(i);
    if (!part.ok() && part.error().code != ErrorCode::kNotFound) return part.error();
  }
  return found;
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

}  // namespace

Status SnapshotCatalog::Open(ObjectStore& store, const Application& application, const ProtocolTraits& traits,
                             const ClusterRecord& record, const std::optional<SnapshotId>& accept_rollback) {
  manifests_.clear();
  left_out_.clear();
  older_.reset();
  std::vector<Damaged> damaged;
  HOLDFAST_TRY(Read(store, record, damaged));
  for (const auto& manifest : manifests_) HOLDFAST_TRY(Usable(manifest, application, traits));
  if (accept_rollback) HOLDFAST_TRY(Accept(store, traits, *accept_rollback, damaged));
  for (const auto& [id, workers, why] : damaged) {
    const bool newest = std::none_of(manifests_.begin(), manifests_.end(), [&](const Manifest& manifest) {
      return manifest.id > id && !workers.empty() && ContainsAll(manifest, workers);
    });
    if (newest) return Refuse(store, traits, id, workers, why);
    left_out_.push_back(id);  // Nobody needs it.
  }
  return {};
}

Status SnapshotCatalog::Read(ObjectStore& store, const ClusterRecord& record, std::vector<Damaged>& damaged) {
  auto ids = record.kept;
  std::sort(ids.begin(), ids.end());
  if (HOLDFAST_MUTANT("listing-decides")) {
    HOLDFAST_ASSIGN(const auto names, store.List(kManifestFolder));
    std::erase_if(ids,
                  [&](SnapshotId id) { return !std::binary_search(names.begin(), names.end(), ManifestName(id)); });
  }
  for (const auto id : ids) {
    auto manifest = ReadManifest(store, ManifestName(id));
    if (manifest.ok()) {
      manifests_.push_back(std::move(*manifest));
    } else if (manifest.error().code == ErrorCode::kDataLoss) {
      HOLDFAST_ASSIGN(auto workers, WorkersByParts(store, id, record.incarnations.size()));
      damaged.push_back({id, std::move(workers), manifest.error()});
    } else if (manifest.error().code != ErrorCode::kNotFound) {  // Else it was never complete, or was deleted.
      return manifest.error();
    }
  }
  return FindLeftOvers(store, record);
}

Status SnapshotCatalog::FindLeftOvers(ObjectStore& store, const ClusterRecord& record) {
  HOLDFAST_ASSIGN(const auto names, store.List(kManifestFolder));
  for (const auto& name : names) {
    const auto id = SnapshotOfName(name);
    if (!id || record.Counts(*id)) continue;
    if (id->world_line >= record.world_line) {
      return MakeError(ErrorCode::kDataLoss,
                       "the store has snapshot {}, but by its {} no world-line from {} on has begun; the store is put "
                       "together from copies of different age",
                       *id, kClusterRecordName, record.world_line);
    }
    left_out_.push_back(*id);
  }
  return {};
}

Status SnapshotCatalog::Accept(ObjectStore& store, const ProtocolTraits& traits, SnapshotId accepted,
                               std::vector<Damaged>& damaged) {
  const auto target = std::find_if(manifests_.begin(), manifests_.end(),
                                   [accepted](const Manifest& manifest) { return manifest.id == accepted; });
  if (target == manifests_.end()) {
    return MakeError(ErrorCode::kRefused, "--accept-rollback {}: there is no such complete snapshot in this store{}",
                     accepted, manifests_.empty() ? "" : fmt::format("; it has {}", fmt::join(ids(), ", ")));
  }
  const auto workers = WorkersOf(*target);
  // Before anything newer is given up for it.
  if (const auto intact = VerifyParts(store, *target); !intact.ok()) {
    return Refuse(store, traits, accepted, workers, intact.error());
  }
  const auto leave_out = [&](SnapshotId id, bool theirs) {
    const bool out = id > accepted && theirs;
    if (out) left_out_.push_back(id);
    return out;
  };
  std::erase_if(manifests_, [&](const Manifest& m) { return leave_out(m.id, ContainsAny(m, workers)); });
  std::erase_if(damaged, [&](const Damaged& d) { return leave_out(d.id, true); });
  return {};
}

Status SnapshotCatalog::Refuse(ObjectStore& store, const ProtocolTraits& traits, SnapshotId id,
                               const std::vector<WorkerId>& workers, const Error& why) {
  std::vector<Manifest> candidates;
  for (auto manifest = manifests_.rbegin(); manifest != manifests_.rend(); ++manifest) {
    if (manifest->id < id && (workers.empty() || ContainsAny(*manifest, workers))) candidates.push_back(*manifest);
  }
  older_ = FirstIntact(store, candidates);
  return DamagedSnapshot(id, why, older_, traits);
}

Status SnapshotCatalog::Sweep(ObjectStore& store) const {
  for (const auto id : left_out_) HOLDFAST_TRY(store.Delete(ManifestName(id)));
  std::set<std::string> named;
  for (const auto& manifest : manifests_) {
    for (const auto& part : manifest.parts) named.insert(part.name);
  }
  HOLDFAST_ASSIGN(const auto names, store.List(kPartFolder));
  for (const auto& name : names) {
    if (!named.contains(name)) HOLDFAST_TRY(store.Delete(name));
  }
  return {};
}

std::optional<SnapshotCatalog::Line> SnapshotCatalog::NewestFor(WorkerId worker) const {
  std::optional<Line> found;
  for (auto manifest = manifests_.rbegin(); manifest != manifests_.rend(); ++manifest) {
    for (const auto& part : manifest->parts) {
      if (part.worker == worker) found = Line{manifest->id, part};
    }
    if (found && !HOLDFAST_MUTANT("restore-from-oldest")) break;
  }
  return found;
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
    for (const auto& part : manifest->parts) {
      needed |= newer[HOLDFAST_MUTANT("retention-counts-all-workers") ? WorkerId() : part.worker]++ < retained;
    }
    (needed ? kept : expired).push_back(std::move(*manifest));
  }
  std::reverse(kept.begin(), kept.end());
  manifests_ = std::move(kept);
  return expired;
}

std::vector<Manifest> SnapshotCatalog::OlderThan(SnapshotId id) const {
  const auto of = std::find_if(manifests_.begin(), manifests_.end(), [id](const Manifest& m) { return m.id == id; });
  if (of == manifests_.end()) return {};
  const auto workers = WorkersOf(*of);
  std::vector<Manifest> older;
  std::copy_if(std::reverse_iterator(of), manifests_.rend(), std::back_inserter(older),
               [&](const Manifest& manifest) { return ContainsAny(manifest, workers); });
  return older;
}

std::vector<SnapshotId> SnapshotCatalog::ids() const {
  std::vector<SnapshotId> ids;
  for (const auto& manifest : manifests_) ids.push_back(manifest.id);
  return ids;
}

Status DeleteSnapshot(ObjectStore& store, const Manifest& manifest) {
  HOLDFAST_TRY(store.Delete(ManifestName(manifest.id)));
  for (const auto& part : manifest.parts) HOLDFAST_TRY(store.Delete(part.name));
  return {};
}

Status VerifyParts(ObjectStore& store, const Manifest& manifest) {
  for (const auto& part : manifest.parts) {
    const auto read = ReadPart(store, part, {}).status();
    if (!read.ok() && read.error().code == ErrorCode::kNotFound) {
      return MakeError(ErrorCode::kDataLoss, "{}: the part is not there", part.name);
    }
    HOLDFAST_TRY(read);
  }
  return {};
}

std::optional<SnapshotId> FirstIntact(ObjectStore& store, const std::vector<Manifest>& manifests) {
  for (const auto& manifest : manifests) {
    const auto intact = VerifyParts(store, manifest);
    // What cannot be read just now may well be intact.
    if (intact.ok() || intact.error().code != ErrorCode::kDataLoss) return manifest.id;
  }
  return std::nullopt;
}

Error DamagedSnapshot(SnapshotId id, const Error& why, const std::optional<SnapshotId>& older,
                      const ProtocolTraits& traits) {
  if (!older) {
    return MakeError(ErrorCode::kRefused,
                     "snapshot {} is damaged ({}); there is no older intact snapshot in this store to go back to: "
                     "restore the store from a copy, or use an empty one",
                     id, why.message);
  }
  return MakeError(
      ErrorCode::kRefused,
      "snapshot {} is damaged ({}); to go on from the older snapshot {} and {}, start with --accept-rollback {}", id,
      why.message, *older, traits.effect_log ? "replay the log since then" : "let the output since then be made again",
      *older);
}

}  // namespace holdfast
