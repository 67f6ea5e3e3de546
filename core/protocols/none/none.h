// No snapshots: state is scratch, egress is immediate, and after a failure the ingress resumes from offsets released at
// every interval. It promises nothing and shows what a failure costs without protection.
#pragma once

#include "core/protocols/factory.h"

namespace holdfast {

ProtocolFactory NoneProtocol();

}  // namespace holdfast
