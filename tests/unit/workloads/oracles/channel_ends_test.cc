#include "workloads/oracles/channel_ends.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::pair<WorkerId, Lane> kFromZero{WorkerId(0), Lane::kFunction};
constexpr std::pair<WorkerId, Lane> kToOne{WorkerId(1), Lane::kFunction};

// Worker 0 has sent so many to worker 1, which has handled so many.
std::vector<ChannelEnds> Line(std::uint64_t sent, std::uint64_t consumed, std::vector<ChannelEnds::Kept> kept) {
  std::vector<ChannelEnds> ends(2);
  ends[0].out[kToOne] = {sent, std::move(kept)};
  ends[1].consumed[kFromZero] = consumed;
  return ends;
}

std::vector<std::string> Judge(const std::vector<ChannelEnds>& ends) {
  Findings findings;
  CheckChannels("line", ends, findings);
  EXPECT_EQ(findings.total(), findings.count(Damage::kInconsistentLine));
  return findings.first(Damage::kInconsistentLine);
}

TEST(ChannelEndsTest, WhatIsInTransitIsWithItsSender) {
  EXPECT_THAT(Judge(Line(0, 0, {})), ElementsAre());
  EXPECT_THAT(Judge(Line(9, 9, {})), ElementsAre());
  EXPECT_THAT(Judge(Line(9, 5, {{6, 4}})), ElementsAre());
  EXPECT_THAT(Judge(Line(9, 5, {{2, 3}, {5, 2}, {7, 3}})), ElementsAre()) << "more is kept than needed";
}

TEST(ChannelEndsTest, AMessageHandledAndNeverSentIsAnOrphan) {
  EXPECT_THAT(Judge(Line(4, 5, {})),
              ElementsAre("line: worker 0 to 1, function lane: an orphan: the sender has sent 4, the receiver has "
                          "handled 5"));
}

TEST(ChannelEndsTest, AMessageInTransitThatNobodyHasIsLost) {
  EXPECT_THAT(Judge(Line(9, 5, {{6, 3}})),
              ElementsAre(HasSubstr("in transit are 6 to 9, and the sender does not have 9")));
  EXPECT_THAT(Judge(Line(9, 5, {{7, 3}})), ElementsAre(HasSubstr("does not have 6")));
  EXPECT_THAT(Judge(Line(9, 5, {{6, 1}, {8, 2}})), ElementsAre(HasSubstr("does not have 7")));
}

TEST(ChannelEndsTest, LanesAndDirectionsStandApart) {
  auto ends = Line(3, 3, {});
  ends[1].out[{WorkerId(0), Lane::kIngress}] = {2, {{2, 1}}};
  ends[0].consumed[{WorkerId(1), Lane::kFunction}] = 2;
  EXPECT_THAT(Judge(ends), ElementsAre(HasSubstr("worker 1 to 0, ingress lane: in transit are 1 to 2")));
}

}  // namespace
}  // namespace holdfast
