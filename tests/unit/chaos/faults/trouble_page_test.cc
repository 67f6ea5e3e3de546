#include "chaos/faults/trouble_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/faults/faulty_disk.h"
#include "chaos/simulation/disk/sim_disk.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class TroublePageTest : public testing::Test {
 protected:
  TroubleTicket Begin(const TroubleOrder& order) { return ours_.Begin(order).value(); }

  TemporaryFolder folder_;
  const std::string path_ = folder_ / "troubles";
  TroublePage ours_ = TroublePage::Create(path_).value();
  TroublePage theirs_ = TroublePage::Open(path_).value();
};

TEST_F(TroublePageTest, ADiskFailsAsLongAsItsTroubleHoldsAndTellsThatItMetIt) {
  SimDisk real;
  Duration slept{};
  FaultInjector faults(
      1, [&](Duration time) { slept += time; }, theirs_.OfDisk());
  FaultyDisk disk(real, faults);
  int files = 0;
  const auto create = [&] { return disk.Create(fmt::format("file-{}", ++files)).status(); };
  EXPECT_TRUE(create().ok());
  const auto errors = Begin({PortTrouble::kDiskErrors, {.chance = 1}});
  EXPECT_EQ(create().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(ours_.met(errors), 1u);
  ours_.End(errors);
  const auto full = Begin({PortTrouble::kDiskFull, {.chance = 1}});
  EXPECT_EQ(create().error().code, ErrorCode::kExhausted);
  EXPECT_TRUE(disk.List("").ok());
  EXPECT_EQ(ours_.met(full), 1u) << "reading does not meet it";
  ours_.End(full);
  const auto slow = Begin({PortTrouble::kSlowDisk, {.by = 3ms}});
  EXPECT_TRUE(create().ok());
  EXPECT_EQ(slept, 3ms);
  ours_.End(slow);
  EXPECT_TRUE(create().ok());
  EXPECT_EQ(slept, 3ms);
}

TEST_F(TroublePageTest, TroublesThatHoldTogetherShareTheCalls) {
  FaultInjector faults(
      1, [](Duration) {}, theirs_.OfDisk());
  const auto errors = Begin({PortTrouble::kDiskErrors, {.chance = 0.7}});
  Begin({PortTrouble::kSlowDisk, {.chance = 1, .by = 1ms}});
  for (int i = 0; i < 1000; ++i) EXPECT_NE(faults.Next(true), Fault::kNone);
  EXPECT_NEAR(static_cast<double>(ours_.met(errors)), 700, 60);
}

TEST_F(TroublePageTest, FunctionsHaveTheirOwn) {
  FaultInjector faults(
      1, [](Duration) {}, theirs_.OfFunctions());
  Begin({PortTrouble::kDiskErrors, {.chance = 1}});
  EXPECT_EQ(faults.Next(false), Fault::kNone);
  Begin({PortTrouble::kWrongReplies, {.chance = 1}});
  EXPECT_EQ(faults.Next(false), Fault::kWrongReply);
}

TEST_F(TroublePageTest, RepliesAreLostAndCounted) {
  FaultInjector faults(
      1, [](Duration) {}, theirs_.OfReplies());
  Begin({PortTrouble::kFunctionErrors, {.chance = 1}});
  EXPECT_EQ(faults.Next(false), Fault::kNone);
  const auto one = Begin({PortTrouble::kDropReplies, {.chance = 0.75}});
  Begin({PortTrouble::kDropReplies, {.chance = 0.75}});
  EXPECT_EQ(faults.Next(false), Fault::kLoseAnswer) << "together they are sure to";
  EXPECT_EQ(ours_.met(one), 1u);
}

TEST_F(TroublePageTest, TwoOfAKindAddUpAndAreToldApartOnceOneIsOver) {
  const auto chance = [feed = theirs_.OfDisk()] { return feed.now().fail; };
  const auto first = Begin({PortTrouble::kDiskErrors, {.chance = 0.25}});
  const auto second = Begin({PortTrouble::kDiskErrors, {.chance = 0.5}});
  EXPECT_EQ(chance(), 0.75);
  theirs_.Met(PortTrouble::kDiskErrors);
  ours_.End(first);
  EXPECT_EQ(chance(), 0.5);
  theirs_.Met(PortTrouble::kDiskErrors);
  EXPECT_EQ(ours_.met(first), 1u);
  EXPECT_EQ(ours_.met(second), 2u);
  ours_.End(second);
  theirs_.Met(PortTrouble::kDiskErrors);
  EXPECT_EQ(ours_.met(second), 3u) << "what it befell was under way when it ended";
}

constexpr auto kWorker1 = TroubleEnd::Worker(WorkerId(1));
constexpr auto kWorker2 = TroubleEnd::Worker(WorkerId(2));
constexpr auto kBoss = TroubleEnd::Coordinator();
constexpr auto kAll = TroubleEnd::Everything();

TEST_F(TroublePageTest, APathIsToldWhatHoldsOnItAndOnNoOther) {
  const auto feed = theirs_.OfPaths();
  const auto delay = Begin({PortTrouble::kDelay, {.by = 3ms}, {kWorker1, kAll}});
  const auto slow = Begin({PortTrouble::kSlowSink, {.by = 4ms}, {kAll, TroubleEnd::Sink()}});
  const auto on = [&](TroubleEnd from, TroubleEnd to) {
    std::vector<TroubleTicket> tickets;
    for (const auto& [ticket, order] : feed.now({from, to})) tickets.push_back(ticket);
    return tickets;
  };
  EXPECT_THAT(on(kWorker1, kWorker2), ElementsAre(delay));
  EXPECT_THAT(on(kWorker1, kBoss), ElementsAre(delay));
  EXPECT_THAT(on(kWorker2, kWorker1), ElementsAre());
  EXPECT_THAT(on(kWorker1, TroubleEnd::Sink()), ElementsAre(slow));
  EXPECT_EQ(feed.now({kWorker1, kWorker2}).front().order.size.by, 3ms);
  ours_.End(delay);
  EXPECT_THAT(on(kWorker1, kWorker2), ElementsAre());
}

TEST_F(TroublePageTest, WhatWaitsIsCountedAndLostWithTheProcess) {
  const auto feed = theirs_.OfPaths();
  const auto delay = Begin({PortTrouble::kDelay, {.by = 3ms}, {kWorker1, kWorker2}});
  for (int i = 0; i < 5; ++i) feed.met(delay), feed.waiting(delay, 1);
  feed.waiting(delay, -1);
  EXPECT_EQ(ours_.met(delay), 5u);
  EXPECT_EQ(ours_.waiting(delay), 4u);
  EXPECT_EQ(ours_.lost(delay), 0u);
  ours_.NewLife();
  EXPECT_EQ(ours_.waiting(delay), 0u);
  EXPECT_EQ(ours_.lost(delay), 4u);
}

TEST_F(TroublePageTest, AHoldBefallsTheProcessThatRanWhenItBegan) {
  const auto hold = Begin({PortTrouble::kHold, {}, {kWorker1, kAll}, {50}});
  Begin({PortTrouble::kDelay, {.by = 1ms}, {kWorker1, kAll}});
  const auto before = theirs_.OfPaths().now({kWorker1, kWorker2});
  ASSERT_EQ(before.size(), 2u);
  EXPECT_EQ(before[0].ticket, hold);
  EXPECT_EQ(before[0].order.until, SteadyTime{50});
  ours_.NewLife();
  auto next = TroublePage::Open(path_).value();
  const auto after = next.OfPaths().now({kWorker1, kWorker2});
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].order.trouble, PortTrouble::kDelay);
}

