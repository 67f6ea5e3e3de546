// A file system as a careful program sees it: bytes and names are durable only after they were synced, and a crash may
// lose anything that was not. Everything that stores durably stands on this port, so that the simulator can take back
// un-synced bytes and directory entries, and tests can fill, slow or break the disk.
//
// Paths are relative to the disk's root and use '/'; the empty path is the root folder. Calls block; they are made
// from Background jobs or at start-up.
// Errors: kNotFound, kAlreadyExists, kExhausted (full), kUnavailable (passing), kDataLoss, kRefused (permission, lock).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace holdfast {

// A call that makes something durable names its place in the code ("object.file", "log.directory"), so that a test can
// leave out each of them in turn and see that it is missed.
using SyncSite = std::string_view;

// A file being written. Destroying it closes it and writes nothing; it must not outlive its disk.
class DiskFile {
 public:
  virtual ~DiskFile() = default;
  virtual Status Append(std::string_view bytes) = 0;
  // Makes all appended bytes durable. After an error of either call the content is unknown, even if a later Sync
  // succeeds: give the file up, never retry into silence.
  virtual Status Sync(SyncSite site) = 0;
};

// Held as long as it lives; released when the process dies.
class DiskLock {
 public:
  virtual ~DiskLock() = default;
};

class Disk {
 public:
  virtual ~Disk() = default;
  // A new empty file, or kAlreadyExists. Its name is durable after SyncDirectory of its folder.
  virtual Result<std::unique_ptr<DiskFile>> Create(std::string_view path) = 0;
  // The whole file. Reads see every byte appended before, synced or not.
  virtual Result<std::string> Read(std::string_view path) = 0;
  // Up to `size` bytes from `offset`; fewer only at the end of the file.
  virtual Result<std::string> ReadRange(std::string_view path, std::uint64_t offset, std::uint64_t size) = 0;
  virtual Result<std::uint64_t> Size(std::string_view path) = 0;
  // Renames a file; replaces `to` if it exists. Atomic; durable after SyncDirectory of both folders.
  virtual Status Rename(std::string_view from, std::string_view to) = 0;
  // Like Rename, but kAlreadyExists when `to` exists.
  virtual Status RenameNew(std::string_view from, std::string_view to) = 0;
  // Removes a file or an empty folder; kRefused if the folder is not empty. Durable after SyncDirectory.
  virtual Status Remove(std::string_view path) = 0;
  // Cuts a file to `size`, which is at most its present size. Durable when it returns: for repair tools, not hot paths.
  virtual Status Truncate(std::string_view path, std::uint64_t size) = 0;
  // Names in a folder, sorted; kNotFound if it does not exist.
  virtual Result<std::vector<std::string>> List(std::string_view folder) = 0;
  // Makes the folder if it is not there (its parent must be).
  virtual Status MakeFolder(std::string_view folder) = 0;
  virtual Status SyncDirectory(std::string_view folder, SyncSite site) = 0;
  // Takes an exclusive lock on a file, made if needed; kRefused with the holder's process id if another holds it.
  virtual Result<std::unique_ptr<DiskLock>> Lock(std::string_view path) = 0;
};

}  // namespace holdfast
