#include "chaos/simulation/disk/sim_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace holdfast {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using Loss = SimDisk::Loss;

class SimDiskTest : public testing::Test {
 protected:
  // A durable, empty file.
  static std::unique_ptr<DiskFile> MakeDurable(SimDisk& disk, std::string_view path) {
    auto file = disk.Create(path).value();
    disk.SyncDirectory("", "test").OrDie();
    return file;
  }
  static void Crash(SimDisk& disk, Loss loss, std::uint64_t seed = 1) {
    Random random(seed);
    disk.Crash(random, loss);
  }
  // What a file may be after a random crash, over many seeds. "-": not there.
  static std::set<std::string> Fates(const std::function<void(SimDisk&)>& history, std::string_view path = "a") {
    std::set<std::string> fates;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      SimDisk disk;
      history(disk);
      Crash(disk, Loss::kRandom, seed);
      const auto bytes = disk.Read(path);
      fates.insert(bytes.ok() ? *bytes : "-");
    }
    return fates;
  }

  SimDisk disk_;
};

TEST_F(SimDiskTest, BytesThatWereNotSyncedAreLost) {
  auto file = MakeDurable(disk_, "a");
  ASSERT_TRUE(file->Append("kept").ok());
  ASSERT_TRUE(file->Sync("test").ok());
  ASSERT_TRUE(file->Append(" and lost").ok());
  Crash(disk_, Loss::kEverything);
  EXPECT_EQ(disk_.Read("a").value(), "kept");
}

TEST_F(SimDiskTest, ASyncedFileWhoseFolderWasNotIsLost) {
  auto file = disk_.Create("a").value();
  ASSERT_TRUE(file->Append("bytes").ok());
  ASSERT_TRUE(file->Sync("test").ok());
  Crash(disk_, Loss::kEverything);
  EXPECT_THAT(disk_.List("").value(), IsEmpty());
}

TEST_F(SimDiskTest, AFolderThatWasNotSyncedTakesItsFilesAlong) {
  ASSERT_TRUE(disk_.MakeFolder("x").ok());
  ASSERT_TRUE(disk_.Create("x/a").ok());
  ASSERT_TRUE(disk_.SyncDirectory("x", "test").ok());
  Crash(disk_, Loss::kEverything);
  EXPECT_EQ(disk_.List("x").error().code, ErrorCode::kNotFound);
}

TEST_F(SimDiskTest, RemovedFilesComeBackUnlessTheFolderWasSynced) {
  MakeDurable(disk_, "a");
  MakeDurable(disk_, "b");
  ASSERT_TRUE(disk_.Remove("a").ok());
  ASSERT_TRUE(disk_.SyncDirectory("", "test").ok());
  ASSERT_TRUE(disk_.Remove("b").ok());
  Crash(disk_, Loss::kEverything);
  EXPECT_THAT(disk_.List("").value(), ElementsAre("b"));
}

TEST_F(SimDiskTest, ACrashKeepsAPrefixOfTheLastBytesPossiblyWithHoles) {
  const auto fates = Fates([](SimDisk& disk) { ASSERT_TRUE(MakeDurable(disk, "a")->Append("xyz").ok()); });
  EXPECT_THAT(fates, AllOf(Contains(""), Contains("x"), Contains("xy"), Contains("xyz"), Contains(std::string(3, 0))));
  for (const auto& fate : fates) {
    EXPECT_TRUE(std::string_view("xyz").starts_with(fate) || fate == std::string(fate.size(), 0)) << fate;
  }
}

TEST_F(SimDiskTest, ARenameIsAtomicForItsTargetAndIndependentForItsSource) {
  std::set<std::string> sources;
  const auto history = [](SimDisk& disk) {
    auto old_file = MakeDurable(disk, "target");
    ASSERT_TRUE(old_file->Append("old").ok() && old_file->Sync("test").ok());
    auto new_file = MakeDurable(disk, "source");
    ASSERT_TRUE(new_file->Append("new").ok() && new_file->Sync("test").ok());
    ASSERT_TRUE(disk.Rename("source", "target").ok());
  };
  EXPECT_THAT(Fates(history, "target"), ElementsAre("new", "old"));
  EXPECT_THAT(Fates(history, "source"), ElementsAre("-", "new"));
}

TEST_F(SimDiskTest, AKilledProcessLosesItsLocksButNoBytes) {
  auto file = MakeDurable(disk_, "a");
  auto lock = disk_.Lock("LOCK").value();
  ASSERT_TRUE(file->Append("bytes").ok());
  disk_.KillProcess();
  EXPECT_EQ(disk_.Read("a").value(), "bytes");
  auto successor = disk_.Lock("LOCK").value();
  lock.reset();
  EXPECT_FALSE(disk_.Lock("LOCK").ok()) << "a dead process's handle must not release the successor's lock";
  Crash(disk_, Loss::kEverything);
  EXPECT_EQ(disk_.Read("a").value(), "") << "the bytes were readable, never durable";
}

TEST_F(SimDiskTest, ASkippedSyncSiteReportsSuccessAndDoesNothing) {
  disk_.SkipSync("this");
  auto file = MakeDurable(disk_, "a");
  ASSERT_TRUE(file->Append("x").ok() && file->Sync("other").ok());
  ASSERT_TRUE(file->Append("y").ok() && file->Sync("this").ok());
  ASSERT_TRUE(disk_.Create("b").ok() && disk_.SyncDirectory("", "this").ok());
  Crash(disk_, Loss::kEverything);
  EXPECT_EQ(disk_.Read("a").value(), "x");
  EXPECT_THAT(disk_.List("").value(), ElementsAre("a"));
}

