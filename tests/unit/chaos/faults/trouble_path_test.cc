#include "chaos/faults/trouble_path.h"

#include <gtest/gtest.h>

namespace holdfast {
namespace {

constexpr auto kWorker3 = TroubleEnd::Worker(WorkerId(3));

TEST(TroublePathTest, WhatIsWrittenReadsBackAndNothingElseDoes) {
  for (const auto end : {kWorker3, TroubleEnd::Coordinator(), TroubleEnd::Everything()}) {
    EXPECT_EQ(TroubleEnd::Named(end.Text()), end) << end.Text();
  }
  EXPECT_EQ(kWorker3.Text(), "worker 3");
  for (const auto* text : {"", "worker", "worker ", "worker x", "worker 3x", "worker -1", "worker 70000", "sink"}) {
    EXPECT_EQ(TroubleEnd::Named(text), std::nullopt) << text;
  }
}

TEST(TroublePathTest, EverythingIsAllProcessesAndNotTheSink) {
  const TroublePath all;
  EXPECT_TRUE(all.Covers({kWorker3, TroubleEnd::Coordinator()}));
  EXPECT_TRUE(all.Covers(all));
  EXPECT_FALSE(all.Covers({kWorker3, TroubleEnd::Sink()}));
  const TroublePath to_sink{TroubleEnd::Everything(), TroubleEnd::Sink()};
  EXPECT_TRUE(to_sink.Covers({kWorker3, TroubleEnd::Sink()}));
  EXPECT_FALSE(to_sink.Covers({kWorker3, kWorker3}));
  const TroublePath one{kWorker3, TroubleEnd::Coordinator()};
  EXPECT_FALSE(one.Covers({TroubleEnd::Coordinator(), kWorker3}));
  EXPECT_FALSE(one.Covers(all));
}

}  // namespace
}  // namespace holdfast
