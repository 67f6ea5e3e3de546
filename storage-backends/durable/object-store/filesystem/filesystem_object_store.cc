#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"

#include <mutex>
#include <set>
#include <utility>

#include "core/base/check.h"
#include "core/base/mutation.h"
#include "storage-backends/durable/object-store/object_name.h"
#include "storage-backends/durable/sync_sites.h"

namespace holdfast {
namespace {

std::string Join(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
}

std::string_view ParentOf(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

class FilesystemObjectStore final : public ObjectStore {
 public:
  FilesystemObjectStore(Disk& disk, FilesystemObjectStoreOptions options)
      : disk_(disk), options_(std::move(options)), temporary_prefix_(fmt::format("TMP-{}-", options_.writer)) {}

  Status Open();
  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view name) override;
  Result<std::string> Get(std::string_view name) override;
  Result<std::string> GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) override;
  Result<std::vector<std::string>> List(std::string_view prefix) override;
  Status Delete(std::string_view name) override;
  Status CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                        std::string_view bytes) override;

 private:
  friend class Writer;
  struct Temporary {
    std::unique_ptr<DiskFile> file;
    std::string path;
  };

  std::string PathOf(std::string_view name) const { return Join(options_.folder, name); }
  Status Sweep(const std::string& folder);
  Status EnsureFolder(std::string_view folder);
  Result<Temporary> CreateTemporary(std::string_view path);
  Status Replace(const std::string& path, std::string_view bytes);
  Status ListInto(std::string_view name_prefix, std::vector<std::string>& names);
  void RemoveAbandoned();
  void RemoveEmptyFolders(std::string_view folder);

  Disk& disk_;
  const FilesystemObjectStoreOptions options_;
  const std::string temporary_prefix_;
  std::unique_ptr<DiskLock> lock_;
  std::mutex mutex_;  // Guards what follows, and the order of folder making, folder removal and swaps.
  std::set<std::string, std::less<>> folders_;  // Known to be there and durable.
  std::vector<std::string> abandoned_;          // Temporary files whose writers went away uncommitted.
  std::uint64_t next_temporary_ = 1;
};

// An object on its way. Its destructor leaves the disk alone, because it also runs when a simulated kill unwinds the
// stack: what it leaves behind is removed by the store's next Create, or at the next opening.
class Writer final : public ObjectWriter {
 public:
  Writer(FilesystemObjectStore& store, std::unique_ptr<DiskFile> file, std::string temporary, std::string path)
      : store_(store), file_(std::move(file)), temporary_(std::move(temporary)), path_(std::move(path)) {}
  ~Writer() override {
    if (temporary_.empty()) return;
    const std::lock_guard lock(store_.mutex_);
    store_.abandoned_.push_back(std::move(temporary_));
  }

  Status Append(std::string_view bytes) override {
    buffer_.append(bytes);
    return buffer_.size() < store_.options_.buffer_bytes ? Status() : WriteBuffer();
  }

  Status Commit() override {
    HOLDFAST_CHECK(!temporary_.empty(), "object '{}' committed twice", path_);
    HOLDFAST_TRY(WriteBuffer());
    if (!HOLDFAST_MUTANT("object-named-before-synced")) HOLDFAST_TRY(file_->Sync(sync_site::kObjectFile));
    HOLDFAST_TRY(store_.disk_.RenameNew(temporary_, path_));
    if (HOLDFAST_MUTANT("object-named-before-synced")) HOLDFAST_TRY(file_->Sync(sync_site::kObjectFile));
    temporary_.clear();
    if (HOLDFAST_MUTANT("object-name-not-synced")) return {};
    auto named = store_.disk_.SyncDirectory(ParentOf(path_), sync_site::kObjectName);
    if (!named.ok()) store_.disk_.Remove(path_).Ignore();  // Best effort: a name that may not last must not be seen.
    return named;
  }

 private:
  Status WriteBuffer() {
    if (failed_) return *failed_;
    if (buffer_.empty()) return {};
    auto status = file_->Append(buffer_);
    buffer_.clear();
    if (!status.ok()) failed_ = status.error();
    return status;
  }

  FilesystemObjectStore& store_;
  std::unique_ptr<DiskFile> file_;
  std::string temporary_;  // Empty once renamed.
  const std::string path_;
  std::string buffer_;
  std::optional<Error> failed_;
};

