// Rows in LMDB, below write-behind layers (../write-behind): a memory-mapped copy-on-write tree on the disk of the
// worker's machine. Reads are pointers into the page cache; one writer at a time, sorted writes preferred, which is
// just what layers bring. Nothing is synced: durability comes from snapshots and logs, and a recovery begins with an
// empty database.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/ports/background.h"
#include "core/ports/state_backend.h"
#include "storage-backends/state/registry.h"

namespace holdfast {

struct LmdbOptions {
  std::uint64_t layer_bytes = 16 << 20;
  std::uint64_t map_bytes = std::uint64_t{64} << 30;

  static OptionSet Declared();
  static LmdbOptions From(const OptionValues& values);
};

// `folder` is made if need be; what an earlier backend left there is removed. Its parent must exist.
// kRefused or kExhausted with a sentence that names the folder.
Result<std::unique_ptr<StateBackend>> OpenLmdbBackend(const std::string& folder, Background& background,
                                                      const LmdbOptions& options);

void RegisterLmdbBackend(StateBackendRegistry& backends);

}  // namespace holdfast
