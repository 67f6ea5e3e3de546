#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "chaos/simulation/disk/inline_background.h"
#include "storage-backends/durable/append-log/filesystem/filesystem_append_log.h"
#include "storage-backends/durable/sync_sites.h"
#include "tests/unit/storage-backends/durable/crash_harness.h"

namespace holdfast {
namespace {

// A worker's log, and what its owner knows: what it appended where, up to where it was promised durability, and what it
// no longer needs. After a crash the log must be a prefix of what was appended that holds everything promised; what a
// life has read it relies on, so that counts as promised from then on.
class LogOwner {
 public:
  void Open(SimDisk& disk) {
    background_.Drop();
    store_ = MakeFilesystemAppendLogStore(disk, background_, {.segment_bytes = 200});
    auto log = store_->Open(WorkerId(3), Incarnation(++incarnation_), Lsn(1));
    if (!log.ok()) return Violated("cannot open", log.error());
    log_ = std::move(log).value();
  }

  void Check() {
    if (!log_) return;
    std::uint64_t next = first_;
    const auto status = log_->Replay(Lsn(first_), [&](Lsn lsn, std::string_view record) {
      if (lsn.value != next) Violated(fmt::format("record {} follows {}", lsn, next - 1));
      if (records_[lsn.value] != record) Violated(fmt::format("record {} is '{}'", lsn, record));
      ++next;
      return Status();
    });
    if (!status.ok()) return Violated("cannot replay", status.error());
    if (next <= durable_) Violated(fmt::format("record {} was durable and is gone", next));
    if (log_->tail().value != next - 1) Violated(fmt::format("the tail is {}, not {}", log_->tail(), next - 1));
    records_.erase(records_.lower_bound(next), records_.end());
    durable_ = next - 1;
  }

  void Step(Random& random) {
    if (!log_) return;
    const auto draw = random.Below(10);
    if (draw < 5) {
      const auto lsn = log_->tail().value + 1;
      auto record = fmt::format("{}/{}", incarnation_, lsn) + std::string(random.Below(80), 'x');
      records_[lsn] = record;
      log_->Append(record);
    } else if (draw < 7) {
      log_->Flush([this](Result<Lsn> durable) {
        if (durable.ok()) durable_ = std::max(durable_, durable->value);
      });
    } else if (draw < 9) {
      background_.RunOne();
    } else {
      first_ = std::max(first_, random.Below(durable_ + 1));
      log_->Trim(Lsn(first_));
    }
  }

  void Close() {
    background_.Drop();
    log_.reset();
    store_.reset();
  }

  std::string violation;

 private:
  void Violated(std::string what) {
    if (violation.empty()) violation = std::move(what);
  }
  // A call that the nemesis failed has broken no promise; the life goes on without the log.
  void Violated(std::string_view what, const Error& error) {
    log_.reset();
    if (error.message != Nemesis::kFailure) Violated(fmt::format("{}: {}", what, error.message));
  }

  InlineBackground background_;
  std::unique_ptr<AppendLogStore> store_;
  std::unique_ptr<AppendLog> log_;
  std::uint32_t incarnation_ = 0;
  std::map<std::uint64_t, std::string> records_;
  std::uint64_t durable_ = 0;
  std::uint64_t first_ = 1;
};

TEST(AppendLogCrashTest, WhateverIsLostTheLogIsAPrefixWithAllThatWasDurable) {
  EXPECT_EQ(FindViolation<LogOwner>(100), "");
}

TEST(AppendLogCrashTest, AFailingDiskLosesNothingThatWasDurable) {
  EXPECT_EQ(FindViolation<LogOwner>(100, {.deed = Nemesis::Deed::kFail}), "");
}

class AppendLogSyncTest : public testing::TestWithParam<SyncSite> {};

TEST_P(AppendLogSyncTest, LeavingItOutLosesData) {
  EXPECT_NE(FindViolation<LogOwner>(400, {.skipped_site = GetParam()}), "");
}

std::vector<SyncSite> LogSites() {
  std::vector<SyncSite> sites;
  for (const auto site : kFilesystemSyncSites) {
    if (site.starts_with("log.")) sites.push_back(site);
  }
  return sites;
}

INSTANTIATE_TEST_SUITE_P(Sites, AppendLogSyncTest, testing::ValuesIn(LogSites()),
                         [](const auto& site) { return std::string(site.param.substr(4)); });

}  // namespace
}  // namespace holdfast
