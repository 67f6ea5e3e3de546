#include "storage-backends/state/lmdb/lmdb_backend.h"

#include "storage-backends/state/lmdb/lmdb_database.h"
#include "storage-backends/state/write-behind/scratch_folder.h"
#include "storage-backends/state/write-behind/write_behind_backend.h"

namespace holdfast {

OptionSet LmdbOptions::Declared() {
  const LmdbOptions defaults;
  return OptionSet({
      BytesOption("layer", ByteSize{defaults.layer_bytes}, "Rows kept in memory before they go to the database.")
          .Between(KiB(4), GiB(4))
          .InSimulation({KiB(4), KiB(64)}),
      BytesOption("map-size", ByteSize{defaults.map_bytes}, "The most a worker's database may grow to; costs nothing.")
          .Between(MiB(1), GiB(16384)),
  });
}

LmdbOptions LmdbOptions::From(const OptionValues& values) {
  return {.layer_bytes = values.GetBytes("layer").bytes, .map_bytes = values.GetBytes("map-size").bytes};
}

Result<std::unique_ptr<StateBackend>> OpenLmdbBackend(const std::string& folder, Background& background,
                                                      const LmdbOptions& options) {
  HOLDFAST_TRY(write_behind::EmptyFolder(folder, "state lmdb"));
  // Every Clear begins a new database beside the old one, which live cuts may still read.
  const auto open = [folder, options, number = 0]() mutable {
    return lmdb::LmdbDatabase::Open(fmt::format("{}/{}", folder, ++number), options);
  };
  return write_behind::WriteBehindBackend::Open(open, background, {.layer_bytes = options.layer_bytes});
}

void RegisterLmdbBackend(StateBackendRegistry& backends) {
  backends.Add({.kind = PartKind::kStateBackend,
                .name = "lmdb",
                .sentence = "Rows in LMDB on the local disk: reads at memory speed while the page cache holds them.",
                .options = LmdbOptions::Declared(),
                .capabilities = {"constant-time-cut", "larger-than-memory"}},
               [](const StateSite& site, const OptionValues& values) {
                 return OpenLmdbBackend(site.folder, site.background, LmdbOptions::From(values));
               });
}

}  // namespace holdfast
