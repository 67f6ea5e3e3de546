// What every AppendLogStore and its logs promise a process that lives, and one that is rebuilt from what was durable.
//
//   INSTANTIATE_TEST_SUITE_P(Memory, AppendLogContract, testing::Values(AppendLogRigFactory([] { ... })));
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "chaos/simulation/disk/inline_background.h"
#include "core/ports/append_log.h"

namespace holdfast::contract {

using testing::ElementsAre;
using testing::IsEmpty;

class AppendLogRig {
 public:
  virtual ~AppendLogRig() = default;
  virtual AppendLogStore& store() = 0;
  // The process ends and another begins: what was not durable may be gone. Logs were destroyed before.
  virtual void Restart() = 0;
  InlineBackground& background() { return background_; }

 private:
  InlineBackground background_;
};

using AppendLogRigFactory = std::function<std::unique_ptr<AppendLogRig>()>;

class AppendLogContract : public testing::TestWithParam<AppendLogRigFactory> {
 protected:
  std::unique_ptr<AppendLog> Open(std::uint32_t incarnation, std::uint64_t next = 1, std::uint16_t worker = 0) {
    return rig_->store().Open(WorkerId(worker), Incarnation(incarnation), Lsn(next)).value();
  }
  ErrorCode OpenError(std::uint32_t incarnation) {
    return rig_->store().Open(WorkerId(0), Incarnation(incarnation), Lsn(1)).status().error().code;
  }
  void Flush(AppendLog& log) {
    log.Flush([this](Result<Lsn> durable) { answers_.push_back(Text(durable)); });
  }
  // Appends, flushes and waits.
  void Store(AppendLog& log, const std::vector<std::string>& records) {
    for (const auto& record : records) log.Append(record);
    Flush(log);
    RunJobs();
  }
  void RunJobs() { rig_->background().RunAll(); }
  void Restart() { rig_->Restart(); }
  // "lsn:record" of every record from `from` on.
  static std::vector<std::string> Replay(AppendLog& log, std::uint64_t from = 1) {
    std::vector<std::string> records;
    const auto status = log.Replay(Lsn(from), [&](Lsn lsn, std::string_view record) {
      records.push_back(fmt::format("{}:{}", lsn, record));
      return Status();
    });
    if (!status.ok()) records.push_back(std::string(ErrorCodeName(status.error().code)));
    return records;
  }
  static std::string Text(const Result<Lsn>& durable) {
    return durable.ok() ? fmt::format("{}", *durable) : std::string(ErrorCodeName(durable.error().code));
  }

