// What an oracle says of a visible record on an egress that it does not judge: a dead letter, though nothing may be
// given up, or a record to whose egress nobody emits. Either is a phantom.
#pragma once

#include "core/ports/egress.h"
#include "workloads/oracles/findings.h"

namespace holdfast {

void AddStrangeRecord(const EgressRecord& record, Findings& findings);

}  // namespace holdfast
