#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/engine/echo_bench.h"
#include "tests/support/patience.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class HoldfastEngineTest : public testing::Test {
 protected:
  void Start(HoldfastEngine& engine) {
    engine.Start().OrDie();
    generator_.Begin(SteadyNow());
  }
  // Runs the engine until the condition holds; false if that takes too long.
  static bool Until(HoldfastEngine& engine, const std::function<bool()>& condition) {
    return holdfast::Until(condition, [&] { engine.RunUntil(SteadyNow() + 2ms).OrDie(); });
  }
  // Between snapshots of a system under load, long before the load ends.
  void KillInTheMiddle(HoldfastEngine& engine) {
    ASSERT_TRUE(Until(engine, [this] { return collector_.counts().visible_records > 1000; }));
    const auto two_more = engine.Log().snapshots.size() + 2;
    ASSERT_TRUE(Until(engine, [&] { return engine.Log().snapshots.size() >= two_more; }));
    ASSERT_TRUE(engine.Inject({FaultVerb::kKill}).ok());
  }
  // Until everything offered is visible, and a little longer, for what must not come.
  void Drain() {
    EXPECT_TRUE(Until(engine_, [this] { return collector_.counts().visible_records >= generator_.to_offer(); }));
    engine_.RunUntil(SteadyNow() + 100ms).OrDie();
  }
  void ExpectEverythingOnce() const {
    const auto sightings = Sightings(collector_);
    EXPECT_EQ(sightings.size(), generator_.to_offer());
    for (const auto& [value, count] : sightings) EXPECT_EQ(count, 1) << value;
  }

  TemporaryFolder folder_;
  Generator generator_ = EchoLoad({20000}, 1s);
  Collector collector_;
  HoldfastEngine engine_{EchoOptions("exact", folder_), MakeUnixLink, generator_, collector_};
};

TEST_F(HoldfastEngineTest, EverythingOfferedBecomesVisibleOnce) {
  Start(engine_);
  Drain();
  ExpectEverythingOnce();
  EXPECT_EQ(engine_.Counters().units, generator_.to_offer());
  EXPECT_FALSE(engine_.Log().snapshots.empty());
}

TEST_F(HoldfastEngineTest, ItIsBusyWhileUnitsAreNotDurableAlsoAfterAKillAndNotForEver) {
  Start(engine_);
  EXPECT_TRUE(Until(engine_, [this] { return engine_.Busy(); }));
  ASSERT_TRUE(engine_.Inject({FaultVerb::kKill, 0ms}).ok());
  Drain();
  EXPECT_TRUE(Until(engine_, [this] { return !engine_.Busy(); })) << "lost units are not waited for";
}

TEST_F(HoldfastEngineTest, ItsUseOfTheMachineIsSampledTenTimesASecondAtMost) {
  Start(engine_);
  ASSERT_TRUE(Until(engine_, [this] { return engine_.Log().usage.size() >= 4; }));
  const auto& usage = engine_.Log().usage;
  for (std::size_t i = 1; i < usage.size(); ++i) {
    EXPECT_GE(usage[i].at - usage[i - 1].at, 99ms);
    EXPECT_GE(usage[i].cpu, usage[i - 1].cpu);
  }
  EXPECT_GT(engine_.Measure().cpu, 0ms);
}

TEST_F(HoldfastEngineTest, AKilledSystemComesBackAndNothingIsLostOrDoubled) {
  Start(engine_);
  KillInTheMiddle(engine_);
  Drain();
  ExpectEverythingOnce();
  const auto& recovery = engine_.Log().recoveries.front();
  EXPECT_GT(recovery.executed_not_durable, 0u);
  EXPECT_GT(recovery.replayed_records, 0u);
  EXPECT_GT(recovery.snapshot->index.value, 0u);
  EXPECT_LT(recovery.applied, *recovery.detected);
  EXPECT_LT(*recovery.detected, *recovery.restarted);
  EXPECT_LT(*recovery.restarted, *recovery.restored);
  EXPECT_LT(*recovery.restored, *recovery.first_unit);
}

TEST_F(HoldfastEngineTest, WhatTheSystemTellsIsInTheLogAsEvents) {
  Start(engine_);
  KillInTheMiddle(engine_);
  const auto last = [this](EngineEvent event) {
    std::optional<SteadyTime> at;
    for (const auto& [told, when] : engine_.Log().events) at = told == event ? std::optional(when) : at;
    return at;
  };
  Drain();
  const auto& recovery = engine_.Log().recoveries.front();
  EXPECT_EQ(last(EngineEvent::kRestarted), recovery.restarted);
  EXPECT_EQ(last(EngineEvent::kRestored), recovery.restored);
  EXPECT_EQ(last(EngineEvent::kFirstUnit), recovery.first_unit);
  EXPECT_EQ(last(EngineEvent::kSnapshotComplete), engine_.Log().snapshots.back().end);
}

