#include "workloads/payment/oracle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/workloads/payment/story.h"

namespace holdfast::payment {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Story Thirty(const Misdeeds& misdeeds = {}) {
  Story story(Village(), misdeeds);
  story.RunAll(30);
  return story;
}

TEST(PaymentOracleTest, AFailureFreeRunIsExact) {
  std::map<std::uint32_t, int> verdicts;
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    Story story(Village(), {}, seed);
    story.RunAll(50);
    const auto findings = story.Judge(true);
    EXPECT_TRUE(findings.none()) << "seed " << seed << ": " << findings.Text();
    const auto outputs = story.outputs.size();
    EXPECT_EQ(story.ledger, (Ledger{.expected = outputs, .seen = outputs}));
    EXPECT_GT(story.On(kUsers.name).size(), 150u);
    EXPECT_GT(story.On(kStrays.name).size(), 10u);
    for (const auto& step : story.All(kSteps)) ++verdicts[step.verdict];
  }
  EXPECT_EQ(verdicts.size(), 3u) << "paid, refused and given up";
}

TEST(PaymentOracleTest, OutputsOfDifferentInstancesMayComeInAnyOrder) {
  auto story = Thirty();
  std::stable_partition(story.outputs.begin(), story.outputs.end(),
                        [](const Story::Output& output) { return output.key.starts_with("payment-"); });
  const auto findings = story.Judge(true);
  EXPECT_TRUE(findings.none()) << findings.Text();
}

TEST(PaymentOracleTest, WhoIsChargedTwiceIsFoundInTheLedger) {
  auto story = Thirty({.repeat_request = true});
  const auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kDuplicate),
              ElementsAre(HasSubstr("has 2 entries in the ledger"), HasSubstr("was charged 2 times, says the ledger")));
  EXPECT_THAT(findings.first(Damage::kWrongState), ElementsAre(HasSubstr("the provider has taken")));
}

TEST(PaymentOracleTest, AProviderThatRecognisesARequestChargesNobodyTwiceAndYetWasAskedTwice) {
  auto options = Village();
  options.provider.idempotent = true;
  Story story(options, {.repeat_request = true});
  story.RunAll(30);
  const auto findings = story.Judge(true);
  EXPECT_THAT(findings.first(Damage::kDuplicate), ElementsAre(HasSubstr("attempt 0, has 2 entries in the ledger")));
  EXPECT_EQ(findings.total(), 1u) << findings.Text();
}

TEST(PaymentOracleTest, WhoIsAskedTwiceAndRefusesTwiceIsFoundInTheLedger) {
  auto options = Village();
  options.provider.refusals = 100;
  Story story(options, {.repeat_request = true});
  story.RunAll(30);
  const auto findings = story.Judge(true);
  EXPECT_THAT(findings.first(Damage::kDuplicate), ElementsAre(HasSubstr("attempt 0, has 2 entries in the ledger")));
  EXPECT_EQ(findings.total(), 1u) << findings.Text();
}

TEST(PaymentOracleTest, ARequestThatNeverReachesTheProviderIsMissing) {
  auto story = Thirty({.lose_request = true});
  const auto findings = story.Judge(true);
  EXPECT_THAT(findings.first(Damage::kMissing), ElementsAre(HasSubstr("never reached the provider's ledger")));
  EXPECT_THAT(findings.first(Damage::kWrongState), ElementsAre(HasSubstr("where none should be left")));
}

