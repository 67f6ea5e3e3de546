#include "storage-backends/durable/object-store/filesystem/filesystem_object_store.h"
#include "storage-backends/durable/object-store/memory/memory_object_store.h"
#include "tests/contract/disk_rigs.h"
#include "tests/contract/object_store_contract.h"

namespace holdfast::contract {
namespace {

class MemoryRig final : public ObjectStoreRig {
 public:
  ObjectStore& store() override { return store_; }
  void Reopen() override {}

 private:
  MemoryObjectStore store_;
};

template <class Rig>
class FilesystemRig final : public ObjectStoreRig {
 public:
  FilesystemRig() { Reopen(); }
  ObjectStore& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    store_ = OpenFilesystemObjectStore(rig_.disk()).value();
  }

 private:
  Rig rig_;
  std::unique_ptr<ObjectStore> store_;
};

template <class Rig>
ObjectStoreRigFactory MakeRig() {
  return [] { return std::make_unique<Rig>(); };
}

INSTANTIATE_TEST_SUITE_P(Memory, ObjectStoreContract, testing::Values(MakeRig<MemoryRig>()));
INSTANTIATE_TEST_SUITE_P(FilesystemOnPosix, ObjectStoreContract,
                         testing::Values(MakeRig<FilesystemRig<PosixDiskRig>>()));
INSTANTIATE_TEST_SUITE_P(FilesystemOnSim, ObjectStoreContract, testing::Values(MakeRig<FilesystemRig<SimDiskRig>>()));

}  // namespace
}  // namespace holdfast::contract
