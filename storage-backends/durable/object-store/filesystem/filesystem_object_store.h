// Objects as files of a Disk. An object is written under a temporary name, synced, renamed to its own name, and the
// folder synced: so a name is there in full or not at all, and once there survives any crash. The one mutable kind of
// object (CompareAndSwap) is replaced the same way, under a lock.
//
//   <folder>/LOCK-<writer>              held while a store of that writer is open
//   <folder>/LOCK-swap                  held during a swap
//   <folder>/inc-1/chk-7/w0             object "inc-1/chk-7/w0"
//   <folder>/inc-1/chk-7/TMP-<writer>-3 being written, or left behind by a crash; removed at the next opening
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/ports/disk.h"
#include "core/ports/object_store.h"
#include "storage-backends/durable/registries.h"

namespace holdfast {

struct FilesystemObjectStoreOptions {
  // Where on the disk; made if missing.
  std::string folder = "objects";
  // Distinguishes the processes that share the folder; an object name part.
  std::string writer = "main";
  // Bytes collected per writer before the disk is called.
  std::size_t buffer_bytes = 256 * 1024;
};

// Opens the store on `disk`, which outlives it; writers must not outlive the store. Thread-safe. Removes what earlier
// writers of this name left unfinished. kRefused with the holder's process id if a live process has this writer's name.
Result<std::unique_ptr<ObjectStore>> OpenFilesystemObjectStore(Disk& disk, FilesystemObjectStoreOptions options = {});

void RegisterFilesystemObjectStore(ObjectStoreRegistry& stores);

}  // namespace holdfast
