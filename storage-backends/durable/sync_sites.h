// Every place where the filesystem object store and log ask the disk to make something durable, by name. Each is there
// because leaving it out loses data in some crash; a test leaves out each in turn and demands that loss.
#pragma once

#include <array>

#include "core/ports/disk.h"

namespace holdfast {

namespace sync_site {
inline constexpr SyncSite kObjectFile = "object.file";           // The bytes of an object, before it gets its name.
inline constexpr SyncSite kObjectName = "object.name";           // The name of a committed object.
inline constexpr SyncSite kObjectFolder = "object.folder";       // A new folder, in its parent.
inline constexpr SyncSite kObjectDelete = "object.delete";       // The absence of a deleted object.
inline constexpr SyncSite kObjectSwapFile = "object.swap-file";  // The bytes that a swap puts in place.
inline constexpr SyncSite kObjectSwapName = "object.swap-name";  // The name that now means those bytes.
inline constexpr SyncSite kObjectOpen = "object.open";           // Names that a killed process left visible only.
inline constexpr SyncSite kLogFolder = "log.folder";             // A new folder, in its parent.
inline constexpr SyncSite kLogPreamble = "log.preamble";         // A new segment's preamble, before its first block.
inline constexpr SyncSite kLogSegment = "log.segment";           // The name of a new segment.
inline constexpr SyncSite kLogBlock = "log.block";               // A block of records: the group commit.
}  // namespace sync_site

inline constexpr std::array kFilesystemSyncSites = {
    sync_site::kObjectFile,     sync_site::kObjectName,     sync_site::kObjectFolder, sync_site::kObjectDelete,
    sync_site::kObjectSwapFile, sync_site::kObjectSwapName, sync_site::kObjectOpen,   sync_site::kLogFolder,
    sync_site::kLogPreamble,    sync_site::kLogSegment,     sync_site::kLogBlock,
};

}  // namespace holdfast
