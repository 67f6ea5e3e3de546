#include <gtest/gtest.h>

#include "chaos/simulation/sim_ports.h"

namespace holdfast {
namespace {

class NoInput final : public Input {
 public:
  std::uint16_t partitions() const override { return 2; }
  void Record(PartitionId, std::uint64_t, InputRecord&) const override {}
};

class SimTopicTest : public testing::Test {
 protected:
  SimTopic topic_{std::make_shared<NoInput>(), 100};
  SimScheduler scheduler_;
  SimIngress ingress_{topic_, scheduler_, WorkerId(0)};
};

TEST_F(SimTopicTest, WhatWasReleasedMustNotBeReadAgain) {
  ingress_.Release(PartitionId(1), 20);
  ingress_.Seek(PartitionId(1), 19);
  EXPECT_EQ(topic_.trouble(), "partition 1 was read again from 19, but released up to 20");
}

TEST_F(SimTopicTest, ReadingOnFromWhereItWasReleasedIsFine) {
  ingress_.Release(PartitionId(1), 20);
  ingress_.Seek(PartitionId(1), 20);
  ingress_.Seek(PartitionId(0), 0);
  ingress_.Seek(PartitionId(1), kFromReleased);
  EXPECT_EQ(topic_.trouble(), "");
}

TEST(SimTopicWithAnswersTest, AnswersAreThereOnceTheyAreGiven) {
  const auto loop = std::make_shared<ClosedLoopInput>(std::make_shared<NoInput>(), 1);
  SimTopic topic(loop, 5, loop);
  const PartitionId answers(2);
  for (int i = 0; i < 5; ++i) EXPECT_NE(topic.Offer(), answers);
  EXPECT_TRUE(topic.all_offered());
  EXPECT_EQ(topic.offered(PartitionId(0)), 3u);
  EXPECT_EQ(topic.offered(PartitionId(1)), 2u);
  EXPECT_EQ(topic.offered(answers), 0u);

  SimScheduler scheduler;
  SimIngress ingress(topic, scheduler, WorkerId(0));
  ingress.Seek(answers, 0);
  EXPECT_TRUE(ingress.Poll(answers, 9).empty());
  topic.Answer(answers, {"to", "what", 3});
  const auto records = ingress.Poll(answers, 9);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].key, "to");
  EXPECT_EQ(records[0].ingress, 3);
  ingress.Seek(answers, 0);
  EXPECT_EQ(ingress.Poll(answers, 9).size(), 1u) << "also after a failure";
}

}  // namespace
}  // namespace holdfast