TEST(PaymentOracleTest, AForgottenUserIsMissing) {
  for (const auto& type : {Codec<IntervalEnd>::Name(), Codec<Due>::Name()}) {
    auto options = Village();
    options.cancellations = 0;
    Story story(options, {.lose = type});
    story.RunAll(2'000);
    const auto findings = story.Judge();
    EXPECT_THAT(findings.first(Damage::kMissing),
                Contains(HasSubstr(type == Codec<Due>::Name() ? "was never asked for" : "and was forgotten")));
    EXPECT_EQ(story.ledger.expected, story.ledger.seen + story.ledger.missing);
  }
}

TEST(PaymentOracleTest, ATriggerThatIsLostShowsAtRest) {
  auto options = Village();
  options.cancellations = 0;
  Story story(options, {.lose = Codec<IntervalEnd>::Name()});
  story.RunAll(3);
  EXPECT_TRUE(story.Judge().none()) << "it may still come";
  EXPECT_THAT(story.Judge(true).first(Damage::kWrongState), ElementsAre(HasSubstr("and still waits")));
}

TEST(PaymentOracleTest, AnIntervalThatIsNotOverLeavesNothingMissing) {
  auto options = Village();
  options.interval = std::chrono::hours(720);
  options.cancellations = 0;
  Story story(options);
  for (; story.offered < 20; ++story.offered) {
    for (std::uint16_t p = 0; p < 2; ++p) story.Offer(PartitionId(p), story.offered), story.Handle();
  }
  const auto findings = story.Judge(true);
  EXPECT_TRUE(findings.none()) << findings.Text();
  EXPECT_EQ(story.On(kUsers.name).size(), 40u);
}

TEST(PaymentOracleTest, EveryMessageLostShows) {
  for (const auto& type : {Codec<UserChange>::Name(), Codec<Settlement>::Name(), Codec<Answer>::Name(),
                           Codec<Retry>::Name(), Codec<Due>::Name()}) {
    Story story(Village(), {.lose = type});
    story.RunAll(2'000);
    EXPECT_GT(story.Judge().count(Damage::kMissing), 0u) << type;
  }
}

TEST(PaymentOracleTest, EveryMessageHandledTwiceShows) {
  for (const auto& type : {Codec<UserChange>::Name(), Codec<Settlement>::Name(), Codec<Answer>::Name(),
                           Codec<Retry>::Name(), Codec<Due>::Name(), Codec<IntervalEnd>::Name()}) {
    auto story = Thirty({.repeat = type});
    EXPECT_FALSE(story.Judge().none()) << type;
  }
}

// Changes wait in the queue for longer than an interval, so triggers are called off that have left already.
TEST(PaymentOracleTest, ATriggerThatWasCalledOffMayStillComeButOnce) {
  auto options = Village();
  options.cancellations = 50;
  const auto run = [&](std::uint64_t seed, const Misdeeds& misdeeds) {
    Story story(options, misdeeds, seed);
    for (; story.offered < 60; ++story.offered) {
      for (std::uint16_t p = 0; p < 2; ++p) story.Offer(PartitionId(p), story.offered);
      if (story.offered % 8 == 7) story.Handle();
    }
    story.RunAll(0);
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> stale;
    for (const auto& unit : story.All(kUsers))
      stale[{unit.user, unit.first}] += static_cast<Deed>(unit.deed) == Deed::kStale;
    std::size_t once = 0, twice = 0;
    for (const auto& [trigger, times] : stale) once += times == 1, twice += times == 2;
    return std::tuple(std::move(story), once, twice);
  };
  std::size_t all_once = 0, all_twice = 0;
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    auto [story, once, none] = run(seed, {});
    EXPECT_EQ(none, 0u);
    EXPECT_TRUE(story.Judge(true).none()) << "seed " << seed << ": " << story.Judge(true).Text();
    auto [repeated, others, twice] = run(seed, {.repeat = Codec<IntervalEnd>::Name()});
    EXPECT_GE(repeated.Judge().count(Damage::kDuplicate), twice) << "seed " << seed;
    all_once += once;
    all_twice += twice;
  }
  EXPECT_GT(all_once, 10u);
  EXPECT_GT(all_twice, 1u);
}

TEST(PaymentOracleTest, ATriggerThatComesEarlyShows) {
  auto story = Thirty({.fire_early = true});
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr(" ms early")));
}

