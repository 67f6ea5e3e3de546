#include "workloads/random-programs/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/random-programs/story.h"

namespace holdfast::random_programs {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

// The story of as many programs as it takes to show what is looked for.
Story Told(const ProgramOptions& options, const Misdeeds& misdeeds = {}) {
  Story story(options, misdeeds);
  story.Run(30);
  return story;
}

bool Blames(const Findings& findings, std::string_view phantom) {
  return std::ranges::any_of(findings.first(Damage::kPhantom),
                             [phantom](const auto& sentence) { return sentence.find(phantom) != std::string::npos; });
}

TEST(ProgramOracleTest, AFailureFreeRunIsExactAndForgotten) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Story story(Everything(), {}, seed);
    story.Run(200);
    const auto findings = story.Judge(true);
    EXPECT_TRUE(findings.none()) << "seed " << seed << "\n" << findings.Text();
    EXPECT_EQ(story.ledger.seen, story.ledger.expected);
    EXPECT_EQ(story.ledger.seen, story.outputs.size());
    EXPECT_LE(story.open_programs, 1u) << "but for a step cancelled in the very millisecond it was due";
  }
}

TEST(ProgramOracleTest, ALostIncrementIsAWrongStateFromThenOn) {
  auto story = Told(Only({Kind::kIncrement}));
  story.ChangeReceipt([](Receipt& receipt) { return receipt.count > 9 ? (receipt.count -= 1, true) : false; });
  const auto findings = story.Judge();
  EXPECT_GE(findings.count(Damage::kWrongState), 1u);
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("left count")));
}

TEST(ProgramOracleTest, ALostIncrementShowsInTheStateThoughNoReceiptTells) {
  auto story = Told(Only({Kind::kIncrement}));
  const auto before = story.memory;
  story.Run(1);
  for (auto& [address, record] : story.memory) {
    if (const auto old = before.find(address); old != before.end()) record = old->second;
  }
  const auto findings = story.Judge(true);
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("it ends with count")));
}

TEST(ProgramOracleTest, AProgramThatRanTwiceContradictsItselfAndCountsDouble) {
  auto story = Told(Only({Kind::kIncrement}));
  story.RunProgram(29);
  const auto findings = story.Judge(true);
  EXPECT_EQ(story.ledger.duplicate + story.ledger.contradictory, 1u);
  EXPECT_GE(findings.count(Damage::kWrongState), 1u);
}

TEST(ProgramOracleTest, ALostReceiptIsMissingAndBreaksTheChain) {
  auto story = Told(Only({Kind::kIncrement, Kind::kSend}));
  story.outputs.erase(story.outputs.begin());
  const auto findings = story.Judge();
  EXPECT_EQ(story.ledger.missing, 1u);
  EXPECT_THAT(findings.first(Damage::kMissing), ElementsAre(HasSubstr("step 0/0/0: no receipt")));
  EXPECT_GE(findings.count(Damage::kBrokenChain), 1u);
  EXPECT_EQ(story.open_programs, 1u);
}

TEST(ProgramOracleTest, ADoubledRecordIsADuplicate) {
  auto story = Told(Only({Kind::kEmit, Kind::kPoison}));
  const auto note = story.On(kNotes.name).front();
  const auto letter = story.On({}).front();
  for (const auto place : {std::size_t{0}, note, letter}) {
    auto again = story;
    again.outputs.push_back(again.outputs[place]);
    again.Judge();
    EXPECT_EQ(again.ledger.duplicate, 1u) << place;
    EXPECT_EQ(again.ledger.phantom + again.ledger.missing + again.ledger.contradictory, 0u) << place;
  }
}

TEST(ProgramOracleTest, ALostNoteIsMissing) {
  auto story = Told(Only({Kind::kEmit}));
  story.outputs.erase(story.outputs.begin() + static_cast<std::ptrdiff_t>(story.On(kNotes.name).front()));
  EXPECT_THAT(story.Judge().first(Damage::kMissing), ElementsAre(HasSubstr("note 0 was never seen")));
}

TEST(ProgramOracleTest, SwappedMessagesBetweenTwoAddressesAreOutOfOrder) {
  auto story = Told(Only({Kind::kSelf}));
  std::swap(story.outputs[0], story.outputs[story.outputs.size() - 1]);
  const auto findings = story.Judge();
  EXPECT_GE(findings.count(Damage::kOutOfOrder), 1u);
}

TEST(ProgramOracleTest, ADelayedMessageThatNeverComesIsMissing) {
  // The first that has a token may be cancelled anyway; some seed's is not.
  std::uint64_t missing = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Story told(Only({Kind::kCancel}), {.forget_delayed = true}, seed);
    told.Run(5);
    told.Judge();
    missing += told.ledger.missing > 0;
  }
  EXPECT_GE(missing, 2u);
}

TEST(ProgramOracleTest, ACancelledMessageThatFiredAnywayIsAPhantom) {
  auto story = Told(Only({Kind::kCancel}), {.forget_cancels = true});
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kPhantom), Contains(HasSubstr("a receipt of a step that was never to run")));
}

