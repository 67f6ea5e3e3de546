// A simulated run as a file, for people to read and edit: parts and options by name, faults in the words of the
// schedule, nothing left to a draw but delays, losses and the input, which come from the seed.
//
//   seed: 17
//   protocol: unaligned
//   workload:
//     name: greeter
//     keys: 20
//   ...
//   faults:
//     - {at: 3ms, do: kill, target: worker 1, restart-after: 2ms}
#pragma once

#include <string>
#include <string_view>

#include "apps/simulate/shrink.h"
#include "apps/simulate/sim_run.h"

namespace holdfast {

// The whole text; reads back to the same run. `remark` stands above it, as comments; may have several lines.
std::string WriteSimRun(const SimRun& run, std::string_view remark);
// Strict: errors name the place in `file`, what was found there and what is known. What is left out has its default.
Result<SimRun> ReadSimRun(const Parts& parts, std::string_view text, std::string_view file);
Result<SimRun> LoadSimRun(const Parts& parts, const std::string& path);
// A reduced run, with what it broke and how to see it as remarks.
Status SaveShrunk(const Shrunk& shrunk, const std::string& path);
Status SaveSimRun(const SimRun& run, std::string_view remark, const std::string& path);

}  // namespace holdfast