TEST_F(HoldfastEngineTest, TheBenchSeesTheDamageOfASystemThatPromisesNothing) {
  HoldfastEngine lossy(EchoOptions("lossy", folder_), MakeUnixLink, generator_, collector_);
  Start(lossy);
  KillInTheMiddle(lossy);
  ASSERT_TRUE(Until(lossy, [&] { return !lossy.Recovering() && generator_.Done(SteadyNow()); }));
  const auto doubled = [this] {
    const auto sightings = Sightings(collector_);
    return std::any_of(sightings.begin(), sightings.end(), [](const auto& s) { return s.second > 1; });
  };
  EXPECT_TRUE(Until(lossy, doubled));
  lossy.RunUntil(SteadyNow() + 200ms).OrDie();
  EXPECT_LT(Sightings(collector_).size(), generator_.to_offer());
}

class LastWordsTest : public HoldfastEngineTest, public testing::WithParamInterface<const char*> {};

TEST_P(LastWordsTest, ASystemThatDiesByItselfIsReportedWithThem) {
  HoldfastEngine dying(EchoOptions(GetParam(), folder_), MakeUnixLink, generator_, collector_);
  Start(dying);
  const auto status = dying.RunUntil(SteadyNow() + kPatience);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("exited with code 3 by itself: record 100 is too much for me"));
}

INSTANTIATE_TEST_SUITE_P(PrintedOrSent, LastWordsTest, testing::Values("crash", "farewell"));

TEST_F(HoldfastEngineTest, ASystemThatKillsItselfAtAnArmedCallIsRestartedAndNothingIsLostOrDoubled) {
  auto options = EchoOptions("exact", folder_);
  options.kill_switch = true;
  HoldfastEngine switched(options, MakeUnixLink, generator_, collector_);
  Start(switched);
  ASSERT_TRUE(Until(switched, [this] { return collector_.counts().visible_records > 1000; }));
  const auto armed = switched.Arm({FaultVerb::kKill, 20ms}, "echo.cut", 3).value();
  const auto before = SteadyNow();
  ASSERT_TRUE(Until(switched, [&] { return !switched.Log().recoveries.empty() && !switched.Recovering(); }));
  const auto& recovery = switched.Log().recoveries.front();
  EXPECT_EQ(recovery.armed, armed);
  EXPECT_GT(recovery.executed_not_durable, 0u);
  EXPECT_GE(recovery.applied - before, 20ms);
  EXPECT_LT(recovery.applied, *recovery.detected);
  EXPECT_GE(*recovery.restarted - *recovery.detected, 20ms);
  EXPECT_TRUE(Until(switched, [this] { return collector_.counts().visible_records >= generator_.to_offer(); }));
  switched.RunUntil(SteadyNow() + 100ms).OrDie();
  ExpectEverythingOnce();
  EXPECT_EQ(switched.Log().recoveries.size(), 1u);
}

class TroubledEngineTest : public HoldfastEngineTest {
 protected:
  // A delay that the system meets once, and that is over before what met it has arrived.
  void Delay() {
    Start(troubled_);
    const TroublePath path{TroubleEnd::Worker(WorkerId(0)), TroubleEnd::Everything()};
    const EngineFault delay{
        .verb = FaultVerb::kTrouble, .lasts = 200ms, .trouble = PortTrouble::kDelay, .size = {}, .path = path};
    EXPECT_TRUE(troubled_.Inject(delay).ok());
    EXPECT_TRUE(Until(troubled_, [this] { return troubled_.Log().recoveries.front().detected.has_value(); }));
  }
  static HoldfastEngine::Options Options(const TemporaryFolder& folder) {
    auto options = EchoOptions("exact", folder);
    options.troubles = true;
    return options;
  }

  HoldfastEngine troubled_{Options(folder_), MakeUnixLink, generator_, collector_};
};

TEST_F(TroubledEngineTest, ATroubleIsOverOnlyWhenNothingWaitsForItAnyMore) {
  Delay();
  ASSERT_TRUE(Until(troubled_, [this] { return troubled_.Log().recoveries.front().first_unit.has_value(); }));
  const auto& recovery = troubled_.Log().recoveries.front();
  EXPECT_EQ(recovery.met, 1u);
  EXPECT_EQ(recovery.met_and_lost, 0u);
  EXPECT_GE(*recovery.restarted - recovery.applied, 400ms) << "what met it arrives 500 ms later";
  EXPECT_GE(*recovery.first_unit, *recovery.restarted);
}

TEST_F(TroubledEngineTest, WhatMetATroubleAndIsUnderWayIsLostWithTheSystem) {
  Delay();
  ASSERT_TRUE(troubled_.Inject({FaultVerb::kKill}).ok());
  ASSERT_TRUE(Until(troubled_, [this] { return troubled_.Log().recoveries.front().first_unit.has_value(); }));
  const auto& recovery = troubled_.Log().recoveries.front();
  EXPECT_EQ(recovery.met_and_lost, 1u);
  EXPECT_FALSE(troubled_.Recovering()) << "the next system is not troubled by it";
}

TEST_F(HoldfastEngineTest, AnEngineWithoutAPageOfTroublesCannotBeTroubled) {
  Start(engine_);
  EXPECT_EQ(engine_.Inject({.verb = FaultVerb::kTrouble}).error().code, ErrorCode::kRefused);
}

