// What a listener is told: the facts of a run, from which the trace's words and the space-time diagram are made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/simulation/campaigns.h"

namespace holdfast {
namespace {

struct Told {
  std::vector<SimEvent> events;
  SimReport report;

  std::vector<SimEvent> Of(SimFact fact) const {
    std::vector<SimEvent> found;
    std::ranges::copy_if(events, std::back_inserter(found), [&](const auto& e) { return e.facts.fact == fact; });
    return found;
  }
};

// Three workers of which two are killed.
Told Listen(const std::string& protocol, std::uint64_t seed = 7) {
  auto run = DrawSimRun(TestParts(), "greeter", protocol, seed, [](SimConfig& config) { config.workers = 3; });
  run.faults = {{.at = std::chrono::milliseconds(13), .target = {SimFaultRole::kWorker, WorkerId(1)}},
                {.at = std::chrono::milliseconds(16), .target = {SimFaultRole::kWorker, WorkerId(0)}}};
  Told told;
  told.report = RunSimRun(TestParts(), run, [&](const SimEvent& event) { told.events.push_back(event); });
  EXPECT_EQ(told.report.violation, "");
  EXPECT_EQ(told.report.hash, RunSimRun(TestParts(), run).hash);
  return told;
}

class EventsTest : public testing::TestWithParam<std::string> {};

TEST_P(EventsTest, WhatDepartsEndsAtMostOnceAtItsTargetAndNotBefore) {
  const auto told = Listen(GetParam());
  std::map<std::uint64_t, SimEvent> under_way;
  std::uint64_t ended = 0;
  for (const auto& event : told.events) {
    const auto& facts = event.facts;
    if (facts.fact == SimFact::kFrame || facts.fact == SimFact::kControl || facts.fact == SimFact::kEgress) {
      EXPECT_TRUE(under_way.emplace(facts.flight, event).second) << event.text;
    }
    if (facts.fact != SimFact::kArrived && facts.fact != SimFact::kDropped) continue;
    const auto departure = under_way.extract(facts.flight);
    ASSERT_FALSE(departure.empty()) << event.text;
    EXPECT_EQ(departure.mapped().facts.peer, facts.place) << event.text;
    EXPECT_LE(departure.mapped().time, event.time);
    ++ended;
  }
  EXPECT_GT(ended, 100u);
  EXPECT_LT(under_way.size(), 10u);  // At the end.
}

TEST_P(EventsTest, KillsAndRecoveriesAreTold) {
  const auto told = Listen(GetParam());
  EXPECT_EQ(told.Of(SimFact::kKill).size(), told.report.kills);
  EXPECT_EQ(told.Of(SimFact::kRollback).size(), told.report.restores);
  EXPECT_EQ(told.Of(SimFact::kStart).size(), 3u + 1 + told.report.kills);
  EXPECT_GE(told.Of(SimFact::kWorkerRuns).size(), 5u);
  EXPECT_LE(told.Of(SimFact::kWorkerRuns).size(), told.Of(SimFact::kRestored).size());
  std::uint64_t units = 0;
  for (const auto& event : told.Of(SimFact::kUnits)) units += event.facts.count;
  EXPECT_GT(units, 100u);
}

INSTANTIATE_TEST_SUITE_P(All, EventsTest, testing::Values("none", "stop-the-world", "unaligned", "message-logging"),
                         ProtocolName);

TEST(EventsTest, EachWorkerTellsOfItsCutOfEachCompleteSnapshot) {
  const auto told = Listen("unaligned");
  std::map<SnapshotId, std::set<std::uint16_t>> cuts;
  for (const auto& event : told.Of(SimFact::kCut)) {
    EXPECT_TRUE(cuts[event.facts.snapshot].insert(event.facts.place.number).second) << event.text;
  }
  const auto complete = told.Of(SimFact::kComplete);
  ASSERT_GT(complete.size(), 0u);
  for (const auto& event : complete) EXPECT_EQ(cuts[event.facts.snapshot].size(), 3u) << event.text;
}

TEST(EventsTest, FramesOfAnOldWorldLineAreToldAsFenced) {
  std::string reasons;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const auto& event : Listen("unaligned", seed).Of(SimFact::kDropped)) reasons += event.text + "\n";
  }
  EXPECT_THAT(reasons, testing::HasSubstr("fenced, of world-line 1 in 2"));
}

TEST(EventsTest, ARecoveryFromALogTellsWhereItsChannelsStand) {
  const auto told = Listen("message-logging");
  std::uint64_t consumed = 0;
  for (const auto& event : told.Of(SimFact::kChannel)) consumed += event.facts.positions[0] + event.facts.positions[1];
  EXPECT_EQ(told.Of(SimFact::kChannel).size(), 2 * told.Of(SimFact::kRestored).size());
  EXPECT_GT(consumed, 0u);
}

}  // namespace
}  // namespace holdfast
