#include "workloads/random-programs/auditor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/random-programs/story.h"

namespace holdfast::random_programs {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Memory = decltype(Story::memory);

// A story in the middle of its eleventh program, and the auditor of its lines.
struct Interrupted {
  Interrupted(const ProgramOptions& options, std::uint64_t units, std::uint64_t seed = 1)
      : story(options, {}, seed), auditor(story.application, story.input) {
    story.Run(10);
    before = story.memory;
    story.RunPartly(units);
    waiting = story.Waiting();
  }
  std::vector<std::string> Judge(const Memory& memory, std::uint64_t position) {
    auditor.Position(PartitionId(0), position);
    for (const auto& [address, record] : memory) {
      if (!record.empty()) auditor.Row(story.application->functions()[address.first].name, address.second, record);
    }
    for (std::string_view bytes : waiting) {
      InTransit message;
      TakeEnvelope(bytes, message.message);
      auditor.Message(message);
    }
    Findings findings;
    auditor.Judge("line", findings);
    return findings.first(Damage::kInconsistentLine);
  }
  std::vector<std::string> Judge() { return Judge(story.memory, story.offered()); }

  Story story;
  Memory before;  // The eleventh program.
  std::vector<std::string> waiting;
  ProgramAuditor auditor;
};

ProgramOptions Sending() { return Only({Kind::kIncrement, Kind::kSend, Kind::kDelay}); }

TEST(ProgramAuditorTest, EveryInstantOfAFailureFreeRunIsALine) {
  std::size_t on_their_way = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (std::uint64_t units = 0; units < 20; ++units) {
      Interrupted at(Everything(), units, seed);
      on_their_way += at.waiting.size();
      ASSERT_THAT(at.Judge(), IsEmpty()) << "seed " << seed << " after " << units << " units";
      at.waiting.clear();
      ASSERT_THAT(at.Judge(at.before, 10), IsEmpty()) << "an older line, as after a rollback";
    }
  }
  EXPECT_GT(on_their_way, 400u);
}

// The seed of a program of which at least two steps wait after three units.
std::uint64_t BusySeed() {
  for (std::uint64_t seed = 1;; ++seed) {
    const Interrupted at(Sending(), 3, seed);
    if (at.waiting.size() >= 2 && at.story.memory != at.before) return seed;
  }
}
Interrupted Midway(std::uint64_t units = 3) { return {Sending(), units, BusySeed()}; }

TEST(ProgramAuditorTest, ALostMessageIsMissed) {
  std::size_t missed = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Interrupted at(Sending(), 3, seed);
    if (at.waiting.empty()) continue;
    at.waiting.pop_back();
    missed += !at.Judge().empty();
  }
  EXPECT_GE(missed, 15u) << "those that would have added something";
}

TEST(ProgramAuditorTest, AMessageIsOnItsWayOnce) {
  auto at = Midway();
  at.waiting.push_back(at.waiting.front());
  EXPECT_THAT(at.Judge(), Contains(HasSubstr("is on its way twice")));
}

TEST(ProgramAuditorTest, APositionAheadOfTheStatesIsALostProgram) {
  Interrupted at(Only({Kind::kIncrement}), 0);
  at.waiting.clear();
  EXPECT_THAT(at.Judge(at.before, 11), ElementsAre(HasSubstr("the programs add")));
  EXPECT_THAT(at.Judge(at.before, 10), IsEmpty());
}

TEST(ProgramAuditorTest, AMessageFromAUnitThatWasUndoneIsAnOrphan) {
  auto at = Midway();
  EXPECT_THAT(at.Judge(at.before, 11), Contains(HasSubstr("an orphan")));
}

TEST(ProgramAuditorTest, AMessageIsNotOnItsWayWithTheOneThatSendsIt) {
  auto at = Midway();
  at.waiting.push_back(Midway(0).waiting.at(0));
  EXPECT_THAT(at.Judge(), Contains(HasSubstr("which sends it")));
}

TEST(ProgramAuditorTest, AMessageOfNoProgramIsNamed) {
  auto at = Midway();
  EXPECT_THAT(at.Judge(at.story.memory, 10), Contains(HasSubstr("its program has not begun")));
  auto& bytes = at.waiting.front();
  bytes = bytes.substr(0, bytes.size() - 1);
  bytes[0] = static_cast<char>(bytes[0] - 1);
  EXPECT_THAT(at.Judge(), Contains(HasSubstr("does not parse")));
}

}  // namespace
}  // namespace holdfast::random_programs
