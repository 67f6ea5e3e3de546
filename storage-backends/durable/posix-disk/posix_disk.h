// The disk of a real machine: a folder of a POSIX file system, reached through the plain calls a careful program uses
// (O_EXCL, fdatasync, fsync of directories, renameat2, flock). Nothing is cached here: an append is a write to the
// kernel, so whoever appends little by little should collect first.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/ports/disk.h"

namespace holdfast {

// The disk whose root is the folder `root`, which must exist. Thread-safe; its files and locks belong to one thread
// each. kNotFound or kRefused with a sentence that names the folder.
Result<std::unique_ptr<Disk>> OpenPosixDisk(const std::string& root);

}  // namespace holdfast