Status FilesystemObjectStore::Open() {
  if (!IsObjectNamePart(options_.writer)) {
    return MakeError(ErrorCode::kInvalidArgument, "'{}' is no writer name: use [a-z0-9._-]", options_.writer);
  }
  HOLDFAST_TRY(EnsureFolder(options_.folder));
  HOLDFAST_ASSIGN(lock_, disk_.Lock(PathOf("LOCK-" + options_.writer)));
  return Sweep(options_.folder);
}

// Removes this writer's leftovers, and makes durable what a killed process had named but not yet synced: it can be
// seen, so it will be relied on.
Status FilesystemObjectStore::Sweep(const std::string& folder) {
  HOLDFAST_ASSIGN(const std::vector<std::string> names, disk_.List(folder));
  HOLDFAST_TRY(disk_.SyncDirectory(folder, sync_site::kObjectOpen));
  folders_.insert(folder);
  for (const auto& name : names) {
    const auto path = Join(folder, name);
    if (name.starts_with(temporary_prefix_)) {
      HOLDFAST_TRY(disk_.Remove(path));
    } else if (IsObjectNamePart(name)) {
      if (auto swept = Sweep(path); !swept.ok() && swept.error().code != ErrorCode::kNotFound) return swept;
    }
  }
  return {};
}

Status FilesystemObjectStore::EnsureFolder(std::string_view folder) {
  if (folder.empty() || folders_.contains(folder)) return {};
  HOLDFAST_TRY(EnsureFolder(ParentOf(folder)));
  HOLDFAST_TRY(disk_.MakeFolder(folder));
  HOLDFAST_TRY(disk_.SyncDirectory(ParentOf(folder), sync_site::kObjectFolder));
  folders_.emplace(folder);
  return {};
}

// A new file beside `path`. Another process may remove an empty folder that was known to be there: then once more.
Result<FilesystemObjectStore::Temporary> FilesystemObjectStore::CreateTemporary(std::string_view path) {
  const auto folder = ParentOf(path);
  auto temporary = Join(folder, fmt::format("{}{}", temporary_prefix_, next_temporary_++));
  for (bool again = true;; again = false) {
    const auto made = EnsureFolder(folder);
    auto file = made.ok() ? disk_.Create(temporary) : Result<std::unique_ptr<DiskFile>>(made.error());
    if (file.ok()) return Temporary{std::move(file).value(), std::move(temporary)};
    if (!again || file.error().code != ErrorCode::kNotFound) return file.error();
    folders_.clear();
  }
}

Result<std::unique_ptr<ObjectWriter>> FilesystemObjectStore::Create(std::string_view name) {
  HOLDFAST_TRY(CheckObjectName(name));
  const std::lock_guard lock(mutex_);
  RemoveAbandoned();
  auto path = PathOf(name);
  HOLDFAST_ASSIGN(Temporary temporary, CreateTemporary(path));
  return std::unique_ptr<ObjectWriter>(
      std::make_unique<Writer>(*this, std::move(temporary.file), std::move(temporary.path), std::move(path)));
}

Result<std::string> FilesystemObjectStore::Get(std::string_view name) {
  HOLDFAST_TRY(CheckObjectName(name));
  return disk_.Read(PathOf(name));
}

Result<std::string> FilesystemObjectStore::GetRange(std::string_view name, std::uint64_t offset, std::uint64_t size) {
  HOLDFAST_TRY(CheckObjectName(name));
  return disk_.ReadRange(PathOf(name), offset, size);
}

Result<std::vector<std::string>> FilesystemObjectStore::List(std::string_view prefix) {
  std::vector<std::string> names;
  if (auto status = ListInto(prefix, names); !status.ok() && status.error().code != ErrorCode::kNotFound) {
    return status.error();
  }
  std::sort(names.begin(), names.end());
  return names;
}

// `folder` is an object name with its '/' at the end, or empty. kNotFound if it is no folder.
Status FilesystemObjectStore::ListInto(std::string_view folder, std::vector<std::string>& names) {
  const auto path = PathOf(folder.substr(0, folder.size() - (folder.empty() ? 0 : 1)));
  HOLDFAST_ASSIGN(const std::vector<std::string> parts, disk_.List(folder.empty() ? options_.folder : path));
  for (const auto& part : parts) {
    if (!IsObjectNamePart(part)) continue;
    auto name = fmt::format("{}{}", folder, part);
    const auto status = ListInto(name + "/", names);
    if (status.ok()) continue;
    if (status.error().code != ErrorCode::kNotFound) return status;
    names.push_back(std::move(name));
  }
  return {};
}

