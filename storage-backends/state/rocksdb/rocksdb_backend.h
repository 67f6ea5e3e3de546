// Rows in RocksDB, below write-behind layers (../write-behind): state larger than memory, on the disk of the worker's
// machine. The write-ahead log is off and nothing is synced: durability comes from snapshots and logs, and a recovery
// begins with an empty database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/ports/background.h"
#include "core/ports/state_backend.h"
#include "storage-backends/state/registry.h"

namespace holdfast {

struct RocksDbOptions {
  std::uint64_t layer_bytes = 16 << 20;
  std::uint64_t memtable_bytes = 32 << 20;
  std::uint64_t block_cache_bytes = 64 << 20;
  bool compress = true;    // With LZ4.
  bool in_memory = false;  // Files live in memory, on no disk: for simulation. RocksDB still has threads of its own.

  static OptionSet Declared();
  static RocksDbOptions From(const OptionValues& values);
};

// `folder` is made if need be; what an earlier backend left there is removed. Its parent must exist.
// kRefused or kExhausted with a sentence that names the folder.
Result<std::unique_ptr<StateBackend>> OpenRocksDbBackend(const std::string& folder, Background& background,
                                                         const RocksDbOptions& options);

void RegisterRocksDbBackend(StateBackendRegistry& backends);

}  // namespace holdfast
