#include "chaos/faults/killing_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "chaos/simulation/disk/sim_disk.h"
#include "tests/support/temporary_folder.h"

namespace holdfast {
namespace {

using testing::HasSubstr;

class KillingDiskTest : public testing::Test {
 protected:
  std::string path() const { return folder_ / "switch"; }

  TemporaryFolder folder_;
  KillSwitch ours_ = KillSwitch::Create(path()).value();
  KillSwitch theirs_ = KillSwitch::Open(path()).value();
  SimDisk inner_;
  int deaths_ = 0;
  SteadyTime now_{17};
  KillingDisk disk_{inner_, theirs_, [this] { return now_; }, [this] { ++deaths_; }};
};

TEST_F(KillingDiskTest, ItDiesWhenTheNthCallOfTheSiteBegins) {
  const auto order = ours_.Arm("object.name", 2).value();
  auto file = disk_.Create("a").value();
  ASSERT_TRUE(file->Sync("object.file").ok());
  ASSERT_TRUE(disk_.SyncDirectory("", "object.name").ok());
  EXPECT_EQ(deaths_, 0);
  EXPECT_FALSE(ours_.TakeStrike().has_value());
  now_ = SteadyTime{18};
  ASSERT_TRUE(file->Sync("object.name").ok());
  EXPECT_EQ(deaths_, 1);
  ASSERT_TRUE(disk_.SyncDirectory("", "object.name").ok());
  EXPECT_EQ(deaths_, 1);
  const auto strike = ours_.TakeStrike();
  ASSERT_TRUE(strike.has_value());
  EXPECT_EQ(strike->order, order);
  EXPECT_EQ(strike->at, SteadyTime{18});
  EXPECT_FALSE(ours_.TakeStrike().has_value());
}

TEST_F(KillingDiskTest, TheNextProcessCountsOn) {
  ours_.Arm("log.block", 3).value();
  EXPECT_FALSE(theirs_.Strikes("log.block", now_));
  theirs_ = KillSwitch::Open(path()).value();
  EXPECT_FALSE(theirs_.Strikes("log.block", now_));
  EXPECT_TRUE(theirs_.Strikes("log.block", now_));
}

TEST_F(KillingDiskTest, WhatIsDisarmedDoesNotStrike) {
  ours_.Arm("log.block", 1).value();
  ours_.Disarm();
  EXPECT_FALSE(theirs_.Strikes("log.block", now_));
  EXPECT_EQ(ours_.Arm("log.block", 1).value(), 1u);
  EXPECT_TRUE(theirs_.Strikes("log.block", now_));
}

TEST_F(KillingDiskTest, OrdersWaitBesideEachOtherUpToABound) {
  for (std::size_t i = 0; i < KillSwitch::kOrders; ++i) ASSERT_TRUE(ours_.Arm("a", i + 1).ok());
  EXPECT_EQ(ours_.Arm("a", 1).status().error().code, ErrorCode::kExhausted);
  for (std::size_t i = 0; i < KillSwitch::kOrders; ++i) EXPECT_TRUE(theirs_.Strikes("a", now_));
}

TEST_F(KillingDiskTest, AFileThatIsNoSwitchIsRefused) {
  std::ofstream(folder_ / "other") << "text";
  EXPECT_THAT(KillSwitch::Open(folder_ / "other").status().error().message, HasSubstr("as a kill switch"));
  EXPECT_FALSE(KillSwitch::Open(folder_ / "none").ok());
  EXPECT_FALSE(KillSwitch::Create(path()).ok());
}

TEST_F(KillingDiskTest, EveryCallReachesTheDisk) {
  ASSERT_TRUE(disk_.MakeFolder("x").ok());
  auto file = disk_.Create("x/a").value();
  ASSERT_TRUE(file->Append("0123").ok());
  ASSERT_TRUE(file->Sync("site").ok());
  ASSERT_TRUE(disk_.Rename("x/a", "x/b").ok());
  ASSERT_TRUE(disk_.RenameNew("x/b", "x/c").ok());
  ASSERT_TRUE(disk_.Truncate("x/c", 3).ok());
  EXPECT_EQ(disk_.ReadRange("x/c", 1, 9).value(), "12");
  EXPECT_EQ(disk_.Size("x/c").value(), 3u);
  EXPECT_EQ(disk_.Read("x/c").value(), "012");
  EXPECT_TRUE(disk_.Lock("LOCK").ok());
  ASSERT_TRUE(disk_.Remove("x/c").ok());
  EXPECT_THAT(disk_.List("x").value(), testing::IsEmpty());
}

}  // namespace
}  // namespace holdfast
