#include "workloads/chain/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/chain/story.h"

namespace holdfast::chain {
namespace {

TEST(ChainTest, ARecordBecomesOneOutcomeOfAllItsBranches) {
  Story story(Village());
  story.RunAll(1);
  ASSERT_EQ(story.outputs.size(), 1u);
  Outcome outcome;
  ASSERT_TRUE(Codec<Outcome>::Decode(story.outputs[0].value, outcome));
  EXPECT_EQ(story.outputs[0].key, "root-0-0");
  EXPECT_EQ(outcome.joined.answers, 2u);
  EXPECT_EQ(outcome.joined.steps, 6u);
}

TEST(ChainTest, AUnitPerHopOneToStartAndOneToJoinEachAnswer) {
  Story story(Village());
  story.Offer(PartitionId(0), 0);
  std::size_t units = 0;
  for (; !story.queue.empty(); ++units) story.Step().OrDie();
  EXPECT_EQ(units, 2u * (3 + 1) + 1);
}

TEST(ChainTest, ARootLeavesNothing) {
  Story story(Village());
  story.RunAll(5);
  for (const auto& [address, record] : story.memory) EXPECT_TRUE(address.second.starts_with("hop-")) << address.second;
}

TEST(ChainTest, TheOutcomeDoesNotDependOnTheOrderOfTheAnswers) {
  Story story(Village());
  story.RunAll(1);
  const auto first = story.outputs[0].value;
  Story other(Village());
  other.Offer(PartitionId(0), 0);
  other.Step().OrDie();
  std::swap(other.queue[0], other.queue[1]);
  other.Run();
  EXPECT_EQ(other.outputs[0].value, first);
}

TEST(ChainTest, AnAnswerThatNobodyWaitsForIsRefused) {
  Story story(Village());
  story.Offer(PartitionId(0), 0);
  for (int unit = 0; unit < 7; ++unit) story.Step().OrDie();
  story.queue.push_back(story.queue.back());
  story.Step().OrDie();
  story.Step().OrDie();
  EXPECT_THAT(story.Step().error().message, testing::HasSubstr("root-0-0: branch 1 answers, but nobody waits"));
}

}  // namespace
}  // namespace holdfast::chain