// Whichever of the two is seen first: outputs of several workers come in any order.
TEST(ProgramOracleTest, ACancellationByALaterUnitForbidsTheStepIfItCameInTime) {
  auto one = Only({Kind::kCancel});
  one.fan_out = 1;
  std::uint64_t after = 0;
  std::uint64_t before = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Story story(one, {.forget_cancels = true}, seed);
    story.Run(1);
    const auto program = story.input.At(PartitionId(0), 0);
    for (std::uint32_t step = 0; step < program.size(); ++step) {
      if (program[step].fate != Fate::kRaces || program[step].delay < kFarAway.count()) continue;
      const auto racing = fmt::format("step 0/0/{}: ", step);
      after += Blames(story.Judge(), racing + "a receipt of a step that was n");
      const auto late = std::ranges::find_if(story.outputs, [&](const auto& output) {
        Receipt receipt;
        return output.egress == story.application->FindEgress(kReceipts.name).value() &&
               Codec<Receipt>::Decode(output.value, receipt) && receipt.id.step == step;
      });
      std::rotate(story.outputs.begin(), late, late + 1);
      before += Blames(story.Judge(), racing + "it ran, though it was cancelled before it was due");
    }
  }
  EXPECT_GE(after, 10u);
  EXPECT_EQ(before, after);
}

TEST(ProgramOracleTest, ADelayedMessageThatFiredTwiceIsCountedTwice) {
  auto story = Told(Only({Kind::kDelay}), {.fire_twice = true});
  story.Judge();
  EXPECT_GE(story.ledger.duplicate + story.ledger.contradictory, 1u);
  EXPECT_EQ(story.ledger.missing, 0u);
}

TEST(ProgramOracleTest, ADelayedMessageBeforeItsTimeIsFound) {
  auto story = Told(Only({Kind::kDelay}), {.fire_early = true});
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr("before it was due")));
}

TEST(ProgramOracleTest, ALostOutcomeIsMissing) {
  auto story = Told(Only({Kind::kAsync}), {.lose_outcome = true});
  const auto findings = story.Judge();
  EXPECT_GE(story.ledger.missing, 1u);
  EXPECT_THAT(findings.first(Damage::kMissing), Contains(HasSubstr("no receipt")));
}

TEST(ProgramOracleTest, AnUnknownOutcomeIsRightAfterADisturbanceOnly) {
  auto story = Told(Only({Kind::kAsync}), {.unknown_outcome = true});
  EXPECT_THAT(story.Judge().first(Damage::kContradictory),
              ElementsAre(HasSubstr("an outcome is unknown, though nothing was disturbed")));
  const auto findings = story.Judge(true, true);
  EXPECT_TRUE(findings.none()) << findings.Text();
}

TEST(ProgramOracleTest, AnOutcomeThatIsNotTheOperationsOwnIsFound) {
  auto story = Told(Only({Kind::kAsync}));
  story.ChangeReceipt([](Receipt& receipt) {
    if (receipt.outcome != static_cast<std::uint32_t>(Outcome::kSuccess)) return false;
    return receipt.outcome = static_cast<std::uint32_t>(Outcome::kFailure), true;
  });
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr("outcome 2, not 1")));
}

TEST(ProgramOracleTest, EffectsOfAFailedAttemptAreFound) {
  for (const auto kind : {Kind::kPoison, Kind::kRetry}) {
    auto story = Told(Only({kind, Kind::kIncrement, Kind::kEmit}), {.apply_failed = true});
    EXPECT_FALSE(story.Judge().none());
  }
}

TEST(ProgramOracleTest, GivingUpTooEarlyIsAPhantomLetterAndAMissingReceipt) {
  auto story = Told(Only({Kind::kRetry}), {.give_up_at_once = true});
  const auto findings = story.Judge();
  EXPECT_EQ(story.ledger.phantom, story.ledger.missing);
  EXPECT_THAT(findings.first(Damage::kPhantom), Contains(HasSubstr("it was given up")));
}

TEST(ProgramOracleTest, ALostDeadLetterIsMissing) {
  auto story = Told(Only({Kind::kPoison}), {.lose_dead_letters = true});
  EXPECT_THAT(story.Judge().first(Damage::kMissing), Contains(HasSubstr("no dead letter")));
}

TEST(ProgramOracleTest, AValueThatOutlivesItsTimeOrDiesBeforeIsAWrongState) {
  for (const auto field : {&Receipt::lease, &Receipt::idle}) {
    auto story = Told(Only({Kind::kExpire}));
    auto longer = story;
    story.ChangeReceipt([field](Receipt& receipt) { return receipt.*field != 0 ? (receipt.*field = 0, true) : false; });
    EXPECT_EQ(story.Judge().count(Damage::kWrongState), 1u);
    longer.ChangeReceipt([field](Receipt& receipt) {
      return receipt.witness.version > 2 && receipt.*field == 0 ? (receipt.*field = 1, true) : false;
    });
    EXPECT_EQ(longer.Judge().count(Damage::kWrongState), 1u);
  }
}

TEST(ProgramOracleTest, ALockerThatKeepsItsItemIsFound) {
  auto story = Told(Only({Kind::kLocker}));
  EXPECT_TRUE(story.Judge(true).none());
  auto& [address, record] = *std::ranges::find_if(
      story.memory, [](const auto& entry) { return entry.first.first == 0 && !entry.second.empty(); });
  story.memory[{story.application->FindFunction(kFunctions[kLockerFunction]).value().value, "locker-1"}] = record;
  EXPECT_THAT(story.Judge(true).first(Damage::kWrongState), ElementsAre(HasSubstr("state, where none should be left")));
}

TEST(ProgramOracleTest, WhatNobodyOfferedOrEmitsIsAPhantom) {
  auto story = Told(Only({Kind::kIncrement}));
  story.outputs.push_back({EgressId(0), "instance-1", "no letter"});
  story.outputs.push_back({EgressId(9), "", ""});
  story.ChangeReceipt([](Receipt& receipt) { return receipt.id.offset = 1'000, true; });
  story.Judge();
  EXPECT_EQ(story.ledger.phantom, 3u);
  EXPECT_EQ(story.ledger.missing, 1u);
}

}  // namespace
}  // namespace holdfast::random_programs
