#include "workloads/chain/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/chain/story.h"

namespace holdfast::chain {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ChainAuditorTest : public testing::Test {
 protected:
  // What is said of a line with the states and the queue of the story, at this position.
  std::vector<std::string> Judge(std::uint64_t position) {
    auditor.Position(PartitionId(0), position);
    for (const auto& [address, record] : story.memory)
      auditor.Row(story.application->functions()[address.first].name, address.second, record);
    for (const auto& message : story.queue) Feed(message);
    Findings findings;
    auditor.Judge("line", findings);
    return findings.first(Damage::kInconsistentLine);
  }
  void Feed(std::string_view message) {
    EnvelopeView envelope;
    HOLDFAST_CHECK(TakeEnvelope(message, envelope), "an envelope");
    auditor.Message({InTransit::Where::kQueued, envelope});
  }
  // Three records, and so many units of them.
  void Run(int units) {
    for (std::uint64_t offset = 0; offset < 3; ++offset) story.Offer(PartitionId(0), offset);
    for (int unit = 0; unit < units; ++unit) story.Step().OrDie();
  }

  Story story{Village()};
  ChainAuditor auditor{story.application, story.input};
};

TEST_F(ChainAuditorTest, EveryLineOfAFailureFreeRunIsConsistent) {
  Run(0);
  for (; !story.queue.empty(); story.Step().OrDie()) EXPECT_THAT(Judge(3), IsEmpty());
  EXPECT_THAT(Judge(3), IsEmpty());
  story.memory.clear();
  EXPECT_THAT(Judge(0), IsEmpty()) << "an older line, as after a rollback";
}

TEST_F(ChainAuditorTest, NothingOnItsWayCanBeLost) {
  for (const int units : {0, 3, 5, 10, 15, 21, 22}) {
    story = Story(Village());
    Run(units);
    story.queue.pop_back();
    EXPECT_THAT(Judge(3), Not(IsEmpty())) << units;
  }
}

TEST_F(ChainAuditorTest, NothingIsOnItsWayTwice) {
  for (const int units : {0, 3, 5, 10, 15, 21, 22}) {
    story = Story(Village());
    Run(units);
    story.queue.push_back(story.queue.back());
    EXPECT_THAT(Judge(3), Contains(HasSubstr("on its way twice"))) << units;
  }
}

TEST_F(ChainAuditorTest, NoStateIsOneUnitBehindTheRest) {
  for (const int units : {0, 3, 5, 10, 15, 21, 22}) {
    story = Story(Village());
    Run(units);
    const auto before = story.memory;
    story.Step().OrDie();
    story.memory = before;
    EXPECT_THAT(Judge(3), Not(IsEmpty())) << units;
  }
}

TEST_F(ChainAuditorTest, PositionsBelongToTheStates) {
  Run(6);
  EXPECT_THAT(Judge(2), Contains(HasSubstr("record 0/2 has consequences, but is beyond the positions: an orphan")));
  EXPECT_THAT(Judge(4), Contains(HasSubstr("walks were to come by hop-")));
}

TEST_F(ChainAuditorTest, AHopKnowsWhichWalksCameBy) {
  Run(0);
  story.Run();
  Story elsewhere(Village(), 2);
  elsewhere.RunAll(3);
  story.memory.at(story.HopAddress(3)) = elsewhere.memory.at(story.HopAddress(3));
  EXPECT_THAT(Judge(3), Contains(HasSubstr("were to come by hop-3")));
}

TEST_F(ChainAuditorTest, WhatNobodySendsIsNamed) {
  Run(0);
  story.Run();
  auditor.Row("chain/hop", "hop-5", "");
  EXPECT_THAT(Judge(3), Contains("line: there can be no 'hop-5'"));
  auditor.Row("chain/root", "root-0", "");
  EXPECT_THAT(Judge(3), Contains("line: there can be no 'root-0'"));
  const auto walk = *story.application->ValueTypeOf<Walk>();
  const auto hop = story.application->FindFunction("chain/hop").value();
  auditor.Message({InTransit::Where::kQueued, {{hop, "hop-1"}, {}, walk, {}, "?"}});
  EXPECT_THAT(Judge(3), Contains("line: a walk does not parse"));
  std::string bytes;
  Codec<Walk>::Encode({0, 1, 7, 1, 0, ""}, bytes);
  auditor.Message({InTransit::Where::kQueued, {{hop, "hop-1"}, {}, walk, {}, bytes}});
  EXPECT_THAT(Judge(3), Contains("line: record 0/1 has no branch 7"));
}

TEST_F(ChainAuditorTest, AWalkAtAWrongHopIsNamed) {
  Run(1);
  std::string_view bytes = story.queue.back();
  EnvelopeView envelope;
  ASSERT_TRUE(TakeEnvelope(bytes, envelope));
  std::string moved;
  AppendEnvelope(moved, {{envelope.target.type, "hop-9"}, {}, envelope.value_type, {}, envelope.payload});
  story.queue.back() = moved;
  EXPECT_THAT(Judge(3), Contains(HasSubstr("step 1 of branch 1 of record 0/0 is on its way to 'hop-9', not to")));
}

}  // namespace
}  // namespace holdfast::chain
