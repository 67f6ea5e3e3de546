#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "chaos/simulation/disk/inline_background.h"
#include "chaos/simulation/disk/sim_disk.h"
#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"
#include "storage-backends/durable/append-log/filesystem/segment.h"
#include "storage-backends/durable/sync_sites.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// A log of worker 0 whose bytes the tests change behind its back.
class AppendLogDamageTest : public testing::Test, protected DiskObserver {
 protected:
  static constexpr auto kFolder = "log/w0";

  Result<std::unique_ptr<AppendLog>> TryOpen(std::uint32_t incarnation) {
    store_.reset();
    store_ = MakeFilesystemAppendLogStore(disk_, background_, {.segment_bytes = segment_bytes_});
    return store_->Open(WorkerId(0), Incarnation(incarnation), Lsn(1));
  }
  std::unique_ptr<AppendLog> Open(std::uint32_t incarnation) { return TryOpen(incarnation).value(); }
  // Each record in a block of its own.
  void Store(AppendLog& log, const std::vector<std::string>& records) {
    for (const auto& record : records) {
      log.Append(record);
      Flush(log);
      background_.RunAll();
    }
  }
  void Flush(AppendLog& log) {
    log.Flush([this](Result<Lsn> durable) {
      answers_.push_back(durable.ok() ? fmt::format("{}", *durable) : durable.error().message);
    });
  }
  std::vector<std::string> Replay(AppendLog& log) {
    std::vector<std::string> records;
    const auto status = log.Replay(Lsn(1), [&](Lsn, std::string_view record) {
      records.emplace_back(record);
      return Status();
    });
    if (!status.ok()) records.push_back(status.error().message);
    return records;
  }
  std::vector<std::string> Segments() {
    std::vector<std::string> paths;
    for (const auto& name : disk_.List(kFolder).value()) {
      if (SegmentName::Parse(name)) paths.push_back(fmt::format("{}/{}", kFolder, name));
    }
    return paths;
  }
  // Puts other bytes in a file's place.
  void Rewrite(const std::string& path, const std::string& bytes) {
    ASSERT_TRUE(disk_.Remove(path).ok());
    ASSERT_TRUE(disk_.Create(path).value()->Append(bytes).ok());
  }
  void FlipByteOf(const std::string& path, std::string_view record) {
    auto bytes = disk_.Read(path).value();
    bytes[bytes.find(record)] ^= 1;
    Rewrite(path, bytes);
  }
  Status BeforeCall(const DiskCall& call) override {
    if (call.op != failing_op_) return {};
    ++failures_;
    return MakeError(ErrorCode::kDataLoss, "the device failed");
  }
  void Fail(DiskOp op) {
    failing_op_ = op;
    disk_.set_observer(this);
  }

  SimDisk disk_;
  InlineBackground background_;
  std::uint64_t segment_bytes_ = 1 << 20;
  std::unique_ptr<AppendLogStore> store_;
  std::vector<std::string> answers_;
  std::optional<DiskOp> failing_op_;
  int failures_ = 0;
};

TEST_F(AppendLogDamageTest, ATornTailIsCutOffWhereverItTears) {
  Store(*Open(1), {"first", "second"});
  const auto path = Segments().at(0);
  const auto whole = disk_.Read(path).value();
  const auto end_of_first = whole.size() - (24 + 4 + 6);
  for (auto size = end_of_first; size < whole.size(); ++size) {
    for (const auto& segment : Segments()) ASSERT_TRUE(disk_.Remove(segment).ok());
    ASSERT_TRUE(disk_.Create(path).value()->Append(whole.substr(0, size)).ok());
    EXPECT_THAT(Replay(*Open(2)), ElementsAre("first")) << size;
  }
}

TEST_F(AppendLogDamageTest, DamageBeforeTheTailIsReportedWithFileAndOffset) {
  Store(*Open(1), {"first", "second", "third"});
  FlipByteOf(Segments().at(0), "second");
  const auto opened = TryOpen(2);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kDataLoss);
  EXPECT_THAT(opened.error().message, HasSubstr(Segments().at(0)));
  EXPECT_THAT(opened.error().message, HasSubstr(fmt::format("offset {}", kPreambleSize + 24 + 4 + 5)));
}

TEST_F(AppendLogDamageTest, DamageInAnOlderSegmentIsReportedByTheReplayThatMeetsIt) {
  segment_bytes_ = 1;
  Store(*Open(1), {"first", "second", "third"});
  FlipByteOf(Segments().at(1), "second");
  auto log = Open(2);
  EXPECT_THAT(Replay(*log), ElementsAre("first", HasSubstr("damaged at offset")));
  EXPECT_TRUE(log->Replay(Lsn(3), [](Lsn, std::string_view) { return Status(); }).ok());
}

