#include "storage-backends/state/rocksdb/rocksdb_backend.h"

#include <filesystem>

#include "storage-backends/state/rocksdb/rocksdb_database.h"
#include "storage-backends/state/write-behind/scratch_folder.h"
#include "storage-backends/state/write-behind/write_behind_backend.h"

namespace holdfast {

OptionSet RocksDbOptions::Declared() {
  const RocksDbOptions defaults;
  return OptionSet({
      BytesOption("layer", ByteSize{defaults.layer_bytes}, "Rows kept in memory before they go to the database.")
          .Between(KiB(4), GiB(4))
          .InSimulation({KiB(4), KiB(64)}),
      BytesOption("memtable", ByteSize{defaults.memtable_bytes}, "RocksDB's write buffer; it has up to two.")
          .Between(KiB(64), GiB(4)),
      BytesOption("block-cache", ByteSize{defaults.block_cache_bytes}, "Blocks of the database kept in memory.")
          .Between(KiB(64), GiB(256)),
      BoolOption("compress", defaults.compress, "Whether blocks on disk are compressed, with LZ4."),
  });
}

RocksDbOptions RocksDbOptions::From(const OptionValues& values) {
  return {.layer_bytes = values.GetBytes("layer").bytes,
          .memtable_bytes = values.GetBytes("memtable").bytes,
          .block_cache_bytes = values.GetBytes("block-cache").bytes,
          .compress = values.GetBool("compress")};
}

Result<std::unique_ptr<StateBackend>> OpenRocksDbBackend(const std::string& folder, Background& background,
                                                         const RocksDbOptions& options) {
  if (!options.in_memory) HOLDFAST_TRY(write_behind::EmptyFolder(folder, "state rocksdb"));
  // Every Clear begins a new database beside the old one, which live cuts may still read.
  const auto open = [folder, options, number = 0]() mutable {
    return rocks::RocksDatabase::Open(fmt::format("{}/{}", folder, ++number), options);
  };
  return write_behind::WriteBehindBackend::Open(open, background, {.layer_bytes = options.layer_bytes});
}

void RegisterRocksDbBackend(StateBackendRegistry& backends) {
  backends.Add({.kind = PartKind::kStateBackend,
                .name = "rocksdb",
                .sentence = "Rows in RocksDB on the local disk: state larger than memory.",
                .options = RocksDbOptions::Declared(),
                .capabilities = {"constant-time-cut", "larger-than-memory"}},
               [](const StateSite& site, const OptionValues& values) {
                 return OpenRocksDbBackend(site.folder, site.background, RocksDbOptions::From(values));
               });
}

}  // namespace holdfast
