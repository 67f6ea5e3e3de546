#include "tests/contract/disk_contract.h"

namespace holdfast::contract {

INSTANTIATE_TEST_SUITE_P(Posix, DiskContract, testing::Values(MakeDiskRig<PosixDiskRig>()));
INSTANTIATE_TEST_SUITE_P(Sim, DiskContract, testing::Values(MakeDiskRig<SimDiskRig>()));

}  // namespace holdfast::contract