TEST_F(AppendLogDamageTest, ADamagedPreambleOfAUsedSegmentIsReported) {
  Store(*Open(1), {"first"});
  FlipByteOf(Segments().at(0), "HlfstLog");
  EXPECT_THAT(TryOpen(2).error().message, HasSubstr("its preamble is invalid"));
}

TEST_F(AppendLogDamageTest, AMissingSegmentIsMissedByWhoeverNeedsIt) {
  segment_bytes_ = 1;
  Store(*Open(1), {"first", "second", "third", "fourth"});
  ASSERT_TRUE(disk_.Remove(Segments().at(1)).ok());
  EXPECT_THAT(Replay(*Open(2)), ElementsAre(HasSubstr("1 was trimmed")));
}

TEST_F(AppendLogDamageTest, WhatAZombieAddsToItsOldSegmentIsOutsideTheLog) {
  Store(*Open(1), {"first", "second"});
  const auto zombies = Segments().at(0);
  Open(2);
  Rewrite(zombies, disk_.Read(zombies).value() + "a zombie was here");
  EXPECT_THAT(Replay(*Open(3)), ElementsAre("first", "second"));
}

TEST_F(AppendLogDamageTest, ASegmentThatAZombieBeganIsOutsideTheLog) {
  Store(*Open(1), {"first"});
  Open(3);
  BlockBuffer block;
  block.Add("a zombie was here");
  const SegmentId id{WorkerId(0), {Incarnation(1), Lsn(2)}};
  const auto path = fmt::format("{}/{}", kFolder, id.name.FileName());
  ASSERT_TRUE(disk_.Create(path).value()->Append(EncodePreamble(id, {}, {})).ok());
  EXPECT_THAT(Replay(*Open(4)), ElementsAre("first"));
  EXPECT_THAT(Segments(), testing::Not(testing::Contains(path))) << "and is cleared away";
}

TEST_F(AppendLogDamageTest, ALogStoredInARecordIsNotTakenForTheLog) {
  Store(*Open(1), {"first", "second"});
  const auto bytes = disk_.Read(Segments().at(0)).value();
  Store(*Open(2), {bytes});
  Rewrite(Segments().at(1), disk_.Read(Segments().at(1)).value().substr(0, kPreambleSize + 34 + 24 + bytes.size()));
  EXPECT_THAT(Replay(*Open(3)), ElementsAre("first", "second"));
}

TEST_F(AppendLogDamageTest, TheFirstFailedSyncEndsTheLogAndIsNeverRetried) {
  auto log = Open(1);
  Store(*log, {"first"});
  Fail(DiskOp::kSyncFile);
  log->Append("second");
  Flush(*log);
  Flush(*log);
  background_.RunAll();
  disk_.set_observer(nullptr);
  Store(*log, {"third"});
  EXPECT_THAT(answers_, ElementsAre("1", "the device failed", "the device failed", "the device failed"));
  EXPECT_EQ(failures_, 1);
  EXPECT_THAT(disk_.Read(Segments().at(0)).value(), testing::Not(HasSubstr("third")));
}

TEST_F(AppendLogDamageTest, AFullDiskEndsTheLogButNotWhatItHolds) {
  auto log = Open(1);
  Store(*log, {"first"});
  Fail(DiskOp::kAppend);
  Store(*log, {"second"});
  disk_.set_observer(nullptr);
  log.reset();
  log = Open(2);
  EXPECT_THAT(Replay(*log), ElementsAre("first"));
  EXPECT_EQ(log->Append("second again"), Lsn(2));
}

TEST_F(AppendLogDamageTest, AnotherProcessIsRefusedWhileTheLogIsHeld) {
  auto log = Open(1);
  const auto other = MakeFilesystemAppendLogStore(disk_, background_);
  const auto opened = other->Open(WorkerId(0), Incarnation(2), Lsn(1));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kRefused);
  EXPECT_THAT(opened.error().message, HasSubstr("held by process"));
  EXPECT_TRUE(other->Open(WorkerId(1), Incarnation(1), Lsn(1)).ok());
}

TEST_F(AppendLogDamageTest, TrimmedSegmentsAreRemoved) {
  segment_bytes_ = 1;
  auto log = Open(1);
  Store(*log, {"first", "second", "third", "fourth"});
  EXPECT_THAT(Segments(), SizeIs(4));
  log->Trim(Lsn(3));
  background_.RunAll();
  EXPECT_THAT(Segments(), SizeIs(2));
}

TEST_F(AppendLogDamageTest, OverlappingFlushesShareASync) {
  auto log = Open(1);
  log->Append("first");
  Flush(*log);
  for (int i = 0; i < 10; ++i) {
    log->Append("more");
    Flush(*log);
  }
  int jobs = 0;
  while (background_.RunOne()) ++jobs;
  EXPECT_EQ(jobs, 2);
  EXPECT_THAT(answers_, SizeIs(11));
}

}  // namespace
}  // namespace holdfast
