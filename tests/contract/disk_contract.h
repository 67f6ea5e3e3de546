// What every Disk promises a process that lives. What it promises one that dies is checked by the crash tests.
//
//   INSTANTIATE_TEST_SUITE_P(Posix, DiskContract, testing::Values(MakeDiskRig<PosixDiskRig>()));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/contract/disk_rigs.h"

namespace holdfast::contract {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DiskContract : public testing::TestWithParam<DiskRigFactory> {
 protected:
  std::string Read(std::string_view path) {
    auto bytes = disk().Read(path);
    return bytes.ok() ? *bytes : "error: " + bytes.error().message;
  }
  Disk& disk() { return rig_->disk(); }

 private:
  const std::unique_ptr<DiskRig> rig_ = GetParam()();
};

template <class Outcome>
ErrorCode CodeOf(const Outcome& outcome) {
  return outcome.error().code;
}

TEST_P(DiskContract, ReadsSeeWhatWasAppendedBeforeItIsSynced) {
  auto file = disk().Create("a").value();
  ASSERT_TRUE(file->Append("one,").ok());
  ASSERT_TRUE(file->Append("two").ok());
  EXPECT_EQ(Read("a"), "one,two");
  EXPECT_EQ(disk().Size("a").value(), 7u);
  EXPECT_TRUE(file->Sync("test").ok());
}

TEST_P(DiskContract, RangesEndWhereTheFileEnds) {
  WriteFile(disk(), "a", "0123456789");
  EXPECT_EQ(disk().ReadRange("a", 2, 3).value(), "234");
  EXPECT_EQ(disk().ReadRange("a", 8, 100).value(), "89");
  EXPECT_EQ(disk().ReadRange("a", 10, 1).value(), "");
  EXPECT_EQ(disk().ReadRange("a", 99, ~0ull).value(), "");
}

TEST_P(DiskContract, CreateNeverTouchesAnExistingFile) {
  WriteFile(disk(), "a", "old");
  EXPECT_EQ(CodeOf(disk().Create("a")), ErrorCode::kAlreadyExists);
  EXPECT_EQ(Read("a"), "old");
}

TEST_P(DiskContract, WhatDoesNotExistIsNotFoundByName) {
  EXPECT_EQ(CodeOf(disk().Read("a")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(disk().Size("a")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(disk().List("a")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(disk().Remove("a")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(disk().Rename("a", "b")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(disk().Create("folder/a")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(disk().SyncDirectory("folder", "test")), ErrorCode::kNotFound);
  EXPECT_THAT(disk().Read("the-name").error().message, HasSubstr("the-name"));
}

TEST_P(DiskContract, RenameReplacesItsTarget) {
  WriteFile(disk(), "a", "new");
  WriteFile(disk(), "b", "old");
  ASSERT_TRUE(disk().Rename("a", "b").ok());
  EXPECT_EQ(Read("b"), "new");
  EXPECT_THAT(disk().List("").value(), ElementsAre("b"));
}

TEST_P(DiskContract, RenameNewSparesItsTarget) {
  WriteFile(disk(), "a", "new");
  WriteFile(disk(), "b", "old");
  EXPECT_EQ(CodeOf(disk().RenameNew("a", "b")), ErrorCode::kAlreadyExists);
  EXPECT_EQ(Read("b"), "old");
  ASSERT_TRUE(disk().RenameNew("a", "c").ok());
  EXPECT_THAT(disk().List("").value(), ElementsAre("b", "c"));
}

TEST_P(DiskContract, FoldersNestAndListTheirOwnNamesSorted) {
  ASSERT_TRUE(disk().MakeFolder("x").ok());
  ASSERT_TRUE(disk().MakeFolder("x/y").ok());
  ASSERT_TRUE(disk().MakeFolder("x").ok()) << "making it again is no error";
  WriteFile(disk(), "x/b", "");
  WriteFile(disk(), "x/a", "");
  WriteFile(disk(), "x/y/c", "deep");
  EXPECT_THAT(disk().List("x").value(), ElementsAre("a", "b", "y"));
  EXPECT_EQ(Read("x/y/c"), "deep");
  EXPECT_TRUE(disk().SyncDirectory("x/y", "test").ok());
}

TEST_P(DiskContract, AFileIsNoFolderAndAFolderNoFile) {
  ASSERT_TRUE(disk().MakeFolder("folder").ok());
  WriteFile(disk(), "file", "");
  EXPECT_EQ(CodeOf(disk().List("file")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(disk().Create("file/a")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(disk().Read("folder")), ErrorCode::kRefused);
  EXPECT_EQ(CodeOf(disk().MakeFolder("file")), ErrorCode::kAlreadyExists);
}

TEST_P(DiskContract, OnlyEmptyFoldersAreRemoved) {
  ASSERT_TRUE(disk().MakeFolder("x").ok());
  WriteFile(disk(), "x/a", "");
  EXPECT_EQ(CodeOf(disk().Remove("x")), ErrorCode::kRefused);
  ASSERT_TRUE(disk().Remove("x/a").ok());
  ASSERT_TRUE(disk().Remove("x").ok());
  EXPECT_THAT(disk().List("").value(), IsEmpty());
}

TEST_P(DiskContract, TruncateCutsAndNeverGrows) {
  WriteFile(disk(), "a", "0123456789");
  ASSERT_TRUE(disk().Truncate("a", 4).ok());
  EXPECT_EQ(Read("a"), "0123");
  EXPECT_EQ(CodeOf(disk().Truncate("a", 5)), ErrorCode::kInvalidArgument);
}

TEST_P(DiskContract, AnOpenFileOutlivesItsName) {
  auto file = disk().Create("a").value();
  ASSERT_TRUE(file->Append("one").ok());
  ASSERT_TRUE(disk().Rename("a", "b").ok());
  ASSERT_TRUE(file->Append(",two").ok());
  EXPECT_EQ(Read("b"), "one,two");
  ASSERT_TRUE(disk().Remove("b").ok());
  EXPECT_TRUE(file->Append("three").ok());
}

TEST_P(DiskContract, ALockIsHeldByOneUntilItIsGone) {
  auto lock = disk().Lock("LOCK").value();
  const auto second = disk().Lock("LOCK");
  EXPECT_EQ(CodeOf(second), ErrorCode::kRefused);
  EXPECT_THAT(second.error().message, testing::ContainsRegex("held by process [0-9]+"));
  lock.reset();
  EXPECT_TRUE(disk().Lock("LOCK").ok());
}

}  // namespace holdfast::contract
