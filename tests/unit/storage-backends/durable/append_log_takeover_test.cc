// Two processes have one log: the lock of the first lapsed while it stood still, as a lease does, and the volume was
// given to a second. Simulation found that what the first wrote afterwards was answered as durable, although it was
// outside the log: it sent messages of units that the second never heard of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chaos/simulation/disk/inline_background.h"
#include "chaos/simulation/disk/sim_disk.h"
#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"

namespace holdfast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// A process on a machine of its own, with the log of worker 0.
struct Process {
  void Open(std::uint32_t incarnation) {
    store = MakeFilesystemAppendLogStore(disk, background, {});
    log = store->Open(WorkerId(0), Incarnation(incarnation), Lsn(1)).value();
  }
  // What becomes of a record: its position, or why it is not durable.
  std::string Store(std::string_view record) {
    std::string answer;
    log->Append(record);
    log->Flush([&](Result<Lsn> durable) {
      answer = durable.ok() ? fmt::format("{}", *durable) : durable.error().message;
      code = durable.ok() ? ErrorCode::kInternal : durable.error().code;
    });
    background.RunAll();
    return answer;
  }
  std::vector<std::string> Replay() {
    std::vector<std::string> records;
    log->Replay(Lsn(1),
                [&](Lsn, std::string_view record) {
                  records.emplace_back(record);
                  return Status();
                })
        .OrDie();
    return records;
  }

  SimDisk disk;
  InlineBackground background;
  std::unique_ptr<AppendLogStore> store;
  std::unique_ptr<AppendLog> log;
  ErrorCode code = ErrorCode::kInternal;
};

class AppendLogTakeoverTest : public testing::Test {
 protected:
  AppendLogTakeoverTest() {
    first_.Open(1);
    EXPECT_EQ(first_.Store("one"), "1");
    second_.disk.ShareVolume(first_.disk, "");
  }
  Process first_;
  Process second_;
};

TEST_F(AppendLogTakeoverTest, WhatTheFirstWritesAfterwardsIsFenced) {
  second_.Open(2);
  EXPECT_THAT(first_.Store("two"), HasSubstr("incarnation 2 has taken over log 'log/w0' of incarnation 1"));
  EXPECT_EQ(first_.code, ErrorCode::kFenced);
}

TEST_F(AppendLogTakeoverTest, TheSecondHasWhatWasDurableBeforeAndNothingElse) {
  second_.Open(2);
  first_.Store("two");
  EXPECT_THAT(second_.Replay(), ElementsAre("one"));
  EXPECT_EQ(second_.Store("another two"), "2");
  second_.log.reset();
  second_.Open(3);
  EXPECT_THAT(second_.Replay(), ElementsAre("one", "another two"));
}

// The second has laid down its claim and was cut short: the first cannot know what it has read.
TEST_F(AppendLogTakeoverTest, AClaimAloneFences) {
  ASSERT_TRUE(second_.disk.Create("log/w0/0000000002.claim").ok());
  EXPECT_THAT(first_.Store("two"), HasSubstr("incarnation 2 has taken over"));
}

TEST_F(AppendLogTakeoverTest, ClaimsThatWereLeftBehindAreTidiedUp) {
  ASSERT_TRUE(second_.disk.Create("log/w0/0000000002.claim").ok());
  second_.Open(3);
  for (const auto& name : second_.disk.List("log/w0").value()) EXPECT_THAT(name, Not(HasSubstr("claim")));
  EXPECT_EQ(second_.Store("two"), "2");
}

}  // namespace
}  // namespace holdfast
