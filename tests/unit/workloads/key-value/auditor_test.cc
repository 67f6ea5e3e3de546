#include "workloads/key-value/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/key-value/story.h"

namespace holdfast::key_value {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One key that is updated again and again.
class KeyValueAuditorTest : public testing::Test {
 protected:
  static KeyValueOptions Alone() {
    auto options = TwoKeys();
    options.keys = 1;
    options.mix = {.read = 0, .update = 50, .modify = 50, .insert = 0};
    return options;
  }
  KeyValueAuditorTest() {
    for (std::uint64_t offset = 0; offset < 3; ++offset) {
      before = story.memory;
      story.Ask(PartitionId(0), offset);
    }
  }

  // What is said of a line with these states, at this position, and with these requests on their way.
  std::vector<std::string> Judge(const Story::Memory& memory, std::uint64_t position,
                                 const std::vector<std::uint64_t>& on_their_way = {}) {
    auditor.Position(PartitionId(0), position);
    for (const auto& [key, record] : memory) auditor.Row("key-value/key", key, record);
    for (const auto offset : on_their_way) {
      InputRecord record;
      story.input.Record(PartitionId(0), offset, record);
      Feed(record.key, record.value);
    }
    Findings findings;
    auditor.Judge("line", findings);
    return findings.first(Damage::kInconsistentLine);
  }
  void Feed(std::string_view id, std::string_view payload) {
    const auto& ingress = story.application->ingresses()[0];
    auditor.Message({InTransit::Where::kQueued, {{ingress.target, id}, {}, ingress.value_type, {}, payload}});
  }

  Story story{Alone()};
  Story::Memory before;  // The third request.
  KeyValueAuditor auditor{story.application, story.input};
};

TEST_F(KeyValueAuditorTest, VersionsAndWritesOnTheirWayMakeUpThePositions) {
  EXPECT_THAT(Judge(story.memory, 3), IsEmpty());
  EXPECT_THAT(Judge(before, 3, {2}), IsEmpty());
  EXPECT_THAT(Judge(before, 2), IsEmpty()) << "an older line, as after a rollback";
  EXPECT_THAT(Judge({}, 0), IsEmpty());
  EXPECT_THAT(Judge(story.memory, 3), IsEmpty());
}

TEST_F(KeyValueAuditorTest, AWriteBelowThePositionsIsNotForgotten) {
  EXPECT_THAT(Judge(before, 3),
              ElementsAre("line: key-0 was written 3 times, holds version 2, and 0 writes are on their way"));
  EXPECT_THAT(Judge({}, 3), ElementsAre(HasSubstr("written 3 times, holds version 0")));
}

TEST_F(KeyValueAuditorTest, AWriteIsNotDoneAndOnItsWay) {
  EXPECT_THAT(Judge(story.memory, 3, {2}), ElementsAre(HasSubstr("holds version 3, and 1 writes are on their way")));
}

TEST_F(KeyValueAuditorTest, AStateIsNotAheadOfThePositions) {
  EXPECT_THAT(Judge(story.memory, 2), ElementsAre(HasSubstr("written 2 times, holds version 3")));
}

TEST_F(KeyValueAuditorTest, NothingIsOnItsWayTwiceOrFromBeyondThePositions) {
  EXPECT_THAT(Judge(before, 3, {2, 2}), Contains(HasSubstr("request 0/2 is on its way twice")));
  EXPECT_THAT(Judge(before, 2, {2}), Contains(HasSubstr("request 0/2 is on its way from beyond the positions")));
}

TEST_F(KeyValueAuditorTest, WhatIsHeldIsTheVersionItSaysItIs) {
  Story elsewhere(Alone(), 2);
  elsewhere.AskAll(3);
  EXPECT_THAT(Judge(elsewhere.memory, 3), ElementsAre("line: what key-0 holds as version 3 is another version"));
}

TEST_F(KeyValueAuditorTest, WhatNobodySendsIsNamed) {
  Feed("key-0", "?");
  EXPECT_THAT(Judge(story.memory, 3), ElementsAre("line: a request does not parse"));
  InputRecord record;
  story.input.Record(PartitionId(0), 2, record);
  Feed("key-1", record.value);
  EXPECT_THAT(Judge(story.memory, 3), ElementsAre("line: request 0/2 is on its way to 'key-1', not to key-0"));
  auditor.Row("key-value/key", "lock-0", "");
  EXPECT_THAT(Judge(story.memory, 3), ElementsAre(HasSubstr("a state of 'key-value/key' 'lock-0'")));
}

}  // namespace
}  // namespace holdfast::key_value