TEST(PaymentOracleTest, EachOutputLostIsMissing) {
  for (const auto egress : {kRequests.name, kSteps.name, kStrays.name}) {
    auto story = Thirty();
    story.EraseOutput(egress, 3);
    const auto findings = story.Judge();
    EXPECT_EQ(findings.count(Damage::kMissing), 1u) << egress << findings.Text();
    EXPECT_EQ(findings.total(), 1u) << egress << findings.Text();
  }
  auto story = Thirty();
  story.EraseOutput(kUsers.name, 3);
  EXPECT_THAT(story.Judge().first(Damage::kBrokenChain), Contains(HasSubstr("versions between were never seen")));
}

TEST(PaymentOracleTest, EachOutputTwiceIsADuplicate) {
  for (const auto egress : {kRequests.name, kSteps.name, kStrays.name, kUsers.name}) {
    for (const std::size_t which : {0u, 1u, 5u, 9u}) {
      auto story = Thirty();
      story.outputs.push_back(story.outputs[story.On(egress)[which]]);
      const auto findings = story.Judge();
      EXPECT_EQ(findings.count(Damage::kDuplicate), 1u) << egress;
      EXPECT_EQ(findings.total(), 1u) << egress << findings.Text();
    }
  }
}

TEST(PaymentOracleTest, AnAccountIsTheOneThatFollows) {
  const auto wrong = [](const auto& change) {
    auto story = Thirty();
    story.ChangeOutput(kUsers, [&](UserUnit& unit) { return change(unit); });
    return story.Judge();
  };
  EXPECT_GT(wrong([](UserUnit& unit) { return ++unit.account.price; }).count(Damage::kWrongState), 0u);
  EXPECT_GT(wrong([](UserUnit& unit) { return ++unit.account.paid; }).count(Damage::kWrongState), 0u);
  EXPECT_GT(wrong([](UserUnit& unit) { return unit.account.due > 0 && ++unit.account.due; }).count(Damage::kWrongState),
            0u);
  EXPECT_GT(wrong([](UserUnit& unit) {
              return unit.witness.version > 2 && ++unit.witness.chain;
            }).count(Damage::kBrokenChain),
            0u);
  const auto stale = wrong([](UserUnit& unit) {
    if (static_cast<Deed>(unit.deed) != Deed::kBilled) return false;
    unit.deed = static_cast<std::uint32_t>(Deed::kStale);
    return true;
  });
  EXPECT_THAT(stale.first(Damage::kContradictory), Contains(HasSubstr("stale trigger")));
}

TEST(PaymentOracleTest, ARequestIsForWhatIsDue) {
  auto story = Thirty();
  story.ChangeOutput(kRequests, [](Request& request) { return ++request.amount; });
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr("was asked for with token")));
  story = Thirty();
  story.ChangeOutput(kRequests, [](Request& request) { return request.attempt > 0 && --request.at; });
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr("as if due at")));
}

TEST(PaymentOracleTest, AStepIsWhatTheAnswerSays) {
  auto story = Thirty();
  story.ChangeOutput(kSteps, [](Step& step) {
    if (static_cast<Verdict>(step.verdict) != Verdict::kPaid) return false;
    step.verdict = static_cast<std::uint32_t>(Verdict::kGivenUp);
    return true;
  });
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), Contains(HasSubstr("it ended by answer")));
  story = Thirty();
  story.ChangeOutput(kSteps, [](Step& step) { return step.retry > 0 && ++step.retry; });
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), Contains(HasSubstr("and a retry at")));
}

TEST(PaymentOracleTest, AReportIsOfAnAnswerThatNobodyWaitedFor) {
  auto story = Thirty();
  std::string value;
  const auto step = story.All(kSteps)[0];
  Codec<Stray>::Encode({step.answer, step.payment, step.attempt, true}, value);
  story.outputs.push_back({story.application->FindEgress(kStrays.name).value(), PaymentId(step.payment), value});
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr("was waited for, and reported")));
  story = Thirty();
  value.clear();
  Codec<Stray>::Encode({9'999'999, {0, 0}, 0, true}, value);
  story.outputs.push_back({story.application->FindEgress(kStrays.name).value(), "payment-0-0", value});
  EXPECT_THAT(story.Judge().first(Damage::kPhantom), ElementsAre(HasSubstr("was never given")));
}

