#include "chaos/faults/faulty_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/scheduler.h"
#include "tests/unit/chaos/faults/made_up_feed.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr WorkerId kSelf{0}, kPeer{1}, kOther{2};
constexpr std::uint16_t kWorkers = 3;
constexpr auto kEverything = TroubleEnd::Everything();

// What arrived where, in its order.
class Arrivals final : public Channel, public ControlBus {
 public:
  void Send(WorkerId to, std::string frame) override { frames[to].push_back(std::move(frame)); }
  void SendToCoordinator(std::string message) override { reports.push_back(std::move(message)); }
  void SendToWorker(WorkerId to, std::string message) override { orders[to].push_back(std::move(message)); }

  std::map<WorkerId, std::vector<std::string>> frames, orders;
  std::vector<std::string> reports;
};

class FaultyChannelTest : public testing::Test {
 protected:
  TroubleTicket Begin(PortTrouble trouble, TroubleSize size, TroubleEnd to = kEverything, Duration lasts = 1h) {
    return feed_.Begin({trouble, size, {TroubleEnd::Worker(kSelf), to}, scheduler_.Now() + lasts});
  }
  FaultyControlPath::Timing Timing() {
    return {scheduler_,
            [this](Duration delay, std::function<void()> action) { scheduler_.After(delay, std::move(action)); }};
  }
  void RunFor(Duration time) {
    bool over = false;
    scheduler_.After(time, [&over] { over = true; });
    while (!over) scheduler_.RunOne();
  }
  void SendMany(int count, Duration apart) {
    for (int i = 0; i < count; ++i) {
      channel_.Send(kPeer, fmt::format("{:04}", i));
      channel_.SendToCoordinator(fmt::format("{:04}", i));
      RunFor(apart);
    }
  }

  SimScheduler scheduler_;
  MadeUpFeed feed_;
  Arrivals arrivals_;
  FaultyChannel channel_{arrivals_, kSelf, kWorkers, feed_.Feed(), Timing(), Random(1)};
};

TEST_F(FaultyChannelTest, WithoutTroubleEverythingPassesAtOnce) {
  feed_.Begin({PortTrouble::kHold, {}, {TroubleEnd::Worker(kPeer), kEverything}, scheduler_.Now() + 1h});
  channel_.Send(kPeer, "a");
  channel_.SendToCoordinator("b");
  EXPECT_THAT(arrivals_.frames[kPeer], ElementsAre("a"));
  EXPECT_THAT(arrivals_.reports, ElementsAre("b"));
}

TEST_F(FaultyChannelTest, AHoldKeepsWhatIsSentThatWayUntilItsEndInOrder) {
  const auto hold = Begin(PortTrouble::kHold, {}, TroubleEnd::Worker(kPeer), 10ms);
  channel_.Send(kPeer, "a");
  channel_.Send(kOther, "x");
  RunFor(9ms);
  channel_.Send(kPeer, "b");
  channel_.SendToCoordinator("r");
  EXPECT_THAT(arrivals_.frames[kPeer], IsEmpty());
  EXPECT_THAT(arrivals_.frames[kOther], ElementsAre("x"));
  EXPECT_THAT(arrivals_.reports, ElementsAre("r"));
  EXPECT_EQ(feed_.met(hold), 2);
  EXPECT_EQ(feed_.waiting(hold), 2);
  feed_.End(hold);
  RunFor(1ms);
  channel_.Send(kPeer, "c");
  EXPECT_THAT(arrivals_.frames[kPeer], ElementsAre("a", "b", "c"));
  EXPECT_EQ(feed_.waiting(hold), 0);
}

TEST_F(FaultyChannelTest, AHoldToTheCoordinatorKeepsReports) {
  const auto hold = Begin(PortTrouble::kHold, {}, TroubleEnd::Coordinator(), 10ms);
  channel_.SendToCoordinator("a");
  channel_.SendToCoordinator("b");
  RunFor(9ms);
  EXPECT_THAT(arrivals_.reports, IsEmpty());
  RunFor(1ms);
  EXPECT_THAT(arrivals_.reports, ElementsAre("a", "b"));
  EXPECT_EQ(feed_.met(hold), 2);
  EXPECT_EQ(feed_.waiting(hold), 0);
}