TEST_F(HoldfastEngineTest, ADeathThatWasNotOrderedIsReportedAlsoIfItLooksLikeAKill) {
  auto options = EchoOptions("suicide", folder_);
  options.kill_switch = true;
  HoldfastEngine dying(options, MakeUnixLink, generator_, collector_);
  Start(dying);
  dying.Arm({FaultVerb::kKill}, "echo.cut", 1'000'000).value();
  EXPECT_THAT(dying.RunUntil(SteadyNow() + kPatience).error().message, HasSubstr("was ended by signal 9"));
}

TEST_F(HoldfastEngineTest, AnEngineWithoutAKillSwitchCannotBeArmed) {
  Start(engine_);
  EXPECT_EQ(engine_.Arm({FaultVerb::kKill}, "echo.cut", 1).status().error().code, ErrorCode::kRefused);
}

TEST_F(HoldfastEngineTest, ASystemThatNeverAsksForInputIsGivenUp) {
  auto options = EchoOptions("mute", folder_);
  options.start_timeout = 50ms;
  std::string message;
  do {  // Again, with more time, if the process was given up before it could say a word.
    options.start_timeout *= 2;
    HoldfastEngine mute(options, MakeUnixLink, generator_, collector_);
    const auto status = mute.Start();
    ASSERT_FALSE(status.ok());
    message = status.error().message;
    EXPECT_THAT(message, HasSubstr("did not ask for input"));
  } while (message.ends_with("it printed: ") && options.start_timeout < kPatience / 2);
  EXPECT_THAT(message, HasSubstr("I have nothing to say"));
}

TEST_F(HoldfastEngineTest, NothingIsLeftBehind) {
  Start(engine_);
  EXPECT_FALSE(std::filesystem::is_empty(folder_.path()));
  engine_.Stop();
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(HoldfastEngineTest, ASystemThatIsDownCannotBeHit) {
  Start(engine_);
  ASSERT_TRUE(engine_.Inject({FaultVerb::kKill}).ok());
  EXPECT_EQ(engine_.Inject({FaultVerb::kKill}).error().code, ErrorCode::kRefused);
  EXPECT_EQ(engine_.Inject({FaultVerb::kPause, 1ms}).error().code, ErrorCode::kRefused);
  EXPECT_EQ(engine_.Log().recoveries.size(), 1u);
}

TEST_F(HoldfastEngineTest, AKillWhileItRecoversFromAnotherLosesNothing) {
  Start(engine_);
  KillInTheMiddle(engine_);
  ASSERT_TRUE(Until(engine_, [this] { return engine_.Log().recoveries.back().restarted.has_value(); }));
  ASSERT_TRUE(engine_.Inject({FaultVerb::kKill, 20ms}).ok());
  Drain();
  ExpectEverythingOnce();
  const auto& second = engine_.Log().recoveries.at(1);
  EXPECT_GE(*second.restarted - *second.detected, 20ms);
  EXPECT_TRUE(second.restored.has_value());
}

TEST_F(HoldfastEngineTest, APausedSystemStandsStillAndGoesOnWhereItWas) {
  Start(engine_);
  ASSERT_TRUE(Until(engine_, [this] { return engine_.Counters().units > 0; }));
  ASSERT_TRUE(engine_.Inject({FaultVerb::kPause, 300ms}).ok());
  EXPECT_TRUE(engine_.Recovering());
  EXPECT_EQ(engine_.Inject({FaultVerb::kPause, 1ms}).error().code, ErrorCode::kRefused);
  engine_.RunUntil(SteadyNow() + 50ms).OrDie();
  const auto units = engine_.Counters().units;
  engine_.RunUntil(SteadyNow() + 100ms).OrDie();
  EXPECT_EQ(engine_.Counters().units, units);
  Drain();
  ExpectEverythingOnce();
  const auto& pause = engine_.Log().recoveries.front();
  EXPECT_TRUE(pause.detected.has_value());
  EXPECT_GE(*pause.restarted - pause.applied, 300ms);
  EXPECT_GE(*pause.first_unit, *pause.restarted);
  EXPECT_EQ(engine_.Log().recoveries.size(), 1u);
}

TEST_F(HoldfastEngineTest, APausedSystemCanBeKilled) {
  Start(engine_);
  ASSERT_TRUE(Until(engine_, [this] { return engine_.Counters().units > 0; }));
  ASSERT_TRUE(engine_.Inject({FaultVerb::kPause, 1h}).ok());
  ASSERT_TRUE(engine_.Inject({FaultVerb::kKill}).ok());
  Drain();
  ExpectEverythingOnce();
  EXPECT_FALSE(engine_.Log().recoveries.front().restarted.has_value());
}

TEST_F(HoldfastEngineTest, APausedSystemCanBeStopped) {
  Start(engine_);
  ASSERT_TRUE(engine_.Inject({FaultVerb::kPause, 1h}).ok());
  engine_.Stop();
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace holdfast
