#include "storage-backends/state/heap/heap_backend.h"
#include "tests/contract/state_backend_contract.h"

namespace holdfast::contract {
namespace {

INSTANTIATE_TEST_SUITE_P(Heap, StateBackendContract,
                         testing::Values(StateBackendUnderTest{"heap",
                                                               [] { return std::make_unique<HeapBackend>(); }}));

}  // namespace
}  // namespace holdfast::contract
