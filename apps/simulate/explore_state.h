// What an exploration keeps in its folder, to go on from there.
#pragma once

#include <string>

#include "apps/simulate/explore.h"

namespace holdfast {

// What stands in the folder, or a beginning if it is new. An error if it is damaged or of other options.
Result<Explored> LoadExplored(const ExploreOptions& options);
// Durable before it replaces what stands there.
Status SaveExplored(const ExploreOptions& options, const Explored& explored);

}  // namespace holdfast
