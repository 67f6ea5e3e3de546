#include "workloads/chain/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/chain/story.h"

namespace holdfast::chain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ChainOracleTest, AFailureFreeRunIsExact) {
  for (const std::uint32_t locality : {0, 50, 100}) {
    auto options = Village();
    options.partitions = 3;
    options.routes.locality = locality;
    Story story(options);
    story.RunAll(40);
    const auto findings = story.Judge(40);
    EXPECT_TRUE(findings.none()) << findings.Text();
    EXPECT_EQ(story.ledger, (Ledger{.expected = 120, .seen = 120}));
  }
}

TEST(ChainOracleTest, ALostOutcomeIsMissing) {
  Story story(Village());
  story.RunAll(4);
  story.outputs.erase(story.outputs.begin() + 1);
  EXPECT_EQ(story.Judge(4).total(), 1u);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 4, .seen = 3, .missing = 1}));
}

TEST(ChainOracleTest, ADoubledOutcomeIsADuplicate) {
  Story story(Village());
  story.RunAll(4);
  story.outputs.push_back(story.outputs[2]);
  EXPECT_EQ(story.Judge(4).total(), 1u);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 4, .seen = 4, .duplicate = 1}));
}

TEST(ChainOracleTest, AWalkLostOnTheWayIsAMissingOutcomeAndARootThatIsLeft) {
  Story story(Village());
  story.Offer(PartitionId(0), 0);
  story.Step().OrDie();
  story.queue.pop_front();
  story.Run();
  const auto findings = story.Judge(1);
  EXPECT_EQ(story.ledger.missing, 1u);
  EXPECT_THAT(findings.Text(), HasSubstr("chain/root 'root-0-0': it has state, though all is answered"));
  EXPECT_THAT(findings.Text(), HasSubstr("it counts "));
}

// Its root has its two answers, but of one branch.
TEST(ChainOracleTest, AWalkDoneTwiceInTheFirstBranchIsContradictory) {
  Story story(Village());
  story.Offer(PartitionId(0), 0);
  story.Step().OrDie();
  story.queue[1] = story.queue[0];
  story.Run();
  const auto findings = story.Judge(1);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 1, .seen = 1, .contradictory = 1}));
  EXPECT_GT(findings.count(Damage::kWrongState), 0u);
}

TEST(ChainOracleTest, AWalkThatGoesAnotherWayIsContradictory) {
  Story story(Village());
  story.Offer(PartitionId(0), 0);
  story.Step().OrDie();
  Story elsewhere(Village(), 2);
  elsewhere.Offer(PartitionId(0), 0);
  elsewhere.Step().OrDie();
  ASSERT_NE(story.queue[0], elsewhere.queue[0]);
  story.queue[0] = elsewhere.queue[0];
  story.Run();
  story.Judge(1);
  EXPECT_EQ(story.ledger.contradictory, 1u);
}

TEST(ChainOracleTest, EveryWrongFieldIsContradictory) {
  const std::vector<std::function<void(Outcome&)>> lies = {[](Outcome& o) { o.joined.answers += 1; },
                                                           [](Outcome& o) { o.joined.steps -= 1; },
                                                           [](Outcome& o) { o.joined.digest += 1; }};
  for (const auto& lie : lies) {
    Story story(Village());
    story.RunAll(3);
    Outcome outcome;
    ASSERT_TRUE(Codec<Outcome>::Decode(story.outputs[1].value, outcome));
    lie(outcome);
    std::string value;
    Codec<Outcome>::Encode(outcome, value);
    story.outputs[1].value = value;
    story.Judge(3);
    EXPECT_EQ(story.ledger.contradictory, 1u);
  }
  Story story(Village());
  story.RunAll(3);
  story.outputs[1].key = "root-0-7";
  story.Judge(3);
  EXPECT_EQ(story.ledger.contradictory, 1u);
}

TEST(ChainOracleTest, WhatNobodyOfferedIsAPhantom) {
  Story story(Village());
  story.RunAll(3);
  story.outputs.push_back({"root-0-0", "\xff\xff"});
  const auto findings = story.Judge(2);
  EXPECT_EQ(story.ledger, (Ledger{.expected = 2, .seen = 2, .phantom = 2}));
  EXPECT_THAT(findings.first(Damage::kPhantom),
              ElementsAre(HasSubstr("record 0/2: no such record"), HasSubstr("2 bytes that are no outcome")));
}

TEST(ChainOracleTest, ATallyIsExactInNumberAndInWhich) {
  Story story(Village());
  story.RunAll(9);
  auto& hop = story.memory.at(story.HopAddress(3));
  const auto right = hop;
  Story elsewhere(Village(), 2);
  elsewhere.RunAll(8);
  hop = elsewhere.memory.at(story.HopAddress(3));
  EXPECT_THAT(story.Judge(9).first(Damage::kWrongState), ElementsAre(HasSubstr("chain/hop 'hop-3': it")));
  story.memory.erase(story.HopAddress(3));
  EXPECT_THAT(story.Judge(9).first(Damage::kWrongState), ElementsAre(HasSubstr("'hop-3': it has no state after")));
  story.memory[story.HopAddress(3)] = right;
  story.memory[story.HopAddress(5)] = right;
  EXPECT_THAT(story.Judge(9).first(Damage::kWrongState), ElementsAre("chain/hop 'hop-5': there is no such hop"));
}

}  // namespace
}  // namespace holdfast::chain
