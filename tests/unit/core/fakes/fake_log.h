// An append log store in memory that can be told to fail, and what it was asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/ports/append_log.h"
#include "core/ports/background.h"

namespace holdfast {

// Of one worker. Flushes become durable in a job of `background`.
class FakeLogStore final : public AppendLogStore {
 public:
  explicit FakeLogStore(Background& background) : background_(background) {}

  // The next so many calls fail with kUnavailable.
  int open_failures = 0;
  int replay_failures = 0;
  int flush_failures = 0;
  ErrorCode trouble = ErrorCode::kUnavailable;
  std::vector<std::string> durable;  // Record 1 is the first.
  std::uint32_t opened = 0;          // By which incarnation last.

  Result<std::unique_ptr<AppendLog>> Open(WorkerId, Incarnation incarnation, Lsn) override {
    if (incarnation.value <= opened) return MakeError(ErrorCode::kFenced, "incarnation {} is not newer", incarnation);
    opened = incarnation.value;
    if (open_failures > 0 && open_failures-- > 0) return Away();
    return std::unique_ptr<AppendLog>(std::make_unique<Log>(*this));
  }

 private:
  Error Away() const { return MakeError(trouble, "the log's disk is away"); }

  class Log final : public AppendLog {
   public:
    explicit Log(FakeLogStore& store) : store_(store), tail_(store.durable.size()) {}

    Status Replay(Lsn from, const RecordVisitor& visit) override {
      if (store_.replay_failures > 0 && store_.replay_failures-- > 0) return store_.Away();
      for (auto lsn = from; lsn.value <= store_.durable.size(); lsn = lsn.Next()) {
        HOLDFAST_TRY(visit(lsn, store_.durable[lsn.value - 1]));
      }
      return {};
    }
    Lsn Append(std::string_view record) override {
      open_.emplace_back(record);
      return Lsn(++tail_);
    }
    void Flush(DurableCallback done) override {
      const auto work = [&store = store_, records = std::exchange(open_, {})]() -> Status {
        if (store.flush_failures > 0 && store.flush_failures-- > 0) return store.Away();
        store.durable.insert(store.durable.end(), records.begin(), records.end());
        return {};
      };
      store_.background_.Run(Background::Lane::kLog, work,
                             [alive = std::weak_ptr(alive_), last = Lsn(tail_), done](const Status& status) {
                               if (alive.expired()) return;
                               done(status.ok() ? Result<Lsn>(last) : Result<Lsn>(status.error()));
                             });
    }
    Lsn tail() const override { return Lsn(tail_); }
    void Trim(Lsn) override {}

   private:
    FakeLogStore& store_;
    std::uint64_t tail_;
    std::vector<std::string> open_;
    const std::shared_ptr<bool> alive_ = std::make_shared<bool>();
  };

  Background& background_;
};

}  // namespace holdfast
