// A disk in memory that forgets what a real one may forget. Every file knows which of its bytes were synced, every
// folder which of its entries; a crash takes back anything else, in any combination a file system could produce: a
// rename may be half durable (but its target is always the old file or the new one), a file may keep a prefix of its
// last bytes or hold zeros where a block never arrived. What the code under test relies on and did not sync is gone.
//
//   SimDisk disk;                    // The machine's disk: lives through kills and crashes.
//   disk.set_observer(&world);       // Sees every call first; may fail it, or throw to kill the process there.
//   ... run a process on it ...
//   disk.Crash(random);              // Power cut. Open everything anew from what is left.
//
// One thread only. Cheap enough for thousands of small runs a minute.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/ports/disk.h"

namespace holdfast {

enum class DiskOp : unsigned char {
  kCreate,
  kAppend,
  kSyncFile,
  kRead,
  kSize,
  kRename,
  kRenameNew,
  kRemove,
  kTruncate,
  kList,
  kMakeFolder,
  kSyncDirectory,
  kLock,
};

// A call about to be made. The views live until BeforeCall returns.
struct DiskCall {
  DiskOp op;
  std::string_view path;
  std::string_view detail;  // The bytes of an append, the target of a rename; else empty.
  SyncSite site;            // Of a sync; else empty.
};

class DiskObserver {
 public:
  virtual ~DiskObserver() = default;
  // An error becomes the answer of the call, which is then not carried out, with two exceptions that real disks share:
  // a failed append leaves half of its bytes, and the bytes of a failed sync will never be durable, whatever a later
  // sync says. May throw: the process is killed before this call.
  virtual Status BeforeCall(const DiskCall& call) = 0;
  // May damage what was read; what the disk keeps stays as it is.
  virtual void AfterRead(std::string_view /*path*/, std::string& /*bytes*/) {}
};

class SimDisk final : public Disk {
 public:
  // What a crash takes of that which was not synced.
  enum class Loss : unsigned char { kNothing, kEverything, kRandom };

  SimDisk();
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;
  ~SimDisk() override;

  // Asked before every call; null for nobody.
  void set_observer(DiskObserver* observer) { observer_ = observer; }
  // From now on, syncs that name this site do nothing and report success. Empty: none.
  void SkipSync(SyncSite site) { skipped_site_ = site; }

  // The process is gone, the machine runs on: locks are released, un-synced bytes stay readable and un-synced. Files
  // and locks handed out before must not be used again; destroying them is harmless.
  void KillProcess();
  // The machine is gone and back: like KillProcess, and un-synced bytes and entries are taken as `loss` says, or by a
  // draw that favours losing everything. What is left is durable (with kNothing, it stays as un-synced as it was).
  void Crash(Random& random, Loss loss);
  void Crash(Random& random);

  // Shows what is in the root of `other`, but for `except`, as its own: from now on both see and change the same files,
  // as two machines do that have one volume. Locks are not shared, as if those of the other had lapsed. Requires: new.
  void ShareVolume(const SimDisk& other, std::string_view except);

  Result<std::unique_ptr<DiskFile>> Create(std::string_view path) override;
  Result<std::string> Read(std::string_view path) override;
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset, std::uint64_t size) override;
  Result<std::uint64_t> Size(std::string_view path) override;
  Status Rename(std::string_view from, std::string_view to) override;
  Status RenameNew(std::string_view from, std::string_view to) override;
  Status Remove(std::string_view path) override;
  Status Truncate(std::string_view path, std::uint64_t size) override;
  Result<std::vector<std::string>> List(std::string_view folder) override;
  Status MakeFolder(std::string_view folder) override;
  Status SyncDirectory(std::string_view folder, SyncSite site) override;
  Result<std::unique_ptr<DiskLock>> Lock(std::string_view path) override;

 private:
  friend class SimFile;
  friend class SimLock;
  struct Node;
  struct Entry;
  struct Place;
  using NodePtr = std::shared_ptr<Node>;

  Status Before(DiskOp op, std::string_view path, std::string_view detail = {}, SyncSite site = {}) {
    return observer_ == nullptr ? Status() : observer_->BeforeCall({op, path, detail, site});
  }
  std::string AfterRead(std::string_view path, std::string bytes) {
    if (observer_ != nullptr) observer_->AfterRead(path, bytes);
    return bytes;
  }
  NodePtr Find(std::string_view path) const;
  Result<NodePtr> FindFile(std::string_view path) const;
  Result<NodePtr> FindFolder(std::string_view path) const;
  Result<Place> FindPlace(std::string_view path) const;
  Status AppendTo(Node& file, std::string_view path, std::string_view bytes);
  Status SyncFile(Node& file, std::string_view path, SyncSite site);
  Status Move(std::string_view from, std::string_view to, bool replace);
  void SettleFolder(Node& folder, Random& random, Loss loss);
  static void SettleFile(Node& file, Random& random, Loss loss);

  NodePtr root_;
  std::map<std::string, std::uint64_t, std::less<>> locks_;  // Path -> process that holds it.
  std::uint64_t process_ = 1;                                // Raised by KillProcess: older handles are dead.
  DiskObserver* observer_ = nullptr;
  std::string skipped_site_;
};

}  // namespace holdfast
