// Blocking coordinated snapshots (Koo-Toueg, Naiad style; fault-tolerance model C.1): every worker pauses, tells its
// peers how much it has sent, waits until the network is empty, cuts, and goes on when all have cut. Simple and a
// reference for the others; every snapshot costs everybody a pause.
#pragma once

#include "core/protocols/factory.h"

namespace holdfast {

ProtocolFactory StopTheWorldProtocol();

}  // namespace holdfast
