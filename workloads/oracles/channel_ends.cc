#include "workloads/oracles/channel_ends.h"

#include <fmt/format.h>

namespace holdfast {
namespace {

// The first number above `from` and not above `to` that is not kept; 0 if none is missing.
std::uint64_t FirstMissing(const std::vector<ChannelEnds::Kept>& kept, std::uint64_t from, std::uint64_t to) {
  auto next = from + 1;
  for (const auto& range : kept) {
    if (range.first <= next && next < range.first + range.count) next = range.first + range.count;
  }
  return next > to ? 0 : next;
}

}  // namespace

void CheckChannels(std::string_view line, const std::vector<ChannelEnds>& ends, Findings& findings) {
  for (std::uint16_t sender = 0; sender < ends.size(); ++sender) {
    for (const auto& [to, out] : ends[sender].out) {
      const auto& [receiver, lane] = to;
      const auto& known = ends.at(receiver.value).consumed;
      const auto entry = known.find({WorkerId(sender), lane});
      const auto consumed = entry == known.end() ? 0 : entry->second;
      const auto blame = [&](std::string_view what, std::uint64_t number) {
        findings.Add(Damage::kInconsistentLine, [&] {
          return fmt::format("{}: worker {} to {}, {} lane: {} {}", line, sender, receiver,
                             lane == Lane::kIngress ? "ingress" : "function", what, number);
        });
      };
      if (consumed > out.sent) {
        blame(fmt::format("an orphan: the sender has sent {}, the receiver has handled", out.sent), consumed);
      } else if (const auto missing = FirstMissing(out.kept, consumed, out.sent)) {
        blame(fmt::format("in transit are {} to {}, and the sender does not have", consumed + 1, out.sent), missing);
      }
    }
  }
}

}  // namespace holdfast
