#include <atomic>
#include <filesystem>

#include "chaos/simulation/disk/inline_background.h"
#include "storage-backends/state/heap/heap_backend.h"
#include "storage-backends/state/lmdb/lmdb_backend.h"
#include "storage-backends/state/rocksdb/rocksdb_backend.h"
#include "tests/contract/state_backend_contract.h"
#include "tests/support/temporary_folder.h"

namespace holdfast::contract {
namespace {

// A backend whose background work is done now and then between two calls, as a loop would hear of it, or never in time.
class BackendOnDisk final : public StateBackend {
 public:
  using Open = Result<std::unique_ptr<StateBackend>> (*)(const std::string& folder, Background& background);
  BackendOnDisk(Open open, std::size_t calls_per_job)
      : calls_per_job_(calls_per_job), inner_(open(folder_.path() + "/state", background_).value()) {}

  Result<std::optional<std::string_view>> Get(const RowKey& key) override { return Turn().Get(key); }
  Status Put(const RowKey& key, std::string_view value) override { return Turn().Put(key, value); }
  Status Erase(const RowKey& key) override { return Turn().Erase(key); }
  void Prefetch(const RowKey& key) override { Turn().Prefetch(key); }
  void Expect(std::uint64_t rows) override { Turn().Expect(rows); }
  Result<std::shared_ptr<const StateCut>> Cut() override { return Turn().Cut(); }
  Status ForEachIn(TableId table, const RowVisitor& visit) override { return Turn().ForEachIn(table, visit); }
  Status Clear() override { return Turn().Clear(); }
  StateSize size() const override { return inner_->size(); }

 private:
  StateBackend& Turn() {
    if (calls_per_job_ > 0 && ++calls_ % calls_per_job_ == 0) background_.RunOne();
    return *inner_;
  }
  TemporaryFolder folder_;
  InlineBackground background_;
  std::size_t calls_per_job_;
  std::size_t calls_ = 0;
  std::unique_ptr<StateBackend> inner_;
};

// Layers so small that histories of a few rows pass through all of them.
Result<std::unique_ptr<StateBackend>> OpenRocksDb(const std::string& folder, Background& background) {
  return OpenRocksDbBackend(folder, background, {.layer_bytes = 4 << 10, .memtable_bytes = 64 << 10});
}
Result<std::unique_ptr<StateBackend>> OpenLmdb(const std::string& folder, Background& background) {
  return OpenLmdbBackend(folder, background, {.layer_bytes = 4 << 10, .map_bytes = 1 << 30});
}

StateBackendUnderTest OnDisk(std::string name, BackendOnDisk::Open open, std::size_t calls_per_job) {
  return {std::move(name), [=] { return std::make_unique<BackendOnDisk>(open, calls_per_job); }};
}

INSTANTIATE_TEST_SUITE_P(Heap, StateBackendContract,
                         testing::Values(StateBackendUnderTest{"heap",
                                                               [] { return std::make_unique<HeapBackend>(); }}));
INSTANTIATE_TEST_SUITE_P(RocksDb, StateBackendContract,
                         testing::Values(OnDisk("rocksdb", OpenRocksDb, 50), OnDisk("rocksdb, alone", OpenRocksDb, 0)));
INSTANTIATE_TEST_SUITE_P(Lmdb, StateBackendContract,
                         testing::Values(OnDisk("lmdb", OpenLmdb, 50), OnDisk("lmdb, alone", OpenLmdb, 0)));

}  // namespace
}  // namespace holdfast::contract
