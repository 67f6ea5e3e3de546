// What moves in the simulated world, in words: for traces and for nothing else.
#pragma once

#include <string>
#include <string_view>

#include "chaos/simulation/disk/sim_disk.h"

namespace holdfast {

// "data, function 14 to 17, colour 3, 412 bytes"; damaged bytes are named as such.
std::string DescribeFrame(std::string_view frame);
// "uploaded, world-line 1, snapshot 1.3, part snapshots/..."
std::string DescribeControl(std::string_view message);
// "append log/w0/0000000001-00000000000000000001.seg (112 bytes)"
std::string DescribeDiskCall(const DiskCall& call);

}  // namespace holdfast
