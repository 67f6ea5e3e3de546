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

}  // namespace
}  // namespace holdfast
