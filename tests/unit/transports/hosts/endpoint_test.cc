#include "tests/contract/endpoint_contract.h"
#include "transports/hosts/embedded_endpoint.h"
#include "transports/hosts/loopback_endpoint.h"

namespace holdfast::contract {

template <class E>
EndpointFactory Making() {
  return [](std::shared_ptr<const Application> application) { return std::make_unique<E>(std::move(application)); };
}

INSTANTIATE_TEST_SUITE_P(Embedded, EndpointContract, testing::Values(Making<EmbeddedEndpoint>()));
INSTANTIATE_TEST_SUITE_P(Loopback, EndpointContract, testing::Values(Making<LoopbackEndpoint>()));

}  // namespace holdfast::contract
