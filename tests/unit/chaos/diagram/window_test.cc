#include "chaos/diagram/window.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/chaos/diagram/hand_made.h"

namespace holdfast {
namespace {

// Messages one after the other, each underway for ten of them, and a kill in the middle.
HandMade LongRun(int messages) {
  HandMade run;
  run.Life(SimFact::kStart, Worker(0));
  std::vector<std::uint64_t> flights;
  for (int i = 0; i < messages; ++i) {
    run.At(i);
    flights.push_back(run.Send(0, 1, static_cast<std::uint64_t>(i) + 1));
    if (i >= 10) run.Arrive(flights[static_cast<std::size_t>(i) - 10]);
    if (i == messages / 2) run.Life(SimFact::kKill, Worker(1));
  }
  return run;
}

std::uint64_t Count(const Window& window, SimFact fact) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(window.events, [fact](const auto& event) { return event.facts.fact == fact; }));
}

TEST(ChooseWindowTest, AShortRunIsDrawnWhole) {
  const auto run = LongRun(50);
  const auto window = ChooseWindow(run.events, {}, 1'000);
  EXPECT_EQ(window.events.size(), run.events.size());
  EXPECT_EQ(window.rest + window.before + window.after, 0u);
}

TEST(ChooseWindowTest, OfALongRunTheSurroundingsOfTheDamageAndTheKillsAreDrawn) {
  const auto run = LongRun(50'000);
  const DamageMark damage{DamageKind::kOrphan, 39'000, run.events[80'000].time, ""};
  const auto window = ChooseWindow(run.events, {damage}, 1'000);
  EXPECT_GE(window.events.size(), 1'000u);
  EXPECT_LE(window.events.size(), 4'000u);
  EXPECT_EQ(Count(window, SimFact::kKill), 1u);
  EXPECT_GT(window.before, 10'000u);
  EXPECT_GT(window.after, 5'000u);
  const auto at = std::ranges::lower_bound(window.events, damage.at, {}, &SimEvent::time);
  EXPECT_GT(at - window.events.begin(), 300);
  EXPECT_GT(window.events.end() - at, 200);
}

TEST(ChooseWindowTest, WhoDepartsAlsoArrivesAndTheDamagedMessageIsThere) {
  const auto run = LongRun(50'000);
  const DamageMark damage{DamageKind::kOrphan, 100, run.events[80'000].time, ""};
  const auto window = ChooseWindow(run.events, {damage}, 1'000);
  std::set<std::uint64_t> departed;
  std::set<std::uint64_t> arrived;
  for (const auto& event : window.events) {
    if (event.facts.fact == SimFact::kFrame) departed.insert(event.facts.flight);
    if (event.facts.fact == SimFact::kArrived) arrived.insert(event.facts.flight);
  }
  EXPECT_EQ(departed, arrived);
  EXPECT_TRUE(departed.contains(100));
}

TEST(ChooseWindowTest, SnapshotsOfAClusterAtRestAreLeftOut) {
  auto run = LongRun(20);
  const auto busy = run.events.size();
  for (std::uint32_t i = 1; i <= 200; ++i) {
    run.At(1'000 * static_cast<int>(i)).AtTheCoordinator(SimFact::kTriggered, Snapshot(i));
    run.Cut(0, Snapshot(i));
    run.Stored(0, Snapshot(i));
    run.AtTheCoordinator(SimFact::kComplete, Snapshot(i));
  }
  const auto window = ChooseWindow(run.events, {}, 10'000);
  EXPECT_GT(window.events.size(), busy);
  EXPECT_LT(window.events.size(), busy + 30);
  EXPECT_EQ(window.events.size() + window.rest, run.events.size());
}

}  // namespace
}  // namespace holdfast
