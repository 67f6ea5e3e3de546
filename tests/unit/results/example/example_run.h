// A made-up but plausible run of the quick suite: the greeter under four snapshot protocols, each undisturbed and with
// a kill after ten seconds. Same seed, same run.
#pragma once

#include <cstdint>

#include "results/record/run.h"

namespace holdfast {

record::Run ExampleRun(std::uint64_t seed = 42);

}  // namespace holdfast