  const std::unique_ptr<AppendLogRig> rig_ = GetParam()();
  std::vector<std::string> answers_;  // Of Flush, in the order they came.
};

TEST_P(AppendLogContract, RecordsGetConsecutivePositionsAndComeBackInOrder) {
  auto log = Open(1);
  EXPECT_EQ(log->tail(), Lsn(0));
  EXPECT_EQ(log->Append("a"), Lsn(1));
  EXPECT_EQ(log->Append(""), Lsn(2));
  EXPECT_EQ(log->Append(std::string("\0b", 2)), Lsn(3));
  EXPECT_EQ(log->tail(), Lsn(3));
  Flush(*log);
  RunJobs();
  log.reset();
  log = Open(2);
  EXPECT_EQ(log->tail(), Lsn(3));
  EXPECT_THAT(Replay(*log), ElementsAre("1:a", "2:", std::string("3:\0b", 4)));
  EXPECT_THAT(Replay(*log, 3), ElementsAre(std::string("3:\0b", 4)));
  EXPECT_THAT(Replay(*log, 4), IsEmpty());
}

TEST_P(AppendLogContract, NothingIsAnsweredBeforeItsJobRan) {
  auto log = Open(1);
  log->Append("a");
  Flush(*log);
  EXPECT_THAT(answers_, IsEmpty());
  RunJobs();
  EXPECT_THAT(answers_, ElementsAre("1"));
}

TEST_P(AppendLogContract, OverlappingFlushesAreAllAnsweredInOrder) {
  auto log = Open(1);
  log->Append("a");
  Flush(*log);
  log->Append("b");
  Flush(*log);
  Flush(*log);
  log->Append("c");
  RunJobs();
  ASSERT_EQ(answers_.size(), 3u);
  EXPECT_EQ(answers_[0], "1");
  EXPECT_THAT(answers_[1], testing::AnyOf("2", "3"));
  EXPECT_EQ(answers_[1], answers_[2]);
  Flush(*log);
  RunJobs();
  EXPECT_EQ(answers_.back(), "3");
}

TEST_P(AppendLogContract, FlushingNothingIsAnsweredToo) {
  auto log = Open(1);
  Flush(*log);
  RunJobs();
  Store(*log, {"a"});
  Flush(*log);
  RunJobs();
  EXPECT_THAT(answers_, ElementsAre("0", "1", "1"));
}

TEST_P(AppendLogContract, WhatWasAnsweredSurvivesARestartAndTheRestMayNot) {
  auto log = Open(1);
  Store(*log, {"a", "b"});
  log->Append("c");
  log.reset();
  Restart();
  log = Open(2);
  EXPECT_THAT(Replay(*log), ElementsAre("1:a", "2:b"));
  EXPECT_EQ(log->Append("d"), Lsn(3));
}

TEST_P(AppendLogContract, ManyIncarnationsMakeOneLog) {
  for (std::uint32_t incarnation = 1; incarnation <= 5; ++incarnation) {
    auto log = Open(incarnation * 2);
    Store(*log, {fmt::format("{}a", incarnation), fmt::format("{}b", incarnation)});
    log.reset();
    Restart();
    log = Open(incarnation * 2 + 1);  // Adds nothing.
    log.reset();
    Restart();
  }
  EXPECT_THAT(Replay(*Open(99)),
              ElementsAre("1:1a", "2:1b", "3:2a", "4:2b", "5:3a", "6:3b", "7:4a", "8:4b", "9:5a", "10:5b"));
}

TEST_P(AppendLogContract, AZombieIsFencedAndItsRecordsNeverCount) {
  auto zombie = Open(1);
  Store(*zombie, {"a"});
  zombie->Append("zombie");
  Flush(*zombie);
  auto log = Open(2);
  RunJobs();
  EXPECT_THAT(answers_, ElementsAre("1", "fenced"));
  Flush(*zombie);
  RunJobs();
  EXPECT_EQ(answers_.back(), "fenced");
  EXPECT_THAT(Replay(*log), ElementsAre("1:a"));
  Store(*log, {"b"});
  log.reset();
  EXPECT_THAT(Replay(*Open(3)), ElementsAre("1:a", "2:b"));
}

TEST_P(AppendLogContract, AnIncarnationThatIsNotNewerCannotOpen) {
  Open(3);
  EXPECT_EQ(OpenError(2), ErrorCode::kFenced);
  EXPECT_EQ(OpenError(3), ErrorCode::kFenced);
  Restart();
  EXPECT_EQ(OpenError(3), ErrorCode::kFenced);
  Open(4);
}

TEST_P(AppendLogContract, ALogThatEndsTooEarlyBeginsWhereItsOpenerSays) {
  auto log = Open(1);
  Store(*log, {"a", "b"});
  log = Open(2, 3);
  EXPECT_THAT(Replay(*log), ElementsAre("1:a", "2:b"));
  log = Open(3, 100);
  EXPECT_EQ(log->tail(), Lsn(99));
  EXPECT_THAT(Replay(*log, 100), IsEmpty());
  EXPECT_THAT(Replay(*log, 2), ElementsAre("data loss"));
  Store(*log, {"c"});
  log = Open(4, 50);
  EXPECT_THAT(Replay(*log, 100), ElementsAre("100:c"));
}

TEST_P(AppendLogContract, TrimmingKeepsEverythingFromItsPointOn) {
  auto log = Open(1);
  for (const auto* record : {"a", "b", "c", "d", "e"}) Store(*log, {record});
  log->Trim(Lsn(4));
  RunJobs();
  Store(*log, {"f"});
  log = Open(2);
  EXPECT_THAT(Replay(*log, 4), ElementsAre("4:d", "5:e", "6:f"));
  log->Trim(Lsn(7));
  RunJobs();
  EXPECT_EQ(log->Append("g"), Lsn(7));
}

TEST_P(AppendLogContract, LogsOfDifferentWorkersAreStrangers) {
  auto one = Open(1, 1, 1);
  auto two = Open(1, 1, 2);
  Store(*one, {"one"});
  Store(*two, {"two", "zwei"});
  one = Open(2, 1, 1);
  EXPECT_THAT(Replay(*one), ElementsAre("1:one"));
  Store(*two, {"deux"});
  EXPECT_EQ(answers_.back(), "3");
}

TEST_P(AppendLogContract, ADestroyedLogAnswersNobody) {
  auto log = Open(1);
  log->Append("a");
  Flush(*log);
  log.reset();
  RunJobs();
  EXPECT_THAT(answers_, IsEmpty());
}

TEST_P(AppendLogContract, AnAnswerMayAppendFlushOrDestroyTheLog) {
  auto log = Open(1);
  log->Append("a");
  log->Flush([&](Result<Lsn>) {
    log->Append("b");
    Flush(*log);
    log->Flush([&](Result<Lsn> durable) {
      answers_.push_back("last " + Text(durable));
      log.reset();
    });
    Flush(*log);
  });
  RunJobs();
  EXPECT_THAT(answers_, ElementsAre("2", "last 2"));
}

TEST_P(AppendLogContract, AVisitorsErrorEndsTheReplay) {
  auto log = Open(1);
  Store(*log, {"a", "b", "c"});
  log = Open(2);
  int visits = 0;
  const auto status = log->Replay(Lsn(1), [&](Lsn lsn, std::string_view) -> Status {
    ++visits;
    return lsn == Lsn(2) ? Status(MakeError(ErrorCode::kRefused, "enough")) : Status();
  });
  EXPECT_EQ(status.error().message, "enough");
  EXPECT_EQ(visits, 2);
}

}  // namespace holdfast::contract
