// Runs that are broken on purpose, drawn: the page shows what the events prove.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "apps/simulate/event_wire.h"
#include "apps/simulate/run_diagram.h"
#include "chaos/diagram/damage.h"
#include "results/record/run_io.h"
#include "tests/simulation/campaigns.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

// The log forgets what it said was durable.
SimRun ForgetfulRun(std::uint64_t seed) {
  return DrawSimRun(TestParts(), "random-programs", "message-logging", seed, [](SimConfig& config) {
    config.workers = 3;
    config.mix = {.kills = 6};
    config.skip_sync = "log.block";
  });
}

class DiagramTest : public testing::Test {
 protected:
  std::string Page() const { return *record::ReadFile(path_); }
  const TemporaryFolder folder_;
  const std::string path_ = folder_ / "run.html";
};

TEST_F(DiagramTest, ABrokenRunsPageHasTheVerdictAndOrphansInRed) {
  std::map<DamageKind, int> found;
  std::uint64_t with_orphan = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    std::vector<SimEvent> events;
    RunSimRun(TestParts(), ForgetfulRun(seed), [&](const SimEvent& event) { events.push_back(event); });
    const auto damage = FindDamage(events);
    for (const auto& mark : damage) ++found[mark.kind];
    const auto orphan = std::ranges::find(damage, DamageKind::kOrphan, &DamageMark::kind);
    if (with_orphan == 0 && orphan != damage.end()) with_orphan = seed;
  }
  EXPECT_GT(found[DamageKind::kOrphan], 0);
  EXPECT_GT(found[DamageKind::kUndoneOutput], 0);
  EXPECT_GT(found[DamageKind::kObjection], 0);
  ASSERT_GT(with_orphan, 0u);
  const auto outcome = SaveDiagram(TestParts(), ForgetfulRun(with_orphan), "holdfast simulate run.yaml", path_);
  ASSERT_TRUE(outcome.ok());
  const auto page = Page();
  EXPECT_THAT(page, HasSubstr("damage orphan\" id=\"f"));
  EXPECT_THAT(page, HasSubstr(fmt::format("<span class=\"stamp broken\">{}</span>", SimFailureName(outcome->failure))));
}

TEST_F(DiagramTest, NothingIsMarkedWhereNothingIsWrong) {
  for (const auto* protocol : {"stop-the-world", "unaligned", "message-logging"}) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      const auto run = DrawSimRun(TestParts(), "random-programs", protocol, seed, [](SimConfig& config) {
        config.mix = {.kills = 6, .kill_everything = 0.2, .store_errors = 0.001, .slow_work = 0.01};
      });
      std::vector<SimEvent> events;
      RunSimRun(TestParts(), run, [&](const SimEvent& event) { events.push_back(event); });
      for (const auto& mark : FindDamage(events)) {
        ADD_FAILURE() << protocol << ", seed " << seed << ": " << DamageKindName(mark.kind) << ", " << mark.sentence;
      }
    }
  }
}

TEST_F(DiagramTest, ARunThatAbortsIsDrawnUpToItsEnd) {
  auto run = ForgetfulRun(1);
  run.config.skip_sync.clear();
  run.config.workers = 0;  // No cluster has none.
  const auto outcome = SaveDiagram(TestParts(), run, "", path_);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->failure, SimFailure::kAborted);
  EXPECT_THAT(Page(), HasSubstr("<span class=\"stamp broken\">aborted</span>"));
}

TEST_F(DiagramTest, WhatIsHeardFromAnotherProcessIsWhatIsHeardHere) {
  const auto run = ForgetfulRun(3);
  std::vector<SimEvent> here;
  std::vector<SimEvent> apart;
  const auto report = RunSimRun(TestParts(), run, [&](const SimEvent& event) { here.push_back(event); });
  const auto outcome = RunApart(TestParts(), run, [&](const SimEvent& event) { apart.push_back(event); });
  EXPECT_EQ(outcome.hash, report.hash);
  EXPECT_EQ(outcome.violation, report.violation);
  ASSERT_EQ(apart.size(), here.size());
  for (std::size_t i = 0; i < here.size(); ++i) {
    ASSERT_EQ(apart[i].text, here[i].text);
    ASSERT_EQ(apart[i].what, here[i].what);
    ASSERT_EQ(apart[i].time, here[i].time);
    ASSERT_EQ(apart[i].facts.flight, here[i].facts.flight);
  }
}

TEST(EventReaderTest, EventsAndOtherWordsComeApartHoweverTheyAreCut) {
  const SimEvent event{{17}, "kill", std::string("worker\0 1", 9), 4, {.fact = SimFact::kKill, .place = kAtSink}};
  const auto bytes = "one " + EncodeEvent(event) + std::string("\0two", 4) + EncodeEvent(event) + std::string("\0", 1);
  for (std::size_t step = 1; step < bytes.size(); step += 7) {
    std::vector<SimEvent> heard;
    EventReader reader([&](const SimEvent& told) { heard.push_back(told); });
    for (std::size_t at = 0; at < bytes.size(); at += step) reader.Take(std::string_view(bytes).substr(at, step));
    ASSERT_EQ(heard.size(), 2u);
    EXPECT_EQ(heard[1].text, event.text);
    EXPECT_EQ(heard[1].facts.place, kAtSink);
    EXPECT_EQ(reader.said(), std::string("one \0two\0", 9));
  }
}

}  // namespace
}  // namespace holdfast