Status FilesystemObjectStore::Delete(std::string_view name) {
  HOLDFAST_TRY(CheckObjectName(name));
  const auto path = PathOf(name);
  const auto folder = ParentOf(path);
  const std::lock_guard lock(mutex_);
  if (auto removed = disk_.Remove(path); !removed.ok()) {
    return removed.error().code == ErrorCode::kNotFound ? Status() : removed;
  }
  HOLDFAST_TRY(disk_.SyncDirectory(folder, sync_site::kObjectDelete));
  RemoveEmptyFolders(folder);
  return {};
}

// Tidiness only: a folder that cannot be removed, or is back after a crash, harms nobody.
void FilesystemObjectStore::RemoveEmptyFolders(std::string_view folder) {
  while (folder != options_.folder && disk_.Remove(folder).ok()) {
    if (const auto known = folders_.find(folder); known != folders_.end()) folders_.erase(known);
    folder = ParentOf(folder);
  }
}

void FilesystemObjectStore::RemoveAbandoned() {
  for (const auto& path : abandoned_) disk_.Remove(path).Ignore();
  abandoned_.clear();
}

Status FilesystemObjectStore::CompareAndSwap(std::string_view name, const std::optional<std::string>& expected,
                                             std::string_view bytes) {
  HOLDFAST_TRY(CheckObjectName(name));
  const std::lock_guard lock(mutex_);
  auto swap_lock = disk_.Lock(PathOf("LOCK-swap"));
  if (!swap_lock.ok()) {
    if (swap_lock.error().code != ErrorCode::kRefused) return swap_lock.error();
    return MakeError(ErrorCode::kUnavailable, "another process is swapping an object: try '{}' again", name);
  }
  const auto path = PathOf(name);
  const auto present = disk_.Read(path);
  if (!present.ok() && present.error().code != ErrorCode::kNotFound) return present.error();
  const bool matches = present.ok() ? expected == *present : !expected.has_value();
  if (!matches) return MakeError(ErrorCode::kRefused, "object '{}' is not what was expected: read it again", name);
  return Replace(path, bytes);
}

Status FilesystemObjectStore::Replace(const std::string& path, std::string_view bytes) {
  HOLDFAST_ASSIGN(const Temporary temporary, CreateTemporary(path));
  auto status = temporary.file->Append(bytes);
  if (status.ok() && !HOLDFAST_MUTANT("swap-not-synced")) status = temporary.file->Sync(sync_site::kObjectSwapFile);
  if (status.ok()) status = disk_.Rename(temporary.path, path);
  if (!status.ok()) {
    abandoned_.push_back(temporary.path);
    return status;
  }
  return disk_.SyncDirectory(ParentOf(path), sync_site::kObjectSwapName);
}

}  // namespace

Result<std::unique_ptr<ObjectStore>> OpenFilesystemObjectStore(Disk& disk, FilesystemObjectStoreOptions options) {
  auto store = std::make_unique<FilesystemObjectStore>(disk, std::move(options));
  HOLDFAST_TRY(store->Open());
  return std::unique_ptr<ObjectStore>(std::move(store));
}

void RegisterFilesystemObjectStore(ObjectStoreRegistry& stores) {
  const FilesystemObjectStoreOptions defaults;
  stores.Add({.kind = PartKind::kObjectStore,
              .name = "filesystem",
              .sentence = "Objects as files, written aside, synced and renamed into place.",
              .options = OptionSet({
                  StringOption("folder", defaults.folder, "Folder of the objects on the disk; made if missing."),
                  BytesOption("buffer", {defaults.buffer_bytes}, "Bytes of an object collected before each write.")
                      .Between({64}, MiB(64))
                      .InSimulation({{64}, {defaults.buffer_bytes}}),
              }),
              .capabilities = {"survives-kill", "survives-power-cut", "shared-by-processes"},
              .guarantee = "A committed, swapped or deleted object stays so through any crash of process or machine."},
             [](Disk& disk, const std::string& writer, const OptionValues& options) {
               return OpenFilesystemObjectStore(disk, {.folder = options.GetText("folder"),
                                                       .writer = writer,
                                                       .buffer_bytes = options.GetBytes("buffer").bytes});
             });
}

}  // namespace holdfast
