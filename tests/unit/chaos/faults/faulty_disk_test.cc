#include "chaos/faults/faulty_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/disk/sim_disk.h"

namespace holdfast {
namespace {

class FaultyDiskTest : public testing::Test {
 protected:
  SimDisk inner_;
  FaultInjector faults_{1, {}, [](Duration) {}};
  FaultyDisk disk_{inner_, faults_};
};

TEST_F(FaultyDiskTest, EveryCallReachesTheDiskWhenAllIsWell) {
  ASSERT_TRUE(disk_.MakeFolder("x").ok());
  auto file = disk_.Create("x/a").value();
  ASSERT_TRUE(file->Append("0123").ok());
  ASSERT_TRUE(file->Sync("site").ok());
  ASSERT_TRUE(disk_.Rename("x/a", "x/b").ok());
  ASSERT_TRUE(disk_.RenameNew("x/b", "x/c").ok());
  ASSERT_TRUE(disk_.Truncate("x/c", 3).ok());
  ASSERT_TRUE(disk_.SyncDirectory("x", "site").ok());
  EXPECT_EQ(disk_.ReadRange("x/c", 1, 9).value(), "12");
  EXPECT_EQ(disk_.Size("x/c").value(), 3u);
  EXPECT_EQ(disk_.Read("x/c").value(), "012");
  EXPECT_TRUE(disk_.Lock("LOCK").ok());
  ASSERT_TRUE(disk_.Remove("x/c").ok());
  EXPECT_THAT(disk_.List("x").value(), testing::IsEmpty());
}

TEST_F(FaultyDiskTest, AFullDiskRefusesBytesAndNames) {
  auto file = disk_.Create("a").value();
  faults_.Change({.full = 1});
  EXPECT_EQ(file->Append("x").error().code, ErrorCode::kExhausted);
  EXPECT_EQ(disk_.Create("b").status().error().code, ErrorCode::kExhausted);
  EXPECT_EQ(disk_.Read("a").value(), "");
}

TEST_F(FaultyDiskTest, ALostSyncAnswerComesAfterTheSync) {
  auto file = disk_.Create("a").value();
  ASSERT_TRUE(disk_.SyncDirectory("", "site").ok());
  ASSERT_TRUE(file->Append("bytes").ok());
  faults_.Script({{faults_.calls() + 1, Fault::kLoseAnswer}});
  EXPECT_EQ(file->Sync("site").error().code, ErrorCode::kUnavailable);
  Random random(1);
  inner_.Crash(random, SimDisk::Loss::kEverything);
  EXPECT_EQ(inner_.Read("a").value(), "bytes");
}

}  // namespace
}  // namespace holdfast
