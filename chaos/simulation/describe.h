// What moves and happens in the simulated world, as events: the facts, and the words made from them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "chaos/simulation/disk/sim_disk.h"
#include "chaos/simulation/sim_event.h"
#include "chaos/simulation/sim_fault.h"

namespace holdfast {

// "data, function 14 to 17", "mark", ...
std::string FrameName(const FrameHeader& header);
// "worker 0 -> 1: data, function 14 to 17, world-line 1, incarnation 1, colour 3, 412 bytes"; damaged bytes are named
// as such.
SimStory TellFrame(WorkerId from, WorkerId to, std::uint64_t flight, std::string_view frame);
// "worker 1 -> coordinator: uploaded, world-line 1, incarnation 1, snapshot 1.3, part snapshots/..."
SimStory TellControl(SimPlace from, SimPlace to, std::uint64_t flight, std::string_view message);
// "append log/w0/0000000001-00000000000000000001.seg (112 bytes)"
std::string DescribeDiskCall(const DiskCall& call);
SimStory TellFault(const SimFault& fault);

// What is told in a few words: "worker 1", "worker 1: why".
SimStory TellOf(const SimFacts& facts, std::string_view why = {});
// "world-line 2 from 1.3".
SimStory TellRollback(WorldLine world_line, std::optional<SnapshotId> from);
// "snapshot 1.3", "snapshot 1.3: why".
SimStory TellSnapshot(SimFact fact, SnapshotId id, std::string_view why = {});

}  // namespace holdfast
