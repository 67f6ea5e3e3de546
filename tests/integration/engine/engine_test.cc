#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/engine/echo_bench.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class HoldfastEngineTest : public testing::Test {
 protected:
  void Start() {
    engine_.Start().OrDie();
    generator_.Begin(SteadyNow());
  }
  void RunFor(Duration time) { engine_.RunUntil(SteadyNow() + time).OrDie(); }
  // Until everything offered is visible, or ten seconds have passed.
  void Drain() {
    const auto give_up = SteadyNow() + 10s;
    while (collector_.counts().visible_records < generator_.to_offer() && SteadyNow() < give_up) RunFor(10ms);
    RunFor(100ms);
  }
  void ExpectEverythingOnce() const {
    const auto sightings = Sightings(collector_);
    EXPECT_EQ(sightings.size(), generator_.to_offer());
    for (const auto& [value, count] : sightings) EXPECT_EQ(count, 1) << value;
  }

  TemporaryFolder folder_;
  Generator generator_ = EchoLoad({20000}, 500ms);
  Collector collector_;
  HoldfastEngine engine_{EchoOptions("exact", folder_), MakeUnixLink, generator_, collector_};
};

TEST_F(HoldfastEngineTest, EverythingOfferedBecomesVisibleOnce) {
  Start();
  Drain();
  ExpectEverythingOnce();
  EXPECT_EQ(engine_.Counters().units, generator_.to_offer());
  EXPECT_FALSE(engine_.Log().snapshots.empty());
  EXPECT_GT(engine_.Measure().cpu, 0ms);
  EXPECT_GE(engine_.Log().usage.size(), 5u);
}

TEST_F(HoldfastEngineTest, AKilledSystemComesBackAndNothingIsLostOrDoubled) {
  Start();
  RunFor(250ms);
  ASSERT_TRUE(engine_.Inject(FaultVerb::kKill).ok());
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

TEST_F(HoldfastEngineTest, TheBenchSeesTheDamageOfASystemThatPromisesNothing) {
  HoldfastEngine lossy(EchoOptions("lossy", folder_), MakeUnixLink, generator_, collector_);
  lossy.Start().OrDie();
  generator_.Begin(SteadyNow());
  lossy.RunUntil(SteadyNow() + 250ms).OrDie();
  ASSERT_TRUE(lossy.Inject(FaultVerb::kKill).ok());
  lossy.RunUntil(SteadyNow() + 600ms).OrDie();
  const auto sightings = Sightings(collector_);
  const auto doubled = std::count_if(sightings.begin(), sightings.end(), [](const auto& s) { return s.second > 1; });
  EXPECT_LT(sightings.size(), generator_.to_offer());
  EXPECT_GT(doubled, 0);
}

TEST_F(HoldfastEngineTest, ASystemThatDiesByItselfIsReportedWithItsLastWords) {
  HoldfastEngine crashing(EchoOptions("crash", folder_), MakeUnixLink, generator_, collector_);
  crashing.Start().OrDie();
  generator_.Begin(SteadyNow());
  const auto status = crashing.RunUntil(SteadyNow() + 5s);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("exited with code 3 by itself; it printed: record 100 is too much"));
}

TEST_F(HoldfastEngineTest, ASystemThatNeverAsksForInputIsGivenUp) {
  auto options = EchoOptions("mute", folder_);
  options.start_timeout = 100ms;
  HoldfastEngine mute(options, MakeUnixLink, generator_, collector_);
  const auto status = mute.Start();
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("did not ask for input"));
  EXPECT_THAT(status.error().message, HasSubstr("I have nothing to say"));
}

TEST_F(HoldfastEngineTest, NothingIsLeftBehind) {
  Start();
  EXPECT_FALSE(std::filesystem::is_empty(folder_.path()));
  engine_.Stop();
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(HoldfastEngineTest, ASecondKillWaitsForTheFirstToHeal) {
  Start();
  ASSERT_TRUE(engine_.Inject(FaultVerb::kKill).ok());
  EXPECT_EQ(engine_.Inject(FaultVerb::kKill).error().code, ErrorCode::kRefused);
}

}  // namespace
}  // namespace holdfast
