#include "chaos/diagram/layout.h"

#include <gtest/gtest.h>

#include "tests/unit/chaos/diagram/hand_made.h"

namespace holdfast {
namespace {

class LayoutTest : public testing::Test {
 protected:
  // A run that ends 10 ms after its beginning.
  Diagram Draw(std::uint16_t workers = 3) {
    const SteadyTime begin{1'000'000'000};
    return LayOut(run_.events, FindDamage(run_.events), workers, begin, begin + std::chrono::milliseconds(10));
  }
  static double X(const Diagram& diagram, int micros) {
    return diagram.axis.X({1'000'000'000 + std::int64_t{micros} * 1000});
  }
  static std::vector<DiagramBand> Bands(const Diagram& diagram, DiagramBand::Kind kind) {
    std::vector<DiagramBand> found;
    std::ranges::copy_if(diagram.bands, std::back_inserter(found), [kind](const auto& b) { return b.kind == kind; });
    return found;
  }
  HandMade run_;
};

TEST_F(LayoutTest, EachProcessHasALaneOfItsOwn) {
  const auto diagram = Draw(4);
  ASSERT_EQ(diagram.lanes.size(), 7u);
  for (std::size_t i = 1; i < diagram.lanes.size(); ++i) EXPECT_GT(diagram.lanes[i].y, diagram.lanes[i - 1].y + 30);
  EXPECT_EQ(diagram.LaneOf(Worker(3))->place, Worker(3));
  EXPECT_EQ(diagram.LaneOf(Worker(4)), nullptr);
}

TEST_F(LayoutTest, AnArrowJoinsTheSendersLaneAtItsInstantWithTheReceiversAtItsOwn) {
  const auto flight = run_.At(2'000).Send(0, 2, 7, 3);
  run_.At(3'000).Arrive(flight);
  const auto diagram = Draw();
  ASSERT_EQ(diagram.arrows.size(), 1u);
  const auto& arrow = diagram.arrows[0];
  EXPECT_EQ(arrow.x1, X(diagram, 2'000));
  EXPECT_EQ(arrow.y1, diagram.LaneOf(Worker(0))->y);
  EXPECT_EQ(arrow.x2, X(diagram, 3'000));
  EXPECT_EQ(arrow.y2, diagram.LaneOf(Worker(2))->y);
  EXPECT_EQ(arrow.colour, 3u);
  EXPECT_FALSE(arrow.dropped || arrow.damage);
}

TEST_F(LayoutTest, WhatCameToNothingSaysWhy) {
  const auto flight = run_.At(2'000).Send(0, 1, 1);
  run_.At(3'000).Drop(flight, "fenced, of world-line 1 in 2");
  const auto forever = run_.At(4'000).Send(1, 0, 1);
  const auto diagram = Draw();
  ASSERT_EQ(diagram.arrows.size(), 2u);
  EXPECT_TRUE(diagram.arrows[0].dropped);
  EXPECT_NE(diagram.arrows[0].title.find("fenced, of world-line 1 in 2"), std::string::npos);
  EXPECT_EQ(diagram.arrows[1].flight, forever);
  EXPECT_TRUE(diagram.arrows[1].dropped);
  EXPECT_EQ(diagram.arrows[1].x2, diagram.axis.right());
}

TEST_F(LayoutTest, AKilledWorkersLaneIsDeadUntilItStartsAgain) {
  run_.At(1'000).Life(SimFact::kKill, Worker(1));
  run_.At(4'000).Life(SimFact::kStart, Worker(1));
  run_.At(5'000).Life(SimFact::kKill, Worker(0));
  const auto diagram = Draw();
  const auto dead = Bands(diagram, DiagramBand::Kind::kDead);
  ASSERT_EQ(dead.size(), 2u);
  EXPECT_EQ(dead[0].y, diagram.LaneOf(Worker(1))->y);
  EXPECT_EQ(dead[0].x1, X(diagram, 1'000));
  EXPECT_EQ(dead[0].x2, X(diagram, 4'000));
  EXPECT_EQ(dead[1].x1, X(diagram, 5'000));
  EXPECT_EQ(dead[1].x2, diagram.axis.right());
}

TEST_F(LayoutTest, ACutJoinsTheWorkersAtTheirInstants) {
  run_.At(2'000).Cut(1, Snapshot(2));
  run_.At(3'000).Cut(0, Snapshot(2));
  run_.At(3'500).Cut(2, Snapshot(2));
  run_.At(4'000).AtTheCoordinator(SimFact::kComplete, Snapshot(2));
  const auto diagram = Draw();
  ASSERT_EQ(diagram.cuts.size(), 1u);
  const auto& cut = diagram.cuts[0];
  EXPECT_TRUE(cut.complete);
  EXPECT_FALSE(cut.restored);
  ASSERT_EQ(cut.points.size(), 5u);  // Between its two ends, one a worker, from above.
  const std::vector<int> instants{3'000, 2'000, 3'500};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(cut.points[i + 1].x, X(diagram, instants[i]));
    EXPECT_EQ(cut.points[i + 1].y, diagram.LaneOf(Worker(static_cast<std::uint16_t>(i)))->y);
  }
}

TEST_F(LayoutTest, WorkBetweenTheCutAndTheKillIsUndoneByTheRecovery) {
  run_.At(500).Life(SimFact::kWorkerRuns, Worker(1));
  run_.At(1'000).Cut(1, Snapshot(1));
  run_.At(3'000).Life(SimFact::kKill, Worker(1));
  run_.At(4'000).Life(SimFact::kStart, Worker(1));
  run_.At(4'500).AtTheCoordinator(SimFact::kRollback, Snapshot(1));
  run_.At(5'000).Life(SimFact::kRestore, Worker(1));
  run_.At(6'000).Restored(1, Snapshot(1));
  run_.At(7'000).Life(SimFact::kWorkerRuns, Worker(1));
  const auto diagram = Draw();
  const auto undone = Bands(diagram, DiagramBand::Kind::kUndone);
  ASSERT_EQ(undone.size(), 1u);
  EXPECT_EQ(undone[0].x1, X(diagram, 1'000));
  EXPECT_EQ(undone[0].x2, X(diagram, 3'000));
  const auto recovering = Bands(diagram, DiagramBand::Kind::kRecovering);
  ASSERT_EQ(recovering.size(), 1u);
  EXPECT_EQ(recovering[0].x1, X(diagram, 5'000));
  EXPECT_EQ(recovering[0].x2, X(diagram, 7'000));
  EXPECT_TRUE(diagram.cuts[0].restored);
}

TEST_F(LayoutTest, AnOrphanIsMarkedAndItsNeighbourIsNot) {
  run_.At(500);
  const auto inside = run_.Send(0, 1, 1, 0);
  run_.Arrive(inside);
  run_.At(1'000).Cut(0, Snapshot(1));
  run_.At(1'500);
  const auto orphan = run_.Send(0, 1, 2, 1);
  run_.Arrive(orphan);
  run_.At(2'000).Cut(1, Snapshot(1));
  run_.At(4'000).AtTheCoordinator(SimFact::kRollback, Snapshot(1));
  for (const auto& arrow : Draw().arrows) {
    EXPECT_EQ(arrow.damage, arrow.flight == orphan ? std::optional(DamageKind::kOrphan) : std::nullopt);
  }
}

TEST_F(LayoutTest, AFaultOnEverythingLastsOnEachLaneButTheSinks) {
  SimFacts facts{.fact = SimFact::kFault, .place = {SimRole::kEverything, 0}, .lasts = std::chrono::milliseconds(2)};
  run_.At(1'000);
  run_.events.push_back({run_.now(), "fault", "slow work", 0, facts});
  run_.At(5'000).Life(SimFact::kStart, Worker(0));
  const auto diagram = Draw();
  const auto trouble = Bands(diagram, DiagramBand::Kind::kTrouble);
  ASSERT_EQ(trouble.size(), 5u);
  EXPECT_EQ(trouble[0].x1, X(diagram, 1'000));
  EXPECT_EQ(trouble[0].x2, X(diagram, 3'000));
}

}  // namespace
}  // namespace holdfast