// Answers one kind of call with an error, and notes all others.
class Saboteur final : public DiskObserver {
 public:
  explicit Saboteur(DiskOp op) : op_(op) {}
  Status BeforeCall(const DiskCall& call) override {
    seen.push_back(fmt::format("{}|{}|{}", call.path, call.detail, call.site));
    return call.op == op_ ? Status(MakeError(ErrorCode::kExhausted, "disk full")) : Status();
  }
  std::vector<std::string> seen;

 private:
  const DiskOp op_;
};

TEST_F(SimDiskTest, TheObserverSeesEveryCallBeforeItHappens) {
  Saboteur saboteur(DiskOp::kCreate);
  disk_.set_observer(&saboteur);
  EXPECT_EQ(disk_.Create("a").error().message, "disk full");
  EXPECT_EQ(disk_.Rename("a", "b").error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(disk_.SyncDirectory("", "site").ok());
  EXPECT_THAT(disk_.List("").value(), IsEmpty());
  EXPECT_THAT(saboteur.seen, ElementsAre("a||", "a|b|", "||site", "||"));
}

TEST_F(SimDiskTest, WhatIsReadMayBeDamagedAndWhatIsKeptIsNot) {
  struct Flipper final : DiskObserver {
    Status BeforeCall(const DiskCall&) override { return {}; }
    void AfterRead(std::string_view, std::string& bytes) override { bytes.at(0) ^= 1; }
  } flipper;
  MakeDurable(disk_, "a")->Append("abc").OrDie();
  disk_.set_observer(&flipper);
  EXPECT_EQ(disk_.Read("a").value(), "`bc");
  EXPECT_EQ(disk_.ReadRange("a", 1, 2).value(), "cc");
  disk_.set_observer(nullptr);
  EXPECT_EQ(disk_.Read("a").value(), "abc");
}

TEST_F(SimDiskTest, AFailedAppendLeavesHalfItsBytes) {
  auto file = MakeDurable(disk_, "a");
  Saboteur saboteur(DiskOp::kAppend);
  disk_.set_observer(&saboteur);
  EXPECT_FALSE(file->Append("0123").ok());
  EXPECT_EQ(disk_.Read("a").value(), "01");
}

TEST_F(SimDiskTest, BytesOfAFailedSyncAreLostEvenIfALaterSyncSucceeds) {
  auto file = MakeDurable(disk_, "a");
  Saboteur saboteur(DiskOp::kSyncFile);
  ASSERT_TRUE(file->Append("one").ok());
  disk_.set_observer(&saboteur);
  EXPECT_FALSE(file->Sync("test").ok());
  disk_.set_observer(nullptr);
  ASSERT_TRUE(file->Append("two").ok());
  EXPECT_TRUE(file->Sync("test").ok());
  EXPECT_EQ(disk_.Read("a").value(), "onetwo");
  Crash(disk_, Loss::kEverything);
  EXPECT_EQ(disk_.Read("a").value(), std::string("\0\0\0two", 6));
}

TEST_F(SimDiskTest, TwoMachinesSeeAndChangeTheFilesOfOneVolume) {
  disk_.MakeFolder("volume").OrDie();
  disk_.MakeFolder("own").OrDie();
  const auto file = disk_.Create("volume/a").value();
  SimDisk other;
  other.ShareVolume(disk_, "own");
  file->Append("late").OrDie();
  other.Create("volume/b").value()->Append("new").OrDie();
  EXPECT_EQ(other.Read("volume/a").value(), "late");
  EXPECT_EQ(disk_.Read("volume/b").value(), "new");
  EXPECT_EQ(other.List("").value(), std::vector<std::string>{"volume"});
}

TEST_F(SimDiskTest, ALockOfASharedVolumeIsNotSharedAndFilesOutliveTheOtherMachine) {
  disk_.MakeFolder("volume").OrDie();
  const auto lock = disk_.Lock("volume/LOCK").value();
  const auto file = disk_.Create("volume/a").value();
  disk_.SyncDirectory("volume", "test").OrDie();
  SimDisk other;
  other.ShareVolume(disk_, "");
  EXPECT_TRUE(other.Lock("volume/LOCK").ok());
  Crash(other, Loss::kRandom);
  EXPECT_TRUE(file->Append("still there").ok());
  EXPECT_EQ(disk_.Read("volume/a").value(), "still there");
}

TEST_F(SimDiskTest, ACrashWithTheSameSeedLeavesTheSameDisk) {
  const auto leftovers = [](std::uint64_t seed) {
    SimDisk disk;
    for (const auto* name : {"a", "b", "c", "d"}) EXPECT_TRUE(disk.Create(name).value()->Append("0123456789").ok());
    Crash(disk, Loss::kRandom, seed);
    std::string all;
    for (const auto& name : disk.List("").value()) all += name + disk.Read(name).value();
    return all;
  };
  EXPECT_EQ(leftovers(5), leftovers(5));
  EXPECT_NE(leftovers(5), leftovers(6));
}

}  // namespace
}  // namespace holdfast
