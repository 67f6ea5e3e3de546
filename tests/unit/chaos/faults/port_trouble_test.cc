#include "chaos/faults/port_trouble.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

TEST(PortTroubleTest, EveryNameReadsBack) {
  for (std::size_t i = 0; i < kPortTroubles; ++i) {
    const auto trouble = static_cast<PortTrouble>(i);
    EXPECT_EQ(PortTroubleNamed(PortTroubleName(trouble)), trouble);
  }
  EXPECT_EQ(PortTroubleNamed("slow-work"), std::nullopt);
}

TEST(PortTroubleTest, EachBefallsOneKindOfPort) {
  const auto of = [](PortTrouble trouble) {
    return IsClockTrouble(trouble) * 1 + IsChannelTrouble(trouble) * 2 + IsSinkTrouble(trouble) * 4;
  };
  EXPECT_EQ(of(PortTrouble::kSlowFunctions), 0);
  EXPECT_EQ(of(PortTrouble::kHold), 2);
  EXPECT_EQ(of(PortTrouble::kReorder), 2);
  EXPECT_EQ(of(PortTrouble::kSinkErrors), 4);
  EXPECT_EQ(of(PortTrouble::kSlowSink), 4);
  EXPECT_EQ(of(PortTrouble::kDropReplies), 0);
  EXPECT_EQ(of(PortTrouble::kClockForward), 1);
}

TEST(PortTroubleTest, WhatAFunctionMetHasItsName) {
  EXPECT_EQ(TroubleOfFunctions(Fault::kLoseAnswer), PortTrouble::kFunctionErrors);
  EXPECT_EQ(TroubleOfFunctions(Fault::kWrongReply), PortTrouble::kWrongReplies);
  EXPECT_EQ(TroubleOfFunctions(Fault::kSlow), PortTrouble::kSlowFunctions);
}

}  // namespace
}  // namespace holdfast
