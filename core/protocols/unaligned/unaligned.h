// Chandy-Lamport on every channel (fault-tolerance model C.3, overtake: none): a worker cuts at the first news of a
// snapshot, tells its peers where the cut stands in each channel, and goes on; messages sent before the sender's cut
// and received after its own are kept as channel state. Nobody waits; the snapshot is as large as what was in flight.
#pragma once

#include "core/protocols/factory.h"

namespace holdfast {

ProtocolFactory UnalignedProtocol();

}  // namespace holdfast
