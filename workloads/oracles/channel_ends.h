// The line auditor of protocols with a log: what a line says of the channels between its workers. For each, the
// receiver must not have consumed more than the sender has sent (else the message is an orphan: handled, and never
// sent), and what is in between must be with the sender, whole, to be sent again (else it is lost).
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/ids.h"
#include "core/snapshot/frame.h"
#include "workloads/oracles/findings.h"

namespace holdfast {

// What one worker knows of its channels, by peer.
struct ChannelEnds {
  struct Kept {
    std::uint64_t first = 0;  // Its sequence number.
    std::uint64_t count = 0;
  };
  struct Out {
    std::uint64_t sent = 0;    // The last sequence number used.
    std::vector<Kept> kept{};  // In ascending order.
  };
  std::map<std::pair<WorkerId, Lane>, Out> out;
  std::map<std::pair<WorkerId, Lane>, std::uint64_t> consumed;  // The last sequence number handled.
};

// Checks every channel of a line; `ends` is by worker.
void CheckChannels(std::string_view line, const std::vector<ChannelEnds>& ends, Findings& findings);

}  // namespace holdfast
