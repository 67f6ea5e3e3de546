#include "workloads/greeter/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/greeter/story.h"

namespace holdfast::greeter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One user of one address.
class GreeterAuditorTest : public testing::Test {
 protected:
  static GreeterOptions Alone() {
    GreeterOptions options;
    options.users = options.users_per_address = options.partitions = 1;
    return options;
  }
  GreeterAuditorTest() {
    for (std::uint64_t visit = 0; visit < 3; ++visit) {
      before = story.memory;
      story.Visit(PartitionId(0), visit);
    }
  }

  // What is said of a line with these states, at this position.
  std::vector<std::string> Judge(const Story::Memory& memory, std::uint64_t position) {
    auditor.Position(PartitionId(0), position);
    for (const auto& [address, record] : memory)
      auditor.Row(story.application->functions()[address.first].name, address.second, record);
    for (const auto& [type, payload] : on_their_way) Feed(type, payload);
    on_their_way.clear();
    Findings findings;
    auditor.Judge("line", findings);
    return findings.first(Damage::kInconsistentLine);
  }
  void Feed(ValueTypeId type, const std::string& payload) {
    const bool visit = type == story.application->ValueTypeOf<Visit>();
    const auto target = story.application->FindFunction(visit ? "greeter/greeter" : "greeter/email-sender").value();
    auditor.Message({InTransit::Where::kQueued, {{target, visit ? "user-0" : "box-0"}, {}, type, {}, payload}});
  }
  // The third visit, and the greeting it leads to.
  void AddVisit() {
    InputRecord record;
    story.input.Record(PartitionId(0), 2, record);
    on_their_way.emplace_back(*story.application->ValueTypeOf<Visit>(), record.value);
  }
  void AddGreeting() {
    const auto email = story.Read(2);
    std::string bytes;
    Codec<Greeting>::Encode({0, 2, email.user, email.visits, email.text, email.greeter, ""}, bytes);
    on_their_way.emplace_back(*story.application->ValueTypeOf<Greeting>(), bytes);
  }
  // The user after the third visit, the address before its greeting, and the reverse.
  Story::Memory UserAhead() const { return Mixed(true); }
  Story::Memory AddressAhead() const { return Mixed(false); }
  Story::Memory Mixed(bool user_ahead) const {
    const auto greeter = story.application->FindFunction("greeter/greeter").value();
    auto mixed = before;
    for (auto& [address, record] : mixed) {
      if ((address.first == greeter.value) == user_ahead) record = story.memory.at(address);
    }
    return mixed;
  }

  Story story{Alone()};
  Story::Memory before;  // The third visit.
  GreeterAuditor auditor{story.application, story.input};
  std::vector<std::pair<ValueTypeId, std::string>> on_their_way;
};

TEST_F(GreeterAuditorTest, StatesAndWhatIsOnItsWayMakeUpThePositions) {
  EXPECT_THAT(Judge(story.memory, 3), IsEmpty());
  AddVisit();
  EXPECT_THAT(Judge(before, 3), IsEmpty());
  AddGreeting();
  EXPECT_THAT(Judge(UserAhead(), 3), IsEmpty());
  EXPECT_THAT(Judge(before, 2), IsEmpty()) << "an older line, as after a rollback";
  EXPECT_THAT(Judge({}, 0), IsEmpty());
}

TEST_F(GreeterAuditorTest, AVisitBelowThePositionsIsNotForgotten) {
  EXPECT_THAT(Judge(before, 3), ElementsAre("line: user-0 came 3 times, has handled 2, and 0 are on their way"));
}

TEST_F(GreeterAuditorTest, AVisitIsNotHandledAndOnItsWay) {
  AddVisit();
  EXPECT_THAT(Judge(story.memory, 3), ElementsAre(HasSubstr("came 3 times, has handled 3, and 1 are on their way")));
}

TEST_F(GreeterAuditorTest, AStateIsNotAheadOfThePositions) {
  EXPECT_THAT(Judge(story.memory, 2), ElementsAre(HasSubstr("came 2 times, has handled 3")));
}

TEST_F(GreeterAuditorTest, AGreetingIsNotLost) {
  EXPECT_THAT(Judge(UserAhead(), 3),
              ElementsAre("line: box-0 was sent 3 greetings, has handled 2, and 0 are on their way"));
}

TEST_F(GreeterAuditorTest, AGreetingHandledAndNeverSentIsAnOrphan) {
  AddVisit();
  EXPECT_THAT(Judge(AddressAhead(), 3), ElementsAre(HasSubstr("box-0 was sent 2 greetings, has handled 3")));
}

TEST_F(GreeterAuditorTest, AGreetingOnItsWayAndNeverSentIsAnOrphan) {
  AddVisit();
  AddGreeting();
  EXPECT_THAT(Judge(before, 3),
              ElementsAre(HasSubstr("a greeting of visit 3 of user-0 is on its way, who has handled 2"),
                          HasSubstr("box-0 was sent 2 greetings")));
}

TEST_F(GreeterAuditorTest, WhatNobodySendsIsNamed) {
  on_their_way.emplace_back(*story.application->ValueTypeOf<Visit>(), "?");
  EXPECT_THAT(Judge(story.memory, 3), ElementsAre("line: a visit does not parse"));
  auditor.Row("greeter/greeter", "user-1", "");
  EXPECT_THAT(Judge(story.memory, 3), ElementsAre("line: there can be no 'user-1'"));
}

}  // namespace
}  // namespace holdfast::greeter
