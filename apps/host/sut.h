// The system under test as a process of its own: a LocalCluster that takes its ingress from the testbed's gateway and
// gives its egress back there, set up by the file the testbed wrote. It lives until the testbed is gone or kills it.
#pragma once

#include <optional>
#include <string>

#include "apps/parts/parts.h"
#include "core/base/ids.h"
#include "core/base/result.h"

namespace holdfast {

// Runs until the testbed is gone (success) or the cluster cannot go on (the reason). `accept_rollback` as in
// CoordinatorOptions.
Status RunSystemUnderTest(const Parts& parts, const std::string& config_file,
                          std::optional<SnapshotId> accept_rollback = {});

}  // namespace holdfast
