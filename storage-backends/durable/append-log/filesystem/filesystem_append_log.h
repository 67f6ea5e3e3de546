// Append logs as files of a Disk. A worker's log is a chain of segment files; records are gathered in memory and
// written as one block per flush, with one sync (group commit).
//
// Nobody ever continues a file another incarnation began. Opening starts a new segment that names its predecessor *and
// how many of its bytes count*: bytes that an older incarnation still adds there are outside the log, so a zombie
// cannot reach into it. The new segment carries the predecessor's last block with it, because that one may have been
// readable without being durable.
//
// The lock keeps two processes apart. It may lapse while its holder stands still (a lease, a network file system, a
// volume moved to another machine); then what the holder writes later must not count as durable. So whoever opens a log
// first lays down a claim, and every write looks for younger claims and segments once it is on the disk: what was
// answered as durable was there before the claim, and the opener reads it.
//
//   log/w0/LOCK                                      held while a store has the worker's log open
//   log/w0/0000000003.claim                          while incarnation 3 opens the log
//   log/w0/0000000001-00000000000000000001.seg       incarnation 1, from record 1 on
//   log/w0/0000000001-00000000000000004096.seg       incarnation 1 again: the segment was full
//   log/w0/0000000003-00000000000000007001.seg       incarnation 3, after a crash; segment.h has the layout
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/ports/append_log.h"
#include "core/ports/background.h"
#include "core/ports/disk.h"
#include "storage-backends/durable/registries.h"

namespace holdfast {

struct FilesystemAppendLogOptions {
  // Where on the disk; made if missing.
  std::string folder = "log";
  // A segment that has reached this size is followed by a new one.
  std::uint64_t segment_bytes = 64 * 1024 * 1024;
};

// `disk` and `background` outlive the store and its logs. The store is thread-safe; Open blocks on the disk. A worker's
// log is locked on first opening, until the store and its logs are gone; within the store, a newer incarnation fences
// the older one. The first failed write or sync ends a log: every flush from then on is answered with that error.
std::unique_ptr<AppendLogStore> MakeFilesystemAppendLogStore(Disk& disk, Background& background,
                                                             FilesystemAppendLogOptions options = {});

void RegisterFilesystemAppendLog(AppendLogRegistry& logs);

}  // namespace holdfast