TEST(PaymentOracleTest, TheLedgerAgreesWithTheBills) {
  auto story = Thirty();
  story.ChangeEntry([](LedgerEntry& entry) { return entry.charged > 0 && ++entry.charged; });
  auto findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kContradictory), ElementsAre(HasSubstr("and the bill was")));
  EXPECT_EQ(findings.count(Damage::kWrongState), 1u);

  story = Thirty();
  story.ChangeEntry([](LedgerEntry& entry) { return std::exchange(entry.charged, 0) > 0; });
  EXPECT_THAT(story.Judge().first(Damage::kContradictory), ElementsAre(HasSubstr("was paid, and charged 0 times")));

  story = Thirty();
  story.ChangeEntry([](LedgerEntry& entry) { return entry.refused = !entry.refused, true; });
  findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kContradictory), ElementsAre(HasSubstr("and the ledger says otherwise")));
  EXPECT_EQ(findings.total(), 1u) << findings.Text();

  story = Thirty();
  story.ChangeEntry([](LedgerEntry& entry) { return entry.payment.number += 1'000; });
  findings = story.Judge();
  EXPECT_THAT(findings.first(Damage::kPhantom), ElementsAre(HasSubstr("was never made")));

  story = Thirty();
  story.booked[0] = "?";
  EXPECT_THAT(story.Judge().first(Damage::kPhantom), Contains(HasSubstr("entry of the ledger that does not parse")));
}

TEST(PaymentOracleTest, StateOfAnotherHistoryIsWrong) {
  auto story = Thirty();
  const auto user = story.application->FindFunction(kUser).value().value;
  const auto payment = story.application->FindFunction(kPayment).value().value;
  story.memory.erase({user, "user-0"});
  story.memory[{user, "user-1"}] = story.memory[{user, "user-2"}];
  story.memory[{payment, "payment-0-0"}] = "?";
  const auto findings = story.Judge(true);
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("'user-0': no state after its outputs")));
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("'user-1': its state is not the one")));
  EXPECT_THAT(findings.first(Damage::kWrongState), Contains(HasSubstr("none of a payment of this name")));
}

// Rolled back, and gone on in another order: each timeline alone is right, output of both is not.
TEST(PaymentOracleTest, OutputOfARolledBackTimelineShows) {
  auto options = Village();
  options.users = 2;
  Story story(options), other(options);
  const auto go = [](Story& one, std::initializer_list<std::uint64_t> pauses) {
    for (const auto pause : pauses) {
      for (std::uint64_t i = 0; i < pause; ++i) one.Offer(PartitionId(1), one.offered);
      one.Offer(PartitionId(0), one.offered++);
      one.Handle();
    }
  };
  go(story, {1, 1, 2}), go(other, {1, 1, 1});
  story.outputs.insert(story.outputs.end(), other.outputs.begin() + 4, other.outputs.end());
  const auto findings = story.Judge();
  EXPECT_GT(findings.count(Damage::kContradictory), 0u) << findings.Text();
}

TEST(PaymentOracleTest, WhatNobodyOfferedIsAPhantom) {
  auto story = Thirty();
  story.offered -= 1;
  EXPECT_EQ(story.Judge().count(Damage::kPhantom), 2u) << story.Judge().Text();
  story = Thirty();
  story.outputs.push_back({story.application->FindEgress(kSteps.name).value(), "x", "?"});
  EXPECT_THAT(story.Judge().first(Damage::kPhantom), ElementsAre(HasSubstr("none of its kind")));
}

}  // namespace
}  // namespace holdfast::payment