TEST_F(FaultyChannelTest, ADelayKeepsTheOrderOfFramesAndNotOfReports) {
  const auto delay = Begin(PortTrouble::kDelay, {.by = 5ms});
  SendMany(200, 100us);
  RunFor(10ms);
  EXPECT_THAT(arrivals_.frames[kPeer], SizeIs(200));
  EXPECT_TRUE(std::ranges::is_sorted(arrivals_.frames[kPeer]));
  EXPECT_THAT(arrivals_.reports, SizeIs(200));
  EXPECT_FALSE(std::ranges::is_sorted(arrivals_.reports));
  EXPECT_EQ(feed_.met(delay), 400);
  EXPECT_EQ(feed_.waiting(delay), 0);
}

TEST_F(FaultyChannelTest, AFrameSentAfterADelayWaitsForThoseAheadOfIt) {
  const auto delay = Begin(PortTrouble::kDelay, {.by = 5ms});
  for (int i = 0; i < 20; ++i) channel_.Send(kPeer, "late");
  feed_.End(delay);
  channel_.Send(kPeer, "last");
  EXPECT_NE(arrivals_.frames[kPeer].size(), 21u);
  RunFor(5ms);
  ASSERT_THAT(arrivals_.frames[kPeer], SizeIs(21));
  EXPECT_EQ(arrivals_.frames[kPeer].back(), "last");
}

TEST_F(FaultyChannelTest, OnlyControlMessagesAreDoubled) {
  const auto duplicate = Begin(PortTrouble::kDuplicate, {.chance = 0.5});
  SendMany(200, 0us);
  EXPECT_THAT(arrivals_.frames[kPeer], SizeIs(200));
  EXPECT_EQ(arrivals_.reports.size(), 200u + static_cast<std::size_t>(feed_.met(duplicate)));
  EXPECT_NEAR(feed_.met(duplicate), 100, 30);
}

TEST_F(FaultyChannelTest, OnlyControlMessagesAreOvertaken) {
  const auto reorder = Begin(PortTrouble::kReorder, {.chance = 0.2, .by = 5ms});
  SendMany(200, 100us);
  EXPECT_THAT(arrivals_.frames[kPeer], SizeIs(200));
  RunFor(5ms);
  EXPECT_THAT(arrivals_.reports, SizeIs(200));
  EXPECT_FALSE(std::ranges::is_sorted(arrivals_.reports));
  EXPECT_NEAR(feed_.met(reorder), 40, 20);
  EXPECT_EQ(feed_.waiting(reorder), 0);
}

TEST_F(FaultyChannelTest, TheCoordinatorsEndIsHeldAndDoubledToo) {
  FaultyControlBus bus(arrivals_, kWorkers, feed_.Feed(), Timing(), Random(1));
  const TroublePath path{TroubleEnd::Coordinator(), TroubleEnd::Worker(kPeer)};
  feed_.Begin({PortTrouble::kHold, {}, path, scheduler_.Now() + 10ms});
  const auto duplicate = feed_.Begin({PortTrouble::kDuplicate, {.chance = 1}, path});
  bus.SendToWorker(kPeer, "a");
  bus.SendToWorker(kOther, "b");
  EXPECT_THAT(arrivals_.orders[kPeer], IsEmpty());
  EXPECT_THAT(arrivals_.orders[kOther], ElementsAre("b"));
  RunFor(10ms);
  EXPECT_THAT(arrivals_.orders[kPeer], ElementsAre("a", "a"));
  EXPECT_EQ(feed_.met(duplicate), 1);
}

TEST_F(FaultyChannelTest, WhatIsDrawnFollowsFromTheSeed) {
  const auto arrivals_with = [](std::uint64_t seed) {
    SimScheduler scheduler;
    MadeUpFeed feed;
    Arrivals arrivals;
    FaultyChannel channel(
        arrivals, kSelf, kWorkers, feed.Feed(),
        {scheduler,
         [&scheduler](Duration delay, std::function<void()> action) { scheduler.After(delay, std::move(action)); }},
        Random(seed));
    feed.Begin({PortTrouble::kReorder, {.chance = 0.5, .by = 5ms}, {}});
    for (int i = 0; i < 50; ++i) channel.SendToCoordinator(fmt::to_string(i));
    while (scheduler.RunOne()) {
    }
    return arrivals.reports;
  };
  EXPECT_EQ(arrivals_with(3), arrivals_with(3));
  EXPECT_NE(arrivals_with(3), arrivals_with(4));
}

}  // namespace
}  // namespace holdfast