TEST_F(TroublePageTest, TheRoomOfThoseThatAreOverIsUsedAgain) {
  const auto first = Begin({PortTrouble::kDiskErrors, {.chance = 0}});
  std::vector<TroubleTicket> others;
  for (auto begun = ours_.Begin({PortTrouble::kSlowDisk}); begun.ok(); begun = ours_.Begin({PortTrouble::kSlowDisk})) {
    others.push_back(*begun);
  }
  EXPECT_GE(others.size(), 60u);
  EXPECT_THAT(ours_.Begin({PortTrouble::kSlowDisk}).status().error().message, HasSubstr("64 troubles hold already"));
  ours_.End(others[7]);
  const auto late = Begin({PortTrouble::kDiskFull, {.chance = 1}});
  theirs_.Met(PortTrouble::kDiskFull);
  EXPECT_EQ(ours_.met(late), 1u);
  EXPECT_EQ(ours_.met(others[7]), 0u) << "nobody remembers it";
  ours_.End(others[7]);
  EXPECT_EQ(theirs_.OfDisk().now().full, 1) << "a ticket of what is forgotten ends nothing";
  EXPECT_NE(late, first);
}

class SteadfastClock final : public Clock {
 public:
  SteadyTime Now() const override { return {7}; }
  AppTime AppNow() const override { return {1'000}; }
};

TEST_F(TroublePageTest, AClockThatIsSetStaysSoAlsoForTheNextProcess) {
  const SteadfastClock real;
  const TroubledClock clock(real, theirs_);
  EXPECT_EQ(clock.AppNow(), AppTime{1'000});
  const auto forward = Begin({PortTrouble::kClockForward, {.by = 50ms}});
  EXPECT_EQ(clock.AppNow(), AppTime{1'050});
  EXPECT_EQ(clock.AppNow(), AppTime{1'050});
  EXPECT_EQ(ours_.met(forward), 1u);
  const auto back = Begin({PortTrouble::kClockBack, {.by = 70ms}});
  EXPECT_EQ(clock.AppNow(), AppTime{980});
  EXPECT_EQ(ours_.met(back), 1u);
  EXPECT_EQ(clock.Now(), SteadyTime{7});
  ours_.End(back);
  auto next = TroublePage::Open(path_).value();
  EXPECT_EQ(TroubledClock(real, next).AppNow(), AppTime{980});
}

TEST_F(TroublePageTest, AFileThatIsNoPageIsRefused) {
  EXPECT_THAT(TroublePage::Open(folder_ / "none").status().error().message, HasSubstr("as a page of troubles"));
  EXPECT_THAT(TroublePage::Create(path_).status().error().message, HasSubstr("File exists"));
}

}  // namespace
}  // namespace holdfast
