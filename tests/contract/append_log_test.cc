#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"
#include "storage-backends/durable/append-log/memory/memory_append_log.h"
#include "tests/contract/append_log_contract.h"
#include "tests/contract/disk_rigs.h"

namespace holdfast::contract {
namespace {

class MemoryRig final : public AppendLogRig {
 public:
  AppendLogStore& store() override { return *store_; }
  void Restart() override { background().Drop(); }

 private:
  const std::unique_ptr<AppendLogStore> store_ = MakeMemoryAppendLogStore(background());
};

// Segments of a few records, so that every test crosses several.
template <class Rig>
class FilesystemRig final : public AppendLogRig {
 public:
  AppendLogStore& store() override { return *store_; }
  void Restart() override {
    background().Drop();
    store_.reset();
    store_ = MakeStore();
  }

 private:
  std::unique_ptr<AppendLogStore> MakeStore() {
    return MakeFilesystemAppendLogStore(rig_.disk(), background(), {.folder = "data/log", .segment_bytes = 100});
  }
  Rig rig_;
  std::unique_ptr<AppendLogStore> store_ = MakeStore();
};

template <class Rig>
AppendLogRigFactory MakeRig() {
  return [] { return std::make_unique<Rig>(); };
}

INSTANTIATE_TEST_SUITE_P(Memory, AppendLogContract, testing::Values(MakeRig<MemoryRig>()));
INSTANTIATE_TEST_SUITE_P(FilesystemOnPosix, AppendLogContract, testing::Values(MakeRig<FilesystemRig<PosixDiskRig>>()));
INSTANTIATE_TEST_SUITE_P(FilesystemOnSim, AppendLogContract, testing::Values(MakeRig<FilesystemRig<SimDiskRig>>()));

}  // namespace
}  // namespace holdfast::contract
